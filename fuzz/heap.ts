import { getHeapStatistics } from "node:v8";

/** What this thread holds after a collection; needs `--expose-gc`. */
export class Heap {
  readonly #collect: () => void;

  constructor() {
    const { gc } = globalThis;
    if (gc === undefined) throw new Error("the fuzzer runs with --expose-gc: npm run fuzz");
    this.#collect = () => void gc();
  }

  /** Twice collected: what has finalizers goes with the second. Buffers outside the heap count. */
  kilobytes(): number {
    this.#collect();
    this.#collect();
    const { used_heap_size, external_memory } = getHeapStatistics();
    return Math.round((used_heap_size + external_memory) / 1024);
  }
}
