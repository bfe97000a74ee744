import { X509Certificate } from "node:crypto";
import type { Diagnosis } from "@interpres/admin-api";
import type { CertificateStore, Federation, Peer, RecordReport } from "@interpres/federation";
import type { Clock, DecisionEvent, DecisionQuery, Random, Resolver } from "@interpres/runtime";
import type { LocalIdentity, NextHop, RouteDecision, SipRequest } from "@interpres/sip";
import type { Examination } from "../admin/admin-context.ts";
import { instantText } from "../admin/http/instant.ts";
import { type Called, callHop } from "./call-hop.ts";
import { type Answered, judgeAnswer } from "./judge-answer.ts";
import { judgeCertificate } from "./judge-certificate.ts";
import { judgeClock, type Validity } from "./judge-clock.ts";
import { judgePace } from "./judge-pace.ts";
import { judgeDomain, judgeRefusals, judgeRoute } from "./judge-settings.ts";
import { judgeOwnRecords } from "./own-records.ts";
import { noteForPartner } from "./partner-note.ts";
import { optionsProbe, type ProbeParties, subscribeProbe } from "./probe-request.ts";
import { Report } from "./report.ts";
import { leadsToTrustedRoot } from "./trusted-root.ts";

export interface DoctorPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly resolver: Resolver;
  readonly federation: Pick<
    Federation,
    "peerOf" | "networkOf" | "explain" | "nextHopSelector" | "review" | "tlsContextSource"
  >;
  readonly certificates: Pick<CertificateStore, "trusted">;
  readonly identity: LocalIdentity;
  readonly localDomains: () => readonly string[];
  /** Asks DNS for everything that we have to publish. */
  readonly ownRecords: () => Promise<RecordReport>;
  /** Whether an address that DNS gave may be called. */
  readonly mayConnect: (address: string, hop: NextHop) => boolean;
  /** Runs when a further request to the peer may leave; false where too many wait. */
  readonly inTurn: (domain: string, run: () => void) => boolean;
  readonly decisions: { query(query: DecisionQuery): Promise<readonly DecisionEvent[]> };
}

/** Whom to ask for, and as whom. */
export interface Asked {
  readonly to?: string;
  readonly from?: string;
}

const NOBODY = "interpres-probe";
const HOUR_MS = 3_600_000;
const MOST_EVENTS = 1000;
/** What must hold before a connection is used at all. */
const BEFORE_REQUESTS = ["chain", "validity", "usages", "subject", "names"] as const;

/**
 * Examines the federation with one domain from name to SUBSCRIBE. It asks the same rules that decide on traffic, calls the peer
 * on a connection of its own, and keeps to the peer's pace; it changes nothing.
 */
export class Doctor {
  readonly #ports: DoctorPorts;

  constructor(ports: DoctorPorts) {
    this.#ports = ports;
  }

  /** Begins at once; whoever asks has to see to it that nobody else examines the domain now. */
  examine(domain: string, asked: Asked): Examination {
    const report = new Report();
    return { result: this.#examine(domain, asked, report), found: () => report.found() };
  }

  async #examine(domain: string, asked: Asked, report: Report): Promise<Diagnosis> {
    const { clock, federation, localDomains } = this.#ports;
    const at = clock.now();
    const peer = federation.peerOf(domain);
    const network = peer === undefined ? (await federation.networkOf(domain)).text : "";
    report.add("domain", judgeDomain(domain, peer ?? { network }, localDomains()));
    if (peer !== undefined) {
      const names = await this.#outwards(report, peer, asked);
      await this.#homewards(report, peer, names);
    }
    const steps = [...report.steps()];
    const healthy = steps.every(({ outcome }) => outcome !== "failed");
    const forPartner = noteForPartner(steps, { domain, localDomains: localDomains(), at: instantText(at) });
    return { domain, at: instantText(at), healthy, steps, forPartner };
  }

  /** Our way to them. Gives the names they are known by. */
  async #outwards(report: Report, peer: Peer, asked: Asked): Promise<readonly string[]> {
    const hops = await this.#route(report, peer.domain);
    if (hops.length === 0) return [];
    const called = await callHop(hops, report, this.#ports);
    if (called === undefined) return hops.map(({ host }) => host);
    try {
      await this.#examineCalled(report, called, { peer, asked });
    } finally {
      called.link.close();
    }
    return [called.hop.host, called.certificate?.subjectCommonName ?? ""];
  }

  async #route(report: Report, domain: string): Promise<readonly NextHop[]> {
    const { federation } = this.#ports;
    const uri = `sip:${NOBODY}@${domain}`;
    const decision: RouteDecision = await federation.nextHopSelector.select({ domain, uri });
    report.add("route", judgeRoute(decision, await federation.explain(uri), domain));
    return decision.kind === "hops" ? decision.hops : [];
  }

  async #examineCalled(
    report: Report,
    called: Called,
    { peer, asked }: { readonly peer: Peer; readonly asked: Asked },
  ): Promise<void> {
    const { federation, clock, certificates } = this.#ports;
    const { hop, address, certificate } = called;
    const facts = {
      protocol: hop.protocol,
      direction: "outbound",
      remoteAddress: address,
      remotePort: hop.port,
    } as const;
    const connection = { ...facts, nextHop: hop, ...(certificate === undefined ? {} : { certificate }) };
    const isRooted = certificate === undefined || leadsToTrustedRoot(certificate, certificates.trusted());
    const shown = { hop, certificate, isRooted };
    const findings = judgeCertificate(shown, federation.review(connection, peer.domain), clock.now());
    for (const [step, finding] of findings) report.add(step, finding);
    if (BEFORE_REQUESTS.some((step) => findings.get(step)?.outcome === "failed")) return;
    await this.#ask(report, called, this.#parties(peer, hop, asked));
  }

  async #ask(report: Report, { link }: Called, parties: ProbeParties): Promise<void> {
    const { random, clock } = this.#ports;
    const send = (request: SipRequest): Promise<Answered> => this.#inTurn(parties.domain, () => link.ask(request));
    const options = await send(optionsProbe(parties, random));
    const outcome = report.add("options", judgeAnswer("OPTIONS", options));
    report.add("clock", judgeClock(options, clock.now(), this.#ownValidity()));
    if (outcome === "failed" && options.kind !== "answered") return;
    report.add("subscribe", judgeAnswer("SUBSCRIBE", await send(subscribeProbe(parties, random))));
  }

  #parties({ domain }: Peer, { protocol }: NextHop, { to, from }: Asked): ProbeParties {
    const { identity, localDomains } = this.#ports;
    const local = identity.towards(domain, protocol);
    const [home = local.host] = localDomains();
    return { domain, protocol, local, to: to ?? `${NOBODY}@${domain}`, from: from ?? `${NOBODY}@${home}` };
  }

  #inTurn(domain: string, run: () => Promise<Answered>): Promise<Answered> {
    return new Promise((resolve, reject) => {
      const isAccepted = this.#ports.inTurn(domain, () => void run().then(resolve, reject));
      if (!isAccepted) resolve({ kind: "held-back" });
    });
  }

  #ownValidity(): Validity | undefined {
    const { cert } = this.#ports.federation.tlsContextSource.serverOptions();
    if (typeof cert !== "string") return undefined;
    const { validFromDate, validToDate } = new X509Certificate(cert);
    return { from: validFromDate.getTime(), until: validToDate.getTime() };
  }

  /** Their way to us, and how it went lately both ways. */
  async #homewards(report: Report, peer: Peer, names: readonly string[]): Promise<void> {
    const { clock, decisions, ownRecords } = this.#ports;
    const looksUp = peer.integrationType === "aol" ? "host" : "service";
    report.add("own-records", judgeOwnRecords(await ownRecords(), looksUp));
    const since = clock.now() - HOUR_MS;
    const known = [...new Set([peer.domain, ...names])].filter((name) => name !== "");
    const ofEach = known.map((name) => decisions.query({ peer: name, since, limit: MOST_EVENTS }));
    const events = (await Promise.all(ofEach)).flat();
    report.add("pace", judgePace(events, clock.now()));
    report.add("refusals", judgeRefusals(events));
  }
}
