import { type DnsAnswer, type RecordTypes, type Resolver, reverseNameOf } from "@interpres/runtime";
import { FakeDnsServer, type RecordSet, type ZoneFault, type ZoneFinding } from "./fake-dns-server.ts";

const LONGEST_ALIAS_CHAIN = 8;

/**
 * All of DNS, for a test: names and records that may change while it runs. It is a `Resolver` itself, and `listen` serves
 * the same names to anything that speaks DNS.
 */
export class FakeZone implements Resolver {
  readonly #sets = new Map<string, Map<keyof RecordTypes, RecordSet>>();
  readonly #aliases = new Map<string, { readonly target: string; readonly ttlSeconds: number }>();
  readonly #faults = new Map<string, ZoneFault>();
  readonly #delays = new Map<string, number>();
  readonly #queries: string[] = [];
  /** Time to live of a negative answer: the SOA minimum the server sends (RFC 2308 §4). */
  negativeTtlSeconds = 30;

  /** Every question asked so far, in order, in process or over the network: `SRV _sip._tcp.example.com`. */
  get queries(): readonly string[] {
    return this.#queries;
  }

  /** Replaces the records of one name and type. */
  set<Type extends keyof RecordTypes>(
    name: string,
    type: Type,
    records: readonly RecordTypes[Type][],
    ttlSeconds = 300,
  ): this {
    const key = keyOf(name);
    const sets = this.#sets.get(key) ?? new Map<keyof RecordTypes, RecordSet>();
    sets.set(type, { type, records, ttlSeconds } as RecordSet);
    this.#sets.set(key, sets);
    return this;
  }

  /** The A and AAAA records of a host, by the look of each address. */
  host(name: string, ...addresses: readonly string[]): this {
    const isIpv6 = (address: string): boolean => address.includes(":");
    const records = addresses.map((address) => ({ address }));
    const six = records.filter((record) => isIpv6(record.address));
    const four = records.filter((record) => !isIpv6(record.address));
    if (six.length > 0) this.set(name, "AAAA", six);
    if (four.length > 0) this.set(name, "A", four);
    return this;
  }

  /** One SRV record of priority 1 and weight 1; `set` takes the rest. */
  service(name: string, target: string, port: number): this {
    return this.set(name, "SRV", [{ priority: 1, weight: 1, port, target }]);
  }

  alias(name: string, target: string, ttlSeconds = 300): this {
    this.#aliases.set(keyOf(name), { target, ttlSeconds });
    return this;
  }

  /** What an address is called: the PTR record of its reverse name. */
  pointer(address: string, name: string, ttlSeconds = 300): this {
    return this.set(reverseNameOf(address), "PTR", [{ name }], ttlSeconds);
  }

  /** Over the network, answers about a name leave only after `delayMs`. */
  delay(name: string, delayMs: number): this {
    this.#delays.set(keyOf(name), delayMs);
    return this;
  }

  /** Forgets a name altogether, its fault included. */
  remove(name: string): this {
    for (const map of [this.#sets, this.#aliases, this.#faults, this.#delays]) map.delete(keyOf(name));
    return this;
  }

  fault(name: string, fault: ZoneFault): this {
    this.#faults.set(keyOf(name), fault);
    return this;
  }

  /** In process a silent name answers "failed" at once; nobody waits in a unit test. */
  async resolve<Type extends keyof RecordTypes>(name: string, type: Type): Promise<DnsAnswer<Type>> {
    const found = this.find(name, type);
    if (found.fault !== undefined && found.fault !== "truncated") return { kind: "failed", reason: found.fault };
    if (found.set === undefined) return { kind: "none", ttlSeconds: this.negativeTtlSeconds };
    const records = found.set.records as readonly RecordTypes[Type][];
    return { kind: "records", records, ttlSeconds: found.set.ttlSeconds };
  }

  /** Records the question and looks it up, aliases followed. */
  find(name: string, type: keyof RecordTypes): ZoneFinding {
    this.#queries.push(`${type} ${name}`);
    const aliases: { name: string; target: string; ttlSeconds: number }[] = [];
    let owner = keyOf(name);
    for (let alias = this.#aliases.get(owner); alias !== undefined; alias = this.#aliases.get(owner)) {
      if (aliases.length === LONGEST_ALIAS_CHAIN) break;
      aliases.push({ name: owner, ...alias });
      owner = keyOf(alias.target);
    }
    const sets = this.#sets.get(owner);
    const key = keyOf(name);
    const [fault, delayMs] = [this.#faults.get(key), this.#delays.get(key) ?? 0];
    return { aliases, set: sets?.get(type), nameExists: sets !== undefined, fault, delayMs };
  }

  /** Serves the zone over UDP and TCP on one free loopback port. The caller closes the server. */
  listen(): Promise<FakeDnsServer> {
    return FakeDnsServer.start(this);
  }
}

function keyOf(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}
