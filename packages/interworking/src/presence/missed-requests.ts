import type { Presence } from "@interpres/xmpp";

const MOST_PAIRS = 10_000;

/** What users asked of their contacts while nothing is sent: the last word of each pair, for the next start. */
export class MissedRequests {
  readonly #last = new Map<string, Presence>();

  /** Beyond its bound it forgets; the rosters know, and ask again at the next sign-in. */
  note(request: Presence): void {
    const pair = `${request.from?.bare} ${request.to?.bare}`;
    if (this.#last.size < MOST_PAIRS || this.#last.has(pair)) this.#last.set(pair, request);
  }

  /** All of them, once. */
  take(): readonly Presence[] {
    const requests = [...this.#last.values()];
    this.#last.clear();
    return requests;
  }
}
