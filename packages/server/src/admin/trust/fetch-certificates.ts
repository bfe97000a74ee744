import { isIP } from "node:net";
import type { ConnectionOptions } from "node:tls";
import type { CertificateFetch, FetchedCertificates } from "@interpres/admin-api";
import { domainNameProblem, isNoHost, normalName, type Objection } from "@interpres/federation";
import { type Clock, fullBucket, type Resolver, take } from "@interpres/runtime";
import type { ConnectionFacts, NextHop } from "@interpres/sip";
import { invalidInput, ProblemError, problem } from "../http/problem-error.ts";
import { factsOf } from "./certificate-facts.ts";
import { type Probed, type ProbeTarget, probeHandshake } from "./probe-handshake.ts";

/** Whoever may fetch must not be able to search networks with it: ten at once, then one every two seconds. */
const BURST = 10;
const RATE_PER_SECOND = 0.5;

/** Everything this runtime can do: what a peer has to offer, not what we would take. */
const EVERYTHING = { minVersion: "TLSv1", maxVersion: "TLSv1.3", ciphers: "ALL:@SECLEVEL=0" } as const;

export interface FetchPorts {
  readonly clock: Clock;
  readonly resolver: Resolver;
  /** May an address that DNS gave be connected to. */
  readonly mayConnect: (address: string, hop: NextHop) => boolean;
  /** The context in force, as an outbound connection uses it. */
  readonly context: (hop: NextHop) => ConnectionOptions;
  /** Our certificate, key, and the trust store, without versions and suites. */
  readonly identity: () => Pick<ConnectionOptions, "cert" | "key" | "ca">;
  /** What admission would have against a peer. */
  readonly review: (connection: ConnectionFacts) => readonly Objection[];
}

/** Looks at what a TLS server presents, whether we would take it or not. Nothing is believed, and nothing is sent. */
export class CertificateFetcher {
  readonly #ports: FetchPorts;
  #bucket;

  constructor(ports: FetchPorts) {
    this.#ports = ports;
    this.#bucket = fullBucket(RATE_PER_SECOND, BURST, ports.clock.now());
  }

  /** Throws a problem: 400 for a host that is none or may not be looked at, 429, 502 when nothing was presented. */
  async fetch({ host: given, port }: CertificateFetch): Promise<FetchedCertificates> {
    const host = normalName(given.replace(/^\[(.*)\]$/, "$1"));
    this.#takeTurn();
    const target = { host, address: await this.#addressOf(host), port };
    const { cert, key } = this.#ports.identity();
    const seen = await this.#probe(target, { ...EVERYTHING, cert, key, ca: [] });
    if (seen.chain.length === 0) throw unreachable(target, seen.error ?? "presented no certificate");
    const underContext = await this.#probe(target, this.#ports.context(hopOf(target)));
    const judged = underContext.certificate === undefined ? await this.#trusting(target) : underContext;
    return {
      address: target.address,
      chain: seen.chain.map(factsOf),
      ...outcomeOf(seen),
      underContext: outcomeOf(underContext),
      objections: this.#objectionsTo(judged, target),
    };
  }

  #takeTurn(): void {
    const taken = take(this.#bucket, this.#ports.clock.now());
    if (taken.kind === "taken") this.#bucket = taken.bucket;
    else {
      const seconds = Math.ceil(taken.waitMs / 1000);
      const detail = `certificates were fetched too often; the next can be in ${seconds} s`;
      throw new ProblemError(problem(429, "too-many-requests", detail), { "retry-after": String(seconds) });
    }
  }

  /** Connected to is the address that was judged: DNS is not asked again in between (attack class 27). */
  async #addressOf(host: string): Promise<string> {
    if (isIP(host) !== 0) {
      if (isNoHost(host)) throw invalidInput([{ path: "host", message: "is an address where no host can be" }]);
      return host;
    }
    const wrong = domainNameProblem(host);
    if (wrong !== undefined) throw invalidInput([{ path: "host", message: wrong }]);
    const { resolver, mayConnect } = this.#ports;
    const answers = await Promise.all([resolver.resolve(host, "A"), resolver.resolve(host, "AAAA")]);
    const addresses = answers.flatMap((answer) => (answer.kind === "records" ? answer.records : []));
    if (addresses.length === 0) throw new ProblemError(problem(502, "peer-unreachable", `${host} has no address`));
    const allowed = addresses.find(({ address }) => mayConnect(address, hopOf({ host, address, port: 0 })));
    if (allowed !== undefined) return allowed.address;
    throw invalidInput([{ path: "host", message: "leads by DNS to this host itself, or to where no host can be" }]);
  }

  #probe(target: ProbeTarget, options: ConnectionOptions): Promise<Probed> {
    return probeHandshake(target, options, this.#ports.clock);
  }

  /** Where the context came to nothing, the trust store is asked all the same. */
  #trusting(target: ProbeTarget): Promise<Probed> {
    return this.#probe(target, { ...EVERYTHING, ...this.#ports.identity() });
  }

  #objectionsTo({ certificate }: Probed, { address, port }: ProbeTarget): FetchedCertificates["objections"] {
    if (certificate === undefined) return [];
    const facts = { protocol: "tls", direction: "outbound", remoteAddress: address, remotePort: port } as const;
    const objections = this.#ports.review({ ...facts, certificate });
    return objections.map(({ rule, presented, expected }) => ({ rule, presented, expected }));
  }
}

function outcomeOf({ agreed, error }: Probed) {
  return { version: agreed?.version ?? null, cipher: agreed?.cipher ?? null, error: error ?? null };
}

function hopOf({ host, port }: ProbeTarget): NextHop {
  return { host, port, protocol: "tls", domain: host, from: "certificate-fetch" };
}

function unreachable({ host, port }: ProbeTarget, reason: string): ProblemError {
  return new ProblemError(problem(502, "peer-unreachable", `${host}:${port}: ${reason}`));
}
