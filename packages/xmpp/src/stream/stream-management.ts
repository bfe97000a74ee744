import type { StanzaErrorCondition } from "../stanza/stanza-error.ts";
import { attribute, type Element, el, NS } from "../xml/index.ts";

/** XEP-0198 §4: counters are 32 bits and wrap to zero. */
const WRAP = 2 ** 32;

/**
 * How many of the peer's stanzas are handled: those that are safe, counted only as far as there is no gap before them,
 * so that `h` never covers one that could still be lost.
 */
export class HandledCounter {
  #handled = 0;
  /** One entry for each stanza behind the last handled one: whether it is safe. */
  #behind: boolean[] = [];
  /** How many entries have left the front of `#behind` since the beginning. */
  #left = 0;

  /** Stanzas received and not yet safe, or behind one that is not. */
  get pending(): number {
    return this.#behind.length;
  }

  /** The value of `h`. */
  get handled(): number {
    return this.#handled;
  }

  /** Counts from zero from the next stanza on (XEP-0198 §3); earlier stanzas no longer count. */
  reset(): void {
    this.#left += this.#behind.length;
    this.#behind = [];
    this.#handled = 0;
  }

  /** A stanza came; the function returned is to be called once it is safe. Calling it again does nothing. */
  receive(): () => void {
    const position = this.#left + this.#behind.length;
    this.#behind.push(false);
    return () => this.#safe(position - this.#left);
  }

  #safe(index: number): void {
    if (index < 0 || index >= this.#behind.length) return;
    this.#behind[index] = true;
    if (index > 0) return;
    const gap = this.#behind.indexOf(false);
    const run = gap < 0 ? this.#behind.length : gap;
    this.#behind.splice(0, run);
    this.#left += run;
    this.#handled = (this.#handled + run) % WRAP;
  }
}

/** What became of the peer's `h`. "too-high": it claims more than was sent (XEP-0198 §4). */
export type AckResult<Sent> =
  | { readonly kind: "acknowledged"; readonly stanzas: readonly Sent[] }
  | { readonly kind: "too-high"; readonly sendCount: number };

/** Stanzas sent and not acknowledged yet, oldest first. The owner bounds it by `size`. */
export class UnacknowledgedQueue<Sent> {
  #queue: Sent[] = [];
  #acknowledged = 0;

  get size(): number {
    return this.#queue.length;
  }

  /** Oldest first; not to be changed. */
  get stanzas(): readonly Sent[] {
    return this.#queue;
  }

  sent(stanza: Sent): void {
    this.#queue.push(stanza);
  }

  /** The peer handled `h` stanzas in all (modulo 2^32). An `h` behind an earlier one takes nothing back and is ignored. */
  acknowledge(h: number): AckResult<Sent> {
    const count = (h - this.#acknowledged + WRAP) % WRAP;
    if (count >= WRAP / 2) return { kind: "acknowledged", stanzas: [] };
    if (count > this.#queue.length) {
      return { kind: "too-high", sendCount: (this.#acknowledged + this.#queue.length) % WRAP };
    }
    this.#acknowledged = h;
    return { kind: "acknowledged", stanzas: this.#queue.splice(0, count) };
  }

  /** Takes everything out: the session is over. */
  drain(): readonly Sent[] {
    return this.#queue.splice(0);
  }
}

/** What a client may say about stream management; "malformed" breaks the schema of XEP-0198 §13. */
export type ManagementRequest =
  | { readonly kind: "enable"; readonly resume: "wanted" | "unwanted"; readonly maxSeconds?: number }
  | { readonly kind: "resume"; readonly previousId: string; readonly h: number }
  | { readonly kind: "request" }
  | { readonly kind: "answer"; readonly h: number }
  | { readonly kind: "malformed" };

/** Reads an element of namespace `urn:xmpp:sm:3`. */
export function readManagement(element: Element): ManagementRequest {
  switch (element.name) {
    case "enable":
      return readEnable(element);
    case "resume": {
      const previousId = attribute(element, "previd");
      const h = readCount(attribute(element, "h"));
      return previousId === undefined || h === undefined ? { kind: "malformed" } : { kind: "resume", previousId, h };
    }
    case "r":
      return { kind: "request" };
    case "a": {
      const h = readCount(attribute(element, "h"));
      return h === undefined ? { kind: "malformed" } : { kind: "answer", h };
    }
    default:
      return { kind: "malformed" };
  }
}

function readEnable(element: Element): ManagementRequest {
  const resume = /^(true|1)$/.test(attribute(element, "resume") ?? "") ? "wanted" : "unwanted";
  const maxSeconds = readCount(attribute(element, "max"));
  return { kind: "enable", resume, ...(maxSeconds === undefined || maxSeconds === 0 ? {} : { maxSeconds }) };
}

function readCount(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,10}$/.test(text)) return undefined;
  const count = Number(text);
  return count < WRAP ? count : undefined;
}

/** `<r/>`, `<a/>`, `<enabled/>`, `<resumed/>`: the attributes are ours. */
export function management(name: "r" | "a" | "enabled" | "resumed", attributes: Record<string, string>): Element {
  return el(name, NS.streamManagement, attributes);
}

/** XEP-0198 §3, §5: enabling or resuming did not work. */
export function managementFailed(condition: StanzaErrorCondition): Element {
  return el("failed", NS.streamManagement, {}, el(condition, NS.stanzaErrors, {}));
}

/** The application condition of the stream error that answers an `h` too high (XEP-0198 §4). */
export function handledCountTooHigh(h: number, sendCount: number): Element {
  return el("handled-count-too-high", NS.streamManagement, { h: String(h), "send-count": String(sendCount) });
}
