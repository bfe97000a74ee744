import { type Random, Tally, type TallyLimits } from "@interpres/runtime";
import { domainOf, partyText } from "../dialog/party.ts";
import { buildRequest } from "../message/build-request.ts";
import type { SipRequest } from "../message/message.ts";
import type { RequestOutcome } from "../transaction/request-outcome.ts";
import { outcomeUser, type RequestRouter } from "../transaction/request-router.ts";
import type { PageMessage } from "./page-message.ts";

export interface PageModeParts {
  readonly random: Random;
  readonly router: RequestRouter;
  /** Messages that wait, over all destinations, and for one domain. */
  readonly limits: TallyLimits;
}

type Done = (outcome: RequestOutcome) => void;

interface Queued {
  readonly message: PageMessage;
  readonly done: Done;
}

/** Sends MESSAGE outside dialogs: to one URI one at a time for each sender, the rest waits in order (RFC 3428 §8). */
export class PageMode {
  readonly #random: Random;
  readonly #router: RequestRouter;
  /** Those that wait, by domain. */
  readonly #queued: Tally;
  /** By destination and sender; a lane lives while a message of it is under way. */
  readonly #lanes = new Map<string, Queued[]>();

  constructor({ random, router, limits }: PageModeParts) {
    this.#random = random;
    this.#router = router;
    this.#queued = new Tally(limits);
  }

  send(message: PageMessage, done: Done): void {
    // A URI holds no blank, so that the parts cannot run into each other.
    const key = `${message.to} ${message.from}`;
    const lane = this.#lanes.get(key);
    if (lane === undefined) {
      this.#lanes.set(key, []);
      this.#transmit(key, { message, done });
    } else if (this.#queued.enter(domainOf(message.to)) === "entered") {
      lane.push({ message, done });
    } else {
      queueMicrotask(() => done({ kind: "unroutable", status: 503, rule: "queue-full", reason: "too many messages" }));
    }
  }

  #transmit(key: string, { message, done }: Queued): void {
    this.#router.send(
      { domain: domainOf(message.to), uri: message.to, build: () => this.#build(message) },
      outcomeUser((outcome) => {
        this.#next(key);
        done(outcome);
      }),
    );
  }

  #next(key: string): void {
    const queued = this.#lanes.get(key)?.shift();
    if (queued === undefined) {
      this.#lanes.delete(key);
      return;
    }
    this.#queued.leave(domainOf(queued.message.to));
    this.#transmit(key, queued);
  }

  /** RFC 3428 §4: no Contact. */
  #build(message: PageMessage): SipRequest {
    const { from, fromDisplayName, to, contentType, maxForwards = 70, headers, body } = message;
    return buildRequest({
      method: "MESSAGE",
      requestUri: to,
      headers: [
        ["Max-Forwards", `${maxForwards}`],
        ["From", `${partyText(from, fromDisplayName)};tag=${this.#random.token()}`],
        ["To", partyText(to)],
        ["Call-ID", message.callId ?? this.#random.token()],
        ["CSeq", "1 MESSAGE"],
        ...(headers ?? []),
        ["Content-Type", contentType],
      ],
      body,
    });
  }
}
