import { randomBytes, randomInt } from "node:crypto";

/** Chance as a port, so that a seed reproduces a failure (tags, branches, ids, SRV weights). */
export interface Random {
  /** `length` unguessable octets. */
  bytes(length: number): Uint8Array;
  /** An unguessable token of `[A-Za-z0-9]`, 22 characters: at least 128 bits (RFC 3261 §19.3 asks for 32). */
  token(): string;
  /** An integer from 0 up to, not including, `limit`. */
  below(limit: number): number;
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const TOKEN_LENGTH = 22;
/** Octets at or above this would favour the first letters of the alphabet. */
const FAIR_LIMIT = 256 - (256 % ALPHABET.length);
const POOL_OCTETS = 8192;

class SystemRandom implements Random {
  #pool = Buffer.alloc(0);
  #next = 0;

  bytes(length: number): Uint8Array {
    return randomBytes(length);
  }

  token(): string {
    let token = "";
    while (token.length < TOKEN_LENGTH) {
      const octet = this.#octet();
      if (octet < FAIR_LIMIT) token += ALPHABET.charAt(octet % ALPHABET.length);
    }
    return token;
  }

  below(limit: number): number {
    return randomInt(limit);
  }

  /** One system call for thousands of tokens; they are drawn for every branch and tag. */
  #octet(): number {
    if (this.#next >= this.#pool.length) {
      this.#pool = randomBytes(POOL_OCTETS);
      this.#next = 0;
    }
    const octet = this.#pool[this.#next] ?? 0;
    this.#next += 1;
    return octet;
  }
}

/** The operating system's generator. */
export const systemRandom: Random = new SystemRandom();
