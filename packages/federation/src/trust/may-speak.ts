import { isWithin } from "../peer/domain-name.ts";
import type { PeerDirectory } from "../peer/peer-directory.ts";
import { comparableName } from "./certificate-name.ts";
import type { PeerIdentity } from "./peer-identity.ts";
import type { SelectedSubjects } from "./peer-subjects.ts";

/** Where requests for a domain are known to go: by static routes and their backups, or by cached SRV records. */
export interface DomainHosts {
  /** Host names reached over TLS. */
  readonly names: readonly string[];
  /** Addresses reached over TLS without a name. */
  readonly addresses: readonly string[];
  /** Addresses reached without TLS: there an address is all the proof there is. */
  readonly plainAddresses: readonly string[];
}

export interface MaySpeakInit {
  readonly peers: PeerDirectory;
  readonly subjects: SelectedSubjects;
  /** The default federation routing domain, which speaks for every domain of type aol (facts R57). */
  readonly clearingHouse: string;
  readonly hostsOf: (domain: string) => DomainHosts;
}

/**
 * The relation "this identity may speak for these domains" (design §5). Checks of From domains and the names a hop's
 * certificate may show both read it. Answers are kept until `forget`.
 */
export class MaySpeak {
  readonly #init: MaySpeakInit;
  readonly #names = new Map<string, ReadonlySet<string>>();
  #bound: ReadonlyMap<string, readonly string[]> | undefined;
  #claimed: ReadonlySet<string> | undefined;

  constructor(init: MaySpeakInit) {
    this.#init = init;
  }

  /** True when something known binds `identity` to the federated domain `domain`. */
  allows(identity: PeerIdentity, domain: string): boolean {
    const names = this.namesFor(domain);
    if (identity.names.some((name) => names.has(name))) return true;
    const hosts = this.#hostsToAsk(domain);
    return hosts.some((each) => this.#speaksByAddress(identity, each)) || isHostOf(identity, { domain, hosts });
  }

  /** The certificate names that may speak for `domain`, lower case; the domain's own name is always one (RFC 5922 §7.3). */
  namesFor(domain: string): ReadonlySet<string> {
    const kept = this.#names.get(domain);
    if (kept !== undefined) return kept;
    const names = new Set<string>([domain, ...this.#boundSubjects(domain)]);
    for (const hosts of this.#hostsToAsk(domain)) for (const name of hosts.names) names.add(name);
    if (this.#isBehindClearingHouse(domain))
      for (const name of this.namesFor(this.#init.clearingHouse)) names.add(name);
    this.#names.set(domain, names);
    return names;
  }

  /** The names a certificate may show at an address without a name: those of the domain, and subjects nobody else has. */
  namesAtAddress(domain: string): readonly string[] {
    const free = this.#init.subjects.all
      .map((subject) => comparableName(subject.name))
      .filter((name) => this.#isFree(name));
    return [...new Set([...this.namesFor(domain), ...free])];
  }

  /** SRV records or addresses have changed: what was concluded from them is thought over again. */
  forget(): void {
    this.#names.clear();
    this.#claimed = undefined;
  }

  /** Subjects bound by an administrator, and those that lie within the domain: the names of its pools and edges. */
  #boundSubjects(domain: string): readonly string[] {
    this.#bound ??= boundSubjects(this.#init);
    return this.#bound.get(domain) ?? [];
  }

  #hostsToAsk(domain: string): readonly DomainHosts[] {
    const own = this.#init.hostsOf(domain);
    return this.#isBehindClearingHouse(domain) ? [own, this.#init.hostsOf(this.#init.clearingHouse)] : [own];
  }

  #isBehindClearingHouse(domain: string): boolean {
    return domain !== this.#init.clearingHouse && this.#init.peers.get(domain)?.integrationType === "aol";
  }

  #speaksByAddress(identity: PeerIdentity, hosts: DomainHosts): boolean {
    if (identity.proof === "address") return hosts.plainAddresses.includes(identity.address);
    const { subject } = identity;
    return subject !== undefined && hosts.addresses.includes(identity.address) && this.#isFree(comparableName(subject));
  }

  /** A subject that no domain has claimed by name can belong to whoever is at the configured address. */
  #isFree(subject: string): boolean {
    this.#claimed ??= new Set([...this.#init.peers].flatMap((peer) => [...this.namesFor(peer.domain)]));
    return !this.#claimed.has(subject);
  }
}

function boundSubjects({ peers, subjects }: MaySpeakInit): ReadonlyMap<string, readonly string[]> {
  const pairs = subjects.all.flatMap((subject) => {
    const name = comparableName(subject.name);
    const closest = closestPeer(name, peers);
    const domains = [...(subject.speaksFor ?? []), ...(closest === undefined ? [] : [closest])];
    return domains.map((domain) => ({ domain, name }));
  });
  const grouped = Map.groupBy(pairs, ({ domain }) => domain);
  return new Map([...grouped].map(([domain, group]) => [domain, group.map(({ name }) => name)]));
}

/** A subject lies within the federated domain that shares most labels with it; one of a subdomain's is not the parent's. */
function closestPeer(subject: string, peers: PeerDirectory): string | undefined {
  for (let name = subject, dot = 0; dot >= 0; name = name.slice(dot + 1)) {
    const peer = peers.get(name);
    if (peer !== undefined) return peer.domain;
    dot = name.indexOf(".");
  }
  return undefined;
}

/**
 * A host within a domain that is reached without TLS may speak for it: there DNS is all the proof there is, of the
 * addresses of its routes too.
 */
function isHostOf(
  { proof, hostNames }: PeerIdentity,
  { domain, hosts }: { readonly domain: string; readonly hosts: readonly DomainHosts[] },
): boolean {
  if (proof !== "address" || hosts.every(({ plainAddresses }) => plainAddresses.length === 0)) return false;
  return hostNames.some((name) => isWithin(name, domain));
}
