import { createHmac, timingSafeEqual } from "node:crypto";
import type { Clock, Random } from "@interpres/runtime";
import { LRUCache } from "lru-cache";

/**
 * Where something that crosses between SIP and XMPP has been, so that it ends when it goes in circles: XMPP counts no hops
 * (RFC 7247 §8).
 */
export interface Trail {
  /** Crossings that are left; Max-Forwards on the SIP side. */
  readonly hops: number;
  /** One of each gateway that it has crossed, the latest last. */
  readonly marks: readonly string[];
}

/** Why something may not go on. */
export type TrailEnd = "loop" | "hops-used-up";

/** What has not been anywhere (RFC 3261 §8.1.1.6). */
export const freshTrail: Trail = { hops: 70, marks: [] };

const NONCE_OCTETS = 6;
const MARK_OCTETS = 18;
const MARK = /^[A-Za-z0-9_-]{24}$/;
/** Nobody builds a chain of so many gateways. */
const MOST_MARKS = 16;
/** A mark serves for so long. */
const REDRAW_MS = 1000;

/**
 * Lays trails and recognises its own. A mark is a nonce and its MAC (RFC 2104): only the gateway that made it can tell that
 * it did, so that nobody can make it refuse what it has not seen, and nobody reads from a mark whose it is. The key lives
 * with the process: what circles over its end goes round once more.
 */
export class Trails {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #key: Uint8Array;
  /** Marks looked at lately and whether they are ours: all that another gateway sends within a second has the same one. */
  readonly #known = new LRUCache<string, boolean>({ max: 1000 });
  #mark = "";
  #drawnAt = Number.NEGATIVE_INFINITY;

  constructor({ clock, random }: { readonly clock: Clock; readonly random: Random }) {
    this.#clock = clock;
    this.#random = random;
    this.#key = random.bytes(32);
  }

  /** Why what has this trail must not cross here; undefined where it may. */
  endOf({ hops, marks }: Trail): TrailEnd | undefined {
    if (marks.some((mark) => this.#isOurs(mark))) return "loop";
    return hops <= 0 || marks.length >= MOST_MARKS ? "hops-used-up" : undefined;
  }

  /** The trail of what crosses here. */
  onward({ hops, marks }: Trail): Trail {
    return { hops: hops - 1, marks: [...marks, this.#ownMark()] };
  }

  /** The same for what begins here. */
  begun(): Trail {
    return { hops: freshTrail.hops, marks: [this.#ownMark()] };
  }

  #ownMark(): string {
    const now = this.#clock.now();
    if (now - this.#drawnAt >= REDRAW_MS) {
      const nonce = this.#random.bytes(NONCE_OCTETS);
      this.#mark = Buffer.concat([nonce, this.#macOf(nonce)]).toString("base64url");
      this.#drawnAt = now;
    }
    return this.#mark;
  }

  #isOurs(mark: string): boolean {
    const known = this.#known.get(mark);
    if (known !== undefined) return known;
    const isOurs = this.#verify(mark);
    this.#known.set(mark, isOurs);
    return isOurs;
  }

  #verify(mark: string): boolean {
    const octets = Buffer.from(mark, "base64url");
    if (octets.length !== MARK_OCTETS) return false;
    return timingSafeEqual(octets.subarray(NONCE_OCTETS), this.#macOf(octets.subarray(0, NONCE_OCTETS)));
  }

  #macOf(nonce: Uint8Array): Uint8Array {
    return createHmac("sha256", this.#key)
      .update(nonce)
      .digest()
      .subarray(0, MARK_OCTETS - NONCE_OCTETS);
  }
}

/** What can be a mark of those given, as many as there may be. */
export function marksAmong(found: readonly string[]): readonly string[] {
  return found.filter((mark) => MARK.test(mark)).slice(0, MOST_MARKS);
}
