import { MAX_INPUT_OCTETS } from "./mutate.ts";

const HEADER_OCTETS = 8;

/** The input that is being run, where the parent can read it though the worker never returns. */
export class LastInput {
  readonly #counters: Int32Array;
  readonly #octets: Uint8Array;

  constructor(memory: SharedArrayBuffer) {
    this.#counters = new Int32Array(memory, 0, 2);
    this.#octets = new Uint8Array(memory, HEADER_OCTETS);
  }

  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer(HEADER_OCTETS + MAX_INPUT_OCTETS);
  }

  set(input: Uint8Array): void {
    const kept = input.subarray(0, this.#octets.length);
    this.#octets.set(kept);
    Atomics.store(this.#counters, 1, kept.length);
    Atomics.add(this.#counters, 0, 1);
  }

  get(): Buffer {
    return Buffer.from(this.#octets.slice(0, Atomics.load(this.#counters, 1)));
  }

  /** Changes with each input. */
  get count(): number {
    return Atomics.load(this.#counters, 0);
  }
}
