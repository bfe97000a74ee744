import type { Socket } from "node:net";
import type { Clock } from "@interpres/runtime";
import {
  buildResponse,
  MessageProblem,
  type SipMessage,
  type SipRequest,
  StreamFramer,
  serialize,
} from "@interpres/sip";
import type { Answered } from "./judge-answer.ts";

const ANSWER_SECONDS = 5;

/** A connection of the doctor's own: what is asked on it disturbs no dialog, and how it ends is seen. */
export class ProbeLink {
  readonly #socket: Socket;
  readonly #clock: Clock;
  #waiting: ((answered: Answered) => void) | undefined;
  #askedAt = 0;
  #end: string | undefined;

  /** The socket is connected, and nothing was read from it yet. */
  constructor(socket: Socket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
    const framer = new StreamFramer({
      message: (message) => this.#receive(message),
      ping: () => socket.write("\r\n"),
      fatal: ({ reason }) => this.#ended(`what came is no SIP: ${reason}`),
    });
    socket.on("data", (chunk: Buffer) => framer.push(chunk));
    // The error says more than the close that follows it.
    socket.on("error", (error) => this.#ended(error.message));
    socket.on("close", () => this.#ended("closed by the peer"));
  }

  /** Sends a request and waits for its final response; one at a time. */
  ask(request: SipRequest): Promise<Answered> {
    if (this.#end !== undefined) return Promise.resolve({ kind: "closed", detail: this.#end });
    this.#askedAt = this.#clock.now();
    return new Promise((resolve) => {
      const late = this.#clock.after(ANSWER_SECONDS * 1000, () =>
        this.#settle({ kind: "silent", seconds: ANSWER_SECONDS }),
      );
      this.#waiting = (answered) => {
        late.cancel();
        resolve(answered);
      };
      this.#socket.write(serialize(request));
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(message: SipMessage | MessageProblem): void {
    if (message instanceof MessageProblem) return;
    // The NOTIFY of a one-time subscription may come the same way (RFC 5923).
    if (message.kind === "request") this.#answer(message);
    else if (message.status >= 200)
      this.#settle({ kind: "answered", response: message, afterMs: this.#clock.now() - this.#askedAt });
  }

  #answer(request: SipRequest): void {
    const status = request.method === "NOTIFY" ? 200 : 481;
    if (request.method !== "ACK") this.#socket.write(serialize(buildResponse(request, status, { toTag: "doctor" })));
  }

  #ended(detail: string): void {
    this.#end ??= detail;
    this.#settle({ kind: "closed", detail: this.#end });
  }

  #settle(answered: Answered): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(answered);
  }
}
