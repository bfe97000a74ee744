import type { BareJid } from "../address/jid.ts";
import type { DeliveryOutcome } from "../router/local-domain.ts";
import type { Message } from "../stanza/stanza.ts";
import { readStanzaError } from "../stanza/stanza-error.ts";

/** A message that the server was handed and has not been heard of since. */
interface HandedOver {
  readonly id: string;
  readonly from: BareJid;
  readonly to: BareJid;
  readonly settled: (outcome: DeliveryOutcome) => void;
}

const STORED: DeliveryOutcome = { kind: "stored" };

/**
 * Learns what became of messages on a stream that acknowledges nothing (XEP-0114 has no XEP-0198): a server works through
 * a stream in order (RFC 6120 §10.1), so once it answers a ping (XEP-0199) that was sent behind a message, it has taken the
 * message, or has said by an error that it did not.
 */
export class Barrier {
  readonly #ask: () => void;
  #behind: HandedOver[] = [];
  #before: HandedOver[] = [];
  #isAsked = false;

  /** `ask` sends the ping; its answer, of whatever kind, comes back by `answered`. */
  constructor(ask: () => void) {
    this.#ask = ask;
  }

  get size(): number {
    return this.#before.length + this.#behind.length;
  }

  /** True while an answer is awaited. */
  get isAsked(): boolean {
    return this.#isAsked;
  }

  /** The message has just been sent. */
  add(handed: HandedOver): void {
    this.#behind.push(handed);
    this.askNow();
  }

  /** Asks without a message, to see whether the server is there; does nothing while an answer is awaited. */
  askNow(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    this.#before = this.#behind;
    this.#behind = [];
    this.#ask();
  }

  answered(): void {
    const taken = this.#before;
    this.#before = [];
    this.#isAsked = false;
    for (const { settled } of taken) settled(STORED);
    if (this.#behind.length > 0) this.askNow();
  }

  /** An error stanza of the server; false where it answers no message that waits here. */
  refused(error: Message): boolean {
    const isMeant = ({ id, from, to }: HandedOver): boolean =>
      id === error.id && error.to?.bare.equals(from) === true && error.from?.bare.equals(to) === true;
    for (const list of [this.#before, this.#behind]) {
      const at = list.findIndex(isMeant);
      if (at < 0) continue;
      const [handed] = list.splice(at, 1);
      handed?.settled({ kind: "refused", ...readStanzaError(error) });
      return true;
    }
    return false;
  }

  /** The link is gone: nobody knows of them any more. */
  lost(outcome: DeliveryOutcome): void {
    const all = [...this.#before, ...this.#behind];
    this.#before = [];
    this.#behind = [];
    this.#isAsked = false;
    for (const { settled } of all) settled(outcome);
  }
}
