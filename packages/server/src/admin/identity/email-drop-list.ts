import type { DroppedRequest } from "@interpres/federation";
import { readSipAddress } from "@interpres/interworking";
import type { Clock, Counter, Metrics, Timer } from "@interpres/runtime";
import type { EmailDrop } from "@interpres/store";
import { LRUCache } from "lru-cache";

/** Pairs of sender and user that are remembered; the longest silent goes first. */
const MOST_PAIRS = 10_000;
/** What was counted meanwhile is lost with the process. */
const WRITE_EVERY_MS = 5000;
const LONGEST_ADDRESS = 320;
const METHODS: ReadonlySet<string> = new Set(["SUBSCRIBE", "INVITE", "MESSAGE", "OPTIONS"]);

export interface EmailDropListPorts {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly table: {
    load(): Promise<readonly EmailDrop[]>;
    put(drop: EmailDrop): void;
    remove(drop: Pick<EmailDrop, "sender" | "user">): void;
  };
}

/** Who still writes to addresses by which users are not known abroad (facts R68, C11), over restarts. */
export class EmailDropList {
  readonly #ports: EmailDropListPorts;
  readonly #counter: Counter;
  readonly #drops: LRUCache<string, EmailDrop>;
  readonly #unwritten = new Set<string>();
  #writing: Timer | undefined;

  constructor(ports: EmailDropListPorts) {
    this.#ports = ports;
    const help = "Requests to addresses by which users are not known abroad";
    this.#counter = ports.metrics.counter("interpres_email_drops_total", help, ["method"]);
    this.#drops = new LRUCache({
      max: MOST_PAIRS,
      dispose: (drop, _key, reason) => {
        if (reason === "evict") this.#ports.table.remove(drop);
      },
    });
  }

  /** What earlier runs have seen; before the first request. */
  async load(): Promise<void> {
    for (const drop of await this.#ports.table.load()) this.#drops.set(keyOf(drop), drop);
  }

  /** Writes what is not written yet. */
  stop(): void {
    this.#writing?.cancel();
    this.#write();
  }

  record({ user, from, requestUri, method }: DroppedRequest): void {
    const word = METHODS.has(method) ? method : "other";
    this.#counter.add({ method: word });
    const now = this.#ports.clock.now();
    const pair = { sender: addressIn(from), user };
    const before = this.#drops.get(keyOf(pair));
    this.#drops.set(keyOf(pair), {
      ...pair,
      addressed: addressIn(requestUri),
      method: word,
      count: (before?.count ?? 0) + 1,
      firstAt: before?.firstAt ?? now,
      lastAt: now,
    });
    this.#unwritten.add(keyOf(pair));
    this.#writing ??= this.#ports.clock.after(WRITE_EVERY_MS, () => this.#write());
  }

  list(): readonly EmailDrop[] {
    return [...this.#drops.values()];
  }

  #write(): void {
    this.#writing = undefined;
    for (const key of this.#unwritten) {
      const drop = this.#drops.peek(key);
      if (drop !== undefined) this.#ports.table.put(drop);
    }
    this.#unwritten.clear();
  }
}

/** An address holds no space (RFC 3261 §25.1). */
function keyOf({ sender, user }: Pick<EmailDrop, "sender" | "user">): string {
  return `${sender} ${user}`;
}

function addressIn(uri: string): string {
  const address = readSipAddress(uri);
  return (address === undefined ? uri : `${address.name}@${address.host}`).toLowerCase().slice(0, LONGEST_ADDRESS);
}
