import type { Clock } from "@interpres/runtime";
import type { SipRequest } from "@interpres/sip";
import { LRUCache } from "lru-cache";
import type { Deviation } from "../observer/observer.ts";
import type { RequestLimit } from "../simulator/simulated-peer.ts";

/** What an Access Edge does to a partner it only discovered; one on its allow list is exempt (TN-FED). */
export interface EdgeLimits {
  readonly requestsPerSecond: number;
  /** Distinct users a partner may address, whether there are such or not. */
  readonly distinctUris: number;
  /** Requests a second on a bad ratio of failures, and how many of the latest answers count (the number is ours). */
  readonly badRatioPerSecond: number;
  readonly answersCounted: number;
}

export const DISCOVERED_PARTNER: EdgeLimits = {
  requestsPerSecond: 20,
  distinctUris: 1000,
  badRatioPerSecond: 1,
  answersCounted: 20,
};

const SECOND_MS = 1000;
/** Far more than a partner may address; those beyond are refused without being remembered. */
const REMEMBERED = 2000;
const REFUSED = "503 Service Unavailable";

/** Counts the requests of one partner and says which are too many, and why. */
export class EdgeThrottle implements RequestLimit {
  readonly #clock: Clock;
  readonly #limits: EdgeLimits;
  readonly #uris = new LRUCache<string, true>({ max: REMEMBERED });
  readonly #arrivals: number[] = [];
  /** Of the latest answers: whether they were good. */
  readonly #outcomes: ("good" | "bad")[] = [];

  constructor(clock: Clock, limits: EdgeLimits = DISCOVERED_PARTNER) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Whether one more request is too much; ACK and CANCEL belong to another and do not count. */
  judge(request: SipRequest): { readonly deviation?: Deviation; readonly refusal?: string } {
    if (request.method === "ACK" || request.method === "CANCEL") return {};
    const detail = this.#tooFast(request) ?? this.#tooMany(request);
    return detail === undefined ? {} : { deviation: { rule: "pacing", detail }, refusal: REFUSED };
  }

  /** More failures than successes among the latest make the partner slow; its own refusals do not count. */
  answered(status: number): void {
    if (status === 503) return;
    this.#outcomes.push(status < 300 ? "good" : "bad");
    if (this.#outcomes.length > this.#limits.answersCounted) this.#outcomes.shift();
  }

  #tooFast({ method }: SipRequest): string | undefined {
    const now = this.#clock.now();
    while ((this.#arrivals[0] ?? now) <= now - SECOND_MS) this.#arrivals.shift();
    this.#arrivals.push(now);
    const { requestsPerSecond, badRatioPerSecond } = this.#limits;
    const limit = this.#isBad ? badRatioPerSecond : requestsPerSecond;
    if (this.#arrivals.length <= limit) return undefined;
    const why = this.#isBad ? `, ${limit} is the limit after so many failures` : "";
    return `${method} is number ${this.#arrivals.length} within a second${why}`;
  }

  #tooMany(request: SipRequest): string | undefined {
    if (request.to.tag !== undefined) return undefined;
    const uri = request.requestUri.replace(/[;?].*/, "").toLowerCase();
    if (this.#uris.has(uri)) return undefined;
    if (this.#uris.size >= this.#limits.distinctUris)
      return `${request.method} is to the user number ${this.#uris.size + 1}, ${uri}`;
    this.#uris.set(uri, true);
    return undefined;
  }

  get #isBad(): boolean {
    const bad = this.#outcomes.filter((outcome) => outcome === "bad").length;
    return this.#outcomes.length >= this.#limits.answersCounted && bad * 2 > this.#outcomes.length;
  }
}
