import type { ConnectionFacts, PresentedCertificate, TransportProtocol } from "@interpres/sip";
import { LRUCache } from "lru-cache";

/** What a certificate showed, as far as a decision asks for it. */
export interface PassedCertificate {
  readonly subjectCommonName: string | null;
  readonly dnsNames: readonly string[];
  readonly uris: readonly string[];
  readonly otherAlternativeNames: number;
  readonly extendedKeyUsages: readonly string[];
  /** OpenSSL's name of what was wrong with its chain or its dates; null where nothing was. */
  readonly problem: string | null;
}

/** Who was at the other end of a connection. */
export interface PassedPeer {
  /** Who opened the connection. */
  readonly opened: "inbound" | "outbound";
  readonly protocol: TransportProtocol;
  readonly address: string;
  /** Names of the address that DNS had confirmed, for who showed no certificate. */
  readonly hostNames: readonly string[];
  readonly certificate: PassedCertificate | null;
}

/** The facts that a decision about passing traffic was made on, without the settings: enough to decide again under others. */
export type PassageFacts =
  | {
      readonly kind: "connection";
      readonly peer: PassedPeer;
      /** Outbound: the hop it was opened for. */
      readonly hop: { readonly domain: string; readonly host: string; readonly port: number } | null;
    }
  /** `domain` is the one that From claimed. */
  | { readonly kind: "inbound-request"; readonly peer: PassedPeer; readonly domain: string; readonly method: string }
  /** `uri` is of the foreign user; null where there were too many to be kept apart. */
  | { readonly kind: "outbound-request"; readonly domain: string; readonly uri: string | null }
  /** Too many different facts at a time: counted, and not known. */
  | { readonly kind: "unrecorded" };

/** How often the same decision was made on the same facts; `rule` is what refused, null an admission. */
export interface Passage {
  readonly facts: PassageFacts;
  readonly rule: string | null;
  readonly count: number;
}

/** Facts kept apart between two drains; what comes beyond is counted with less. */
const MOST_FACTS = 4096;
/**
 * Characters of facts that were not known yet: how many may come at once, and how many more each drain allows. Strangers
 * choose what they show, and whoever keeps the counts has a row of each: a flood of new facts fills no disk.
 */
const MOST_ROOM = 2 * 1024 * 1024;
const ROOM_A_DRAIN = 32 * 1024;
/** Longer names are cut: they are what strangers presented. */
const LONGEST_NAME = 255;
const LONGEST_URI = 2048;
const MOST_NAMES = 50;

/** What a chain that held at its handshake ended in was removed from the trust store. */
const NOT_TRUSTED_ANY_MORE = "CERT_UNTRUSTED";

/** Counts the decisions made on one set of facts. */
export class PassageCount {
  readonly facts: PassageFacts;
  readonly #touched: (count: PassageCount) => void;
  #admitted = 0;
  #refused: Map<string, number> | undefined;
  #isTouched = false;

  constructor(facts: PassageFacts, touched: (count: PassageCount) => void) {
    this.facts = facts;
    this.#touched = touched;
  }

  /** One more; `rule` is what refused. Costs an addition. */
  add(rule?: string): void {
    if (!this.#isTouched) {
      this.#isTouched = true;
      this.#touched(this);
    }
    if (rule === undefined) {
      this.#admitted += 1;
      return;
    }
    this.#refused ??= new Map();
    this.#refused.set(rule, (this.#refused.get(rule) ?? 0) + 1);
  }

  /** What was counted since the last time. */
  drain(): readonly Passage[] {
    const { facts } = this;
    const refused = [...(this.#refused ?? [])].map(([rule, count]) => ({ facts, rule, count }));
    const admitted = this.#admitted === 0 ? [] : [{ facts, rule: null, count: this.#admitted }];
    this.#admitted = 0;
    this.#refused = undefined;
    this.#isTouched = false;
    return [...admitted, ...refused];
  }
}

/**
 * What admission and routing decided, counted by the facts it was decided on: who was there, for whom he spoke, whom we
 * called. Nothing is written for a single message; whoever keeps the counts drains them from time to time.
 */
export class Passages {
  readonly #counts = new LRUCache<string, PassageCount>({ max: MOST_FACTS });
  readonly #touch = (count: PassageCount): void => {
    this.#touched.push(count);
  };
  readonly #others = new PassageCount({ kind: "unrecorded" }, this.#touch);
  /** By the user's URI, which is all that a request of ours is decided by. */
  readonly #outbound = new Map<string, PassageCount>();
  #touched: PassageCount[] = [];
  #room = MOST_ROOM;

  /** The count for connections like this one. */
  connection(connection: ConnectionFacts, peer: PassedPeer): PassageCount {
    const { nextHop } = connection;
    const hop = nextHop === undefined ? null : { domain: nextHop.domain, host: nextHop.host, port: nextHop.port };
    return this.#of({ kind: "connection", peer, hop }) ?? this.#others;
  }

  /** The count for requests in the name of a domain; of kind `unrecorded` only until there is room again. */
  inbound(peer: PassedPeer, claimed: { readonly domain: string; readonly method: string }): PassageCount {
    const domain = claimed.domain.slice(0, LONGEST_NAME);
    return this.#of({ kind: "inbound-request", peer, domain, method: claimed.method }) ?? this.#others;
  }

  /** The count for requests to a foreign user. */
  outbound(query: { readonly domain: string; readonly uri: string }): PassageCount {
    const known = this.#outbound.get(query.uri);
    if (known !== undefined) return known;
    const { domain } = query;
    const uri = query.uri.slice(0, LONGEST_URI);
    const count = this.#of({ kind: "outbound-request", domain, uri });
    if (count === undefined) return this.#of({ kind: "outbound-request", domain, uri: null }) ?? this.#others;
    if (this.#outbound.size >= MOST_FACTS) this.#outbound.clear();
    this.#outbound.set(query.uri, count);
    return count;
  }

  /** What was counted since the last time. */
  drain(): readonly Passage[] {
    const touched = this.#touched;
    this.#touched = [];
    this.#room = Math.min(MOST_ROOM, this.#room + ROOM_A_DRAIN);
    return touched.flatMap((count) => count.drain());
  }

  /** Undefined where too many different facts have come. */
  #of(facts: PassageFacts): PassageCount | undefined {
    const key = JSON.stringify(facts);
    const known = this.#counts.get(key);
    if (known !== undefined) return known;
    if (this.#touched.length >= MOST_FACTS || key.length > this.#room) return undefined;
    this.#room -= key.length;
    const fresh = new PassageCount(facts, this.#touch);
    this.#counts.set(key, fresh);
    return fresh;
  }
}

/** Who is there, for the count. `refusedBy` is the rule that refused the connection. */
export function passedPeer(
  { direction, protocol, remoteAddress, certificate }: ConnectionFacts | SeenConnection,
  hostNames: readonly string[],
  refusedBy?: string,
): PassedPeer {
  return {
    opened: direction,
    protocol,
    address: remoteAddress,
    hostNames,
    certificate: certificate === undefined ? null : passedCertificate(certificate, refusedBy),
  };
}

type SeenConnection = Pick<ConnectionFacts, "direction" | "protocol" | "remoteAddress"> & {
  readonly certificate: PresentedCertificate | undefined;
};

function passedCertificate(certificate: PresentedCertificate, refusedBy: string | undefined): PassedCertificate {
  const { subjectCommonName, dnsNames, uris, otherAlternativeNames = 0, extendedKeyUsages } = certificate;
  const { authorized, authorizationError = "unknown" } = certificate;
  return {
    subjectCommonName: subjectCommonName?.slice(0, LONGEST_NAME) ?? null,
    dnsNames: shortened(dnsNames),
    uris: shortened(uris),
    otherAlternativeNames,
    extendedKeyUsages: shortened(extendedKeyUsages),
    problem: authorized ? (refusedBy === "certificate-untrusted" ? NOT_TRUSTED_ANY_MORE : null) : authorizationError,
  };
}

function shortened(names: readonly string[]): readonly string[] {
  return names.slice(0, MOST_NAMES).map((name) => name.slice(0, LONGEST_NAME));
}
