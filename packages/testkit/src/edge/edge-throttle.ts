import type { Clock } from "@interpres/runtime";
import type { SipRequest } from "@interpres/sip";
import { LRUCache } from "lru-cache";
import type { Deviation } from "../observer/observer.ts";
import type { RequestLimit } from "../simulator/simulated-peer.ts";
import { EdgeRate } from "./edge-rate.ts";

/** What an Access Edge does to a partner it only discovered; one on its allow list is exempt (TN-FED). */
export interface EdgeLimits {
  readonly requestsPerSecond: number;
  /** Distinct users a partner may address, whether there are such or not. */
  readonly distinctUris: number;
  /** Requests a second while more of the latest answers are failures than not. */
  readonly badRatioPerSecond: number;
}

export const DISCOVERED_PARTNER: EdgeLimits = { requestsPerSecond: 20, distinctUris: 1000, badRatioPerSecond: 1 };

/** How many of the latest answers count; the number is ours. */
const ANSWERS = 20;
/** Far more than a partner may address; those beyond are refused without being remembered. */
const REMEMBERED = 2000;

export interface EdgeThrottleOptions {
  readonly clock: Clock;
  readonly limits: EdgeLimits;
  /** Whether what is too much is refused, or only told of. */
  readonly excess: "refused" | "told";
}

/** Counts the requests of one partner and says which are too many, and why. */
export class EdgeThrottle implements RequestLimit {
  readonly #limits: EdgeLimits;
  readonly #excess: EdgeThrottleOptions["excess"];
  readonly #rate: EdgeRate;
  readonly #uris = new LRUCache<string, true>({ max: REMEMBERED });
  readonly #outcomes: ("good" | "bad")[] = [];

  constructor({ clock, limits, excess }: EdgeThrottleOptions) {
    this.#limits = limits;
    this.#excess = excess;
    this.#rate = new EdgeRate(clock);
  }

  /** Whether one more request is too much; ACK and CANCEL belong to another and do not count. */
  judge(request: SipRequest): { readonly deviation?: Deviation; readonly refusal?: string } {
    if (request.method === "ACK" || request.method === "CANCEL") return {};
    const detail = this.#tooFast(request) ?? this.#tooMany(request);
    if (detail === undefined) return {};
    const deviation = { rule: "pacing", detail };
    return this.#excess === "told" ? { deviation } : { deviation, refusal: "503 Service Unavailable" };
  }

  /** More failures than successes among the latest make the partner slow; its own refusals do not count. */
  answered(status: number): void {
    if (status === 503) return;
    this.#outcomes.push(status < 300 ? "good" : "bad");
    if (this.#outcomes.length > ANSWERS) this.#outcomes.shift();
  }

  stop(): void {
    this.#rate.stop();
  }

  #tooFast({ method }: SipRequest): string | undefined {
    const { requestsPerSecond, badRatioPerSecond } = this.#limits;
    const limit = this.#isBad ? badRatioPerSecond : requestsPerSecond;
    const tooMany = this.#rate.arrived(limit);
    if (tooMany === 0) return undefined;
    const why = this.#isBad ? `: ${limit} is the limit after so many failures` : "";
    return `${method} is ${tooMany} too many within a second${why}`;
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
    return this.#outcomes.length === ANSWERS && bad * 2 > ANSWERS;
  }
}
