import type { Random } from "@interpres/runtime";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Chance that repeats: the same seed gives the same run (xorshift32). For tests only: everything is guessable. */
export class SeededRandom implements Random {
  #state: number;

  constructor(seed = 1) {
    // The generator would stay at zero for ever.
    this.#state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }

  token(): string {
    return Array.from({ length: 22 }, () => ALPHABET.charAt(this.below(ALPHABET.length))).join("");
  }

  below(limit: number): number {
    let next = this.#state;
    next ^= next << 13;
    next ^= next >>> 17;
    next ^= next << 5;
    this.#state = next >>> 0;
    return Math.floor((this.#state / 2 ** 32) * limit);
  }
}
