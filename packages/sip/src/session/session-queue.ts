import type { RequestOutcome } from "../transaction/request-outcome.ts";
import type { SessionRequest } from "./session-user.ts";

export interface QueuedRequest {
  readonly method: "MESSAGE" | "INFO";
  readonly request: SessionRequest;
  readonly done: (outcome: RequestOutcome) => void;
}

/** Requests of one session in order, one under way at a time (RFC 3428 §8; some servers refuse overlapping ones). */
export class SessionQueue {
  readonly #limit: number;
  readonly #waiting: QueuedRequest[] = [];
  #isBusy = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether there was room. */
  add(queued: QueuedRequest): boolean {
    if (this.#waiting.length >= this.#limit) return false;
    this.#waiting.push(queued);
    return true;
  }

  /** The next one to send, if none is under way. */
  take(): QueuedRequest | undefined {
    if (this.#isBusy) return undefined;
    const next = this.#waiting.shift();
    this.#isBusy = next !== undefined;
    return next;
  }

  finished(): void {
    this.#isBusy = false;
  }

  /** Empties it: what was not sent fails. */
  fail(detail: string): void {
    for (const { done } of this.#waiting.splice(0)) done({ kind: "failed", cause: "transport", detail });
  }
}
