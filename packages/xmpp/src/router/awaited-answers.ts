import type { Jid } from "../address/jid.ts";

/** Requests of one session whose answers are still to come; the oldest are forgotten beyond this number. */
const AWAITED = 256;

/**
 * The IQ requests a client sent to others: an answer nobody asked for, or from somebody else than was asked, is not for
 * the client (attack with a guessed id; RFC 6120 §8.2.3 rule 2 ties an answer to its request by id and address).
 */
export class AwaitedAnswers {
  readonly #asked = new Map<string, readonly string[]>();

  asked(id: string, of: Jid): void {
    this.#asked.set(id, [...(this.#asked.get(id) ?? []), of.toString()].slice(-AWAITED));
    if (this.#asked.size <= AWAITED) return;
    const [oldest] = this.#asked.keys();
    if (oldest !== undefined) this.#asked.delete(oldest);
  }

  /** True once for each request. */
  answered(id: string, by: Jid): boolean {
    const asked = this.#asked.get(id) ?? [];
    const at = asked.indexOf(by.toString());
    if (at < 0) return false;
    const left = asked.toSpliced(at, 1);
    if (left.length === 0) this.#asked.delete(id);
    else this.#asked.set(id, left);
    return true;
  }
}
