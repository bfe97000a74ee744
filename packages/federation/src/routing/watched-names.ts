import type { Clock, Timer } from "@interpres/runtime";

/** What DNS said of a name. "failed" is no answer at all. */
export type Looked<Value> =
  | { readonly kind: "found"; readonly value: Value; readonly ttlSeconds: number }
  | { readonly kind: "none"; readonly ttlSeconds: number }
  | { readonly kind: "failed"; readonly reason: string };

interface Entry<Value> {
  looked: Looked<Value> | undefined;
  asking: Promise<void> | undefined;
  refresh: Timer | undefined;
}

export interface WatchedNamesInit<Value> {
  readonly clock: Clock;
  readonly look: (name: string) => Promise<Looked<Value>>;
  /** Called when the answer of a name is another than before. */
  readonly changed: (name: string) => void;
}

/** Answers of DNS in memory, and the way to get more. */
export type KnownNames<Value> = Pick<WatchedNames<Value>, "known" | "ask">;

const SHORTEST_SECONDS = 5;
const LONGEST_SECONDS = 3600;
const RETRY_SECONDS = 15;
/** Names asked for at once when many are watched anew. */
const MOST_AT_ONCE = 16;

/**
 * Answers of DNS for a known set of names, kept in memory and renewed when they run out, so that decisions need not wait.
 * While DNS is silent the last answer stands. Whoever made it calls `stop`.
 */
export class WatchedNames<Value> {
  readonly #init: WatchedNamesInit<Value>;
  readonly #entries = new Map<string, Entry<Value>>();
  #waiting: string[] = [];
  #running = 0;
  #isStopped = true;

  constructor(init: WatchedNamesInit<Value>) {
    this.#init = init;
  }

  /** Begins to ask for the watched names, for those known from before a stop too. Before, answers come only by `ask`. */
  start(): void {
    this.#isStopped = false;
    this.#enqueue([...this.#entries.keys()]);
  }

  stop(): void {
    this.#isStopped = true;
    this.#waiting = [];
    for (const entry of this.#entries.values()) this.#cancel(entry);
  }

  /** From now on these names and no others. */
  watch(names: Iterable<string>): void {
    const wanted = new Set(names);
    for (const [name, entry] of this.#entries) {
      if (wanted.has(name)) continue;
      this.#cancel(entry);
      this.#entries.delete(name);
    }
    const fresh = [...wanted].filter((name) => !this.#entries.has(name));
    for (const name of fresh) this.#entries.set(name, { looked: undefined, asking: undefined, refresh: undefined });
    if (!this.#isStopped) this.#enqueue(fresh);
  }

  /** The last answer; undefined before there was one, and for a name that is not watched. */
  known(name: string): Looked<Value> | undefined {
    return this.#entries.get(name)?.looked;
  }

  /** Asks again; settles when `known` has the answer. Never rejects; one question at a time for each name. */
  ask(name: string): Promise<void> {
    const entry = this.#entries.get(name);
    if (entry === undefined) return Promise.resolve();
    entry.asking ??= this.#init.look(name).then((looked) => this.#settle(name, entry, looked));
    return entry.asking;
  }

  #settle(name: string, entry: Entry<Value>, looked: Looked<Value>): void {
    entry.asking = undefined;
    if (this.#entries.get(name) !== entry) return;
    const before = entry.looked;
    // While DNS is silent the last answer is the best there is (RFC 8767 §4).
    if (looked.kind !== "failed" || before === undefined || before.kind === "failed") entry.looked = looked;
    this.#refreshLater(name, entry, looked);
    if (JSON.stringify(contentsOf(before)) !== JSON.stringify(contentsOf(entry.looked))) this.#init.changed(name);
  }

  #refreshLater(name: string, entry: Entry<Value>, looked: Looked<Value>): void {
    this.#cancel(entry);
    if (this.#isStopped) return;
    const seconds =
      looked.kind === "failed"
        ? RETRY_SECONDS
        : Math.min(Math.max(looked.ttlSeconds, SHORTEST_SECONDS), LONGEST_SECONDS);
    entry.refresh = this.#init.clock.after(seconds * 1000, () => this.#enqueue([name]));
  }

  #cancel(entry: Entry<Value>): void {
    entry.refresh?.cancel();
    entry.refresh = undefined;
  }

  #enqueue(names: readonly string[]): void {
    this.#waiting.push(...names);
    while (this.#running < MOST_AT_ONCE && this.#waiting.length > 0) this.#askNext();
  }

  #askNext(): void {
    const name = this.#waiting.shift();
    if (name === undefined) return;
    this.#running += 1;
    void this.ask(name).then(() => {
      this.#running -= 1;
      this.#enqueue([]);
    });
  }
}

function contentsOf(looked: Looked<unknown> | undefined): unknown {
  return looked?.kind === "found" ? looked.value : looked?.kind;
}
