import type { Clock } from "@interpres/runtime";
import { LRUCache } from "lru-cache";
import { decodeUtf8 } from "../message/header-text.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import { retryAfterOf } from "../message/retry-after.ts";

/** Answers in which Retry-After speaks of the called party, or of this service to us (RFC 3261 §20.33); 503 is the hop's. */
const ABOUT_THE_PARTY: ReadonlySet<number> = new Set([404, 413, 480, 486, 500, 600, 603]);
/** A watch looks after its own time. */
const METHODS: ReadonlySet<string> = new Set(["INVITE", "MESSAGE"]);
const MOST_REMEMBERED = 10_000;
const LONGEST_MS = 600_000;

/** What is said for a party who does not want to be called yet. */
export interface NotYetBack {
  readonly status: number;
  readonly rule: "retry-after";
  readonly reason: string;
}

interface Absence {
  readonly until: number;
  readonly status: number;
  readonly reason: string;
}

/** Called parties who said when they can be reached again: until then, ten minutes at most, they are not called. */
export class CalledParties {
  readonly #clock: Clock;
  readonly #absent = new LRUCache<string, Absence>({ max: MOST_REMEMBERED });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether a request is of the kind that this is about: one that begins something with somebody. */
  concerns({ method, to }: SipRequest): boolean {
    return METHODS.has(method) && to.tag === undefined;
  }

  answered(request: SipRequest, response: SipResponse): void {
    const seconds = ABOUT_THE_PARTY.has(response.status) ? retryAfterOf(response) : undefined;
    if (seconds === undefined || seconds === 0) return;
    const until = this.#clock.now() + Math.min(seconds * 1000, LONGEST_MS);
    this.#absent.set(keyOf(request), { until, status: response.status, reason: decodeUtf8(response.reason) });
  }

  notYetBack(request: SipRequest): NotYetBack | undefined {
    const absence = this.#absent.get(keyOf(request));
    if (absence === undefined) return undefined;
    const leftMs = absence.until - this.#clock.now();
    if (leftMs <= 0) {
      this.#absent.delete(keyOf(request));
      return undefined;
    }
    const { status, reason } = absence;
    return { status, rule: "retry-after", reason: `${reason} for another ${Math.ceil(leftMs / 1000)} s` };
  }
}

/** Who takes no call may take a message. A URI holds no blank. */
function keyOf({ method, requestUri }: SipRequest): string {
  return `${method} ${requestUri}`;
}
