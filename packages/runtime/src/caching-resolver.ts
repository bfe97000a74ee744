import { getServers } from "node:dns";
import { lookup } from "node:dns/promises";
import { LRUCache } from "lru-cache";
import type { Clock } from "./clock.ts";
import { isDomainName, readReply } from "./dns-answer.ts";
import { DnsClient, type DnsExchange, parseDnsServer } from "./dns-client.ts";
import type { Random } from "./random.ts";
import type { DnsAnswer, RecordTypes, Resolver } from "./resolver.ts";

/** How long answers are kept, in seconds, and how much at once. */
export interface ResolverLimits {
  readonly minimumTtlSeconds: number;
  readonly maximumTtlSeconds: number;
  /** RFC 2308 §5 lets a zone ask for decades. */
  readonly maximumNegativeTtlSeconds: number;
  /** How long a failure is remembered, so that a broken zone is not asked for each message (RFC 2308 §7.1). */
  readonly failureTtlSeconds: number;
  readonly maximumAnswers: number;
  /** Questions on their way at once; each has a socket. */
  readonly maximumOutstanding: number;
}

export const defaultResolverLimits: ResolverLimits = {
  minimumTtlSeconds: 1,
  maximumTtlSeconds: 3600,
  maximumNegativeTtlSeconds: 300,
  failureTtlSeconds: 2,
  maximumAnswers: 20_000,
  maximumOutstanding: 256,
};

export interface CachingResolverOptions {
  readonly clock: Clock;
  readonly exchange: DnsExchange;
  readonly limits?: ResolverLimits;
  /** Where addresses are looked up that DNS does not know: the system's host file. */
  readonly hosts?: HostLookup;
}

/** Addresses of a name outside DNS; an empty list when there are none. Never rejects. */
export type HostLookup = (name: string, type: "A" | "AAAA") => Promise<readonly string[]>;

interface Kept {
  readonly answer: DnsAnswer<keyof RecordTypes>;
  readonly expiresAt: number;
}

const HOSTS_TTL_SECONDS = 30;
const LONGEST_ALIAS_CHAIN = 4;
const LOOPBACK = { A: "127.0.0.1", AAAA: "::1" };

/**
 * The resolver of a node. Answers come from memory for their time to live; the same question asked twice at once goes
 * out once. `ttlSeconds` of an answer from memory is what is left of it.
 */
export class CachingResolver implements Resolver {
  readonly #clock: Clock;
  readonly #exchange: DnsExchange;
  readonly #limits: ResolverLimits;
  readonly #hosts: HostLookup | undefined;
  readonly #answers: LRUCache<string, Kept>;
  readonly #asking = new Map<string, Promise<DnsAnswer<keyof RecordTypes>>>();

  constructor({ clock, exchange, limits = defaultResolverLimits, hosts }: CachingResolverOptions) {
    this.#clock = clock;
    this.#exchange = exchange;
    this.#limits = limits;
    this.#hosts = hosts;
    this.#answers = new LRUCache({ max: limits.maximumAnswers });
  }

  resolve<Type extends keyof RecordTypes>(name: string, type: Type): Promise<DnsAnswer<Type>> {
    const asked = name.endsWith(".") ? name.slice(0, -1).toLowerCase() : name.toLowerCase();
    const key = `${type} ${asked}`;
    // One map for all types: the key says which, so the answer under it is of that type.
    const kept = this.#remembered(key) ?? this.#asking.get(key);
    return (kept ?? this.#ask(asked, type, key)) as Promise<DnsAnswer<Type>>;
  }

  /** Forgets everything: the next question of each name goes out. */
  clear(): void {
    this.#answers.clear();
  }

  #remembered(key: string): Promise<DnsAnswer<keyof RecordTypes>> | undefined {
    const kept = this.#answers.get(key);
    if (kept === undefined) return undefined;
    const leftMs = kept.expiresAt - this.#clock.now();
    if (leftMs <= 0) {
      this.#answers.delete(key);
      return undefined;
    }
    const { answer } = kept;
    return Promise.resolve(answer.kind === "failed" ? answer : { ...answer, ttlSeconds: Math.ceil(leftMs / 1000) });
  }

  #ask(name: string, type: keyof RecordTypes, key: string): Promise<DnsAnswer<keyof RecordTypes>> {
    if (name === "localhost" || name.endsWith(".localhost")) return Promise.resolve(loopbackAnswer(type));
    if (!isDomainName(name)) return Promise.resolve({ kind: "failed", reason: "not a domain name" });
    if (this.#asking.size >= this.#limits.maximumOutstanding) {
      return Promise.resolve({ kind: "failed", reason: "too many questions at once" });
    }
    const answering = this.#answer(name, type).then((answer) => {
      this.#asking.delete(key);
      return this.#remember(key, answer);
    });
    this.#asking.set(key, answering);
    return answering;
  }

  async #answer(name: string, type: keyof RecordTypes): Promise<DnsAnswer<keyof RecordTypes>> {
    const answer = await this.#fromServers(name, type);
    if (answer.kind === "records" || this.#hosts === undefined) return answer;
    if (type !== "A" && type !== "AAAA") return answer;
    const addresses = await this.#hosts(name, type);
    if (addresses.length === 0) return answer;
    return { kind: "records", records: addresses.map((address) => ({ address })), ttlSeconds: HOSTS_TTL_SECONDS };
  }

  async #fromServers(name: string, type: keyof RecordTypes): Promise<DnsAnswer<keyof RecordTypes>> {
    let asked = name;
    let aliasTtlSeconds = Number.POSITIVE_INFINITY;
    for (let length = 0; length <= LONGEST_ALIAS_CHAIN; length += 1) {
      const reply = await this.#exchange.ask(asked, type);
      if ("kind" in reply) return reply;
      const reading = readReply(reply, asked, type);
      if (reading.kind === "answer") return shortened(reading.answer, aliasTtlSeconds);
      asked = reading.target;
      aliasTtlSeconds = Math.min(aliasTtlSeconds, reading.ttlSeconds);
    }
    return { kind: "failed", reason: "too many aliases" };
  }

  #remember(key: string, answer: DnsAnswer<keyof RecordTypes>): DnsAnswer<keyof RecordTypes> {
    const kept = clamped(answer, this.#limits);
    const ttlSeconds = kept.kind === "failed" ? this.#limits.failureTtlSeconds : kept.ttlSeconds;
    this.#answers.set(key, { answer: kept, expiresAt: this.#clock.now() + ttlSeconds * 1000 });
    return kept;
  }
}

/**
 * The resolver over UDP and TCP. `servers` as `127.0.0.1:5353` or `[::1]`; none means the system's own servers, and
 * then its host file for addresses DNS does not know. Throws on a server it cannot read.
 */
export function createResolver(options: {
  readonly clock: Clock;
  readonly random: Random;
  readonly servers: readonly string[];
  readonly limits?: ResolverLimits;
}): CachingResolver {
  const { clock, random, limits = defaultResolverLimits } = options;
  const isSystem = options.servers.length === 0;
  const servers = (isSystem ? getServers() : options.servers).map((text) => {
    const server = parseDnsServer(text);
    if (server === undefined) throw new Error(`not a DNS server address: ${text}`);
    return server;
  });
  const exchange = new DnsClient({ clock, random, servers });
  return new CachingResolver({ clock, exchange, limits, ...(isSystem ? { hosts: systemHosts } : {}) });
}

async function systemHosts(name: string, type: "A" | "AAAA"): Promise<readonly string[]> {
  try {
    const found = await lookup(name, { family: type === "A" ? 4 : 6, all: true });
    return found.map((entry) => entry.address);
  } catch {
    // The port's way of saying that there is none; DNS has been asked before.
    return [];
  }
}

/** RFC 6761 §6.3: never asked of a server. */
function loopbackAnswer(type: keyof RecordTypes): DnsAnswer<keyof RecordTypes> {
  if (type !== "A" && type !== "AAAA") return { kind: "none", ttlSeconds: HOSTS_TTL_SECONDS };
  return { kind: "records", records: [{ address: LOOPBACK[type] }], ttlSeconds: HOSTS_TTL_SECONDS };
}

function shortened(answer: DnsAnswer<keyof RecordTypes>, limitSeconds: number): DnsAnswer<keyof RecordTypes> {
  if (answer.kind === "failed") return answer;
  return { ...answer, ttlSeconds: Math.min(answer.ttlSeconds, limitSeconds) };
}

function clamped(answer: DnsAnswer<keyof RecordTypes>, limits: ResolverLimits): DnsAnswer<keyof RecordTypes> {
  if (answer.kind === "failed") return answer;
  const maximum = answer.kind === "none" ? limits.maximumNegativeTtlSeconds : limits.maximumTtlSeconds;
  return { ...answer, ttlSeconds: Math.max(limits.minimumTtlSeconds, Math.min(maximum, answer.ttlSeconds)) };
}
