import type { SipMessage, SipRequest, SipResponse } from "@interpres/sip";
import type { PeerLink } from "../sip-peer.ts";

/** One message, when it passed (milliseconds) and by which connection. */
export interface Observation {
  readonly direction: "sent" | "received";
  readonly at: number;
  readonly message: SipMessage;
  readonly link: Pick<PeerLink, "isOpen" | "certificateName" | "certificateUsages">;
}

/** The messages of one Call-ID so far, oldest first; only the latest are kept. */
export class Call {
  readonly #all: Observation[] = [];
  readonly #bound: number;

  constructor(bound: number) {
    this.#bound = bound;
  }

  add(observation: Observation): void {
    this.#all.push(observation);
    if (this.#all.length > this.#bound) this.#all.shift();
  }

  get all(): readonly Observation[] {
    return this.#all;
  }

  requests(direction: Observation["direction"]): readonly SipRequest[] {
    return this.#messages(direction).filter((message) => message.kind === "request");
  }

  responses(direction: Observation["direction"]): readonly SipResponse[] {
    return this.#messages(direction).filter((message) => message.kind === "response");
  }

  /** The request that a response of the other direction answers. */
  requestOf(response: SipResponse, direction: Observation["direction"]): SipRequest | undefined {
    return this.requests(direction).findLast((request) => isSameTransaction(request, response));
  }

  /** The final response to a request of the other direction. */
  finalOf(request: SipRequest, direction: Observation["direction"]): SipResponse | undefined {
    return this.responses(direction).find((response) => response.status >= 200 && isSameTransaction(request, response));
  }

  /** The requests that begin the dialog: the simulator's, or the other side's. */
  beginning(direction: Observation["direction"]): SipRequest | undefined {
    return this.requests(direction).find(isDialogBeginning);
  }

  #messages(direction: Observation["direction"]): readonly SipMessage[] {
    return this.#all.filter((each) => each.direction === direction).map(({ message }) => message);
  }
}

/** An INVITE or SUBSCRIBE outside a dialog. */
export function isDialogBeginning(request: SipRequest): boolean {
  return (request.method === "INVITE" || request.method === "SUBSCRIBE") && request.to.tag === undefined;
}

function isSameTransaction(request: SipRequest, response: SipResponse): boolean {
  return request.topVia.branch === response.topVia.branch && request.method === response.cseq.method;
}

/** `answer 200 to INVITE`, `NOTIFY`: what a deviation speaks of. */
export function nameOf(message: SipMessage): string {
  return message.kind === "request" ? message.method : `answer ${message.status} to ${message.cseq.method}`;
}

/** The body as text. */
export function bodyOf(message: SipMessage): string {
  return Buffer.from(message.body).toString("utf8");
}
