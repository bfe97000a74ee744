import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { systemClock } from "@interpres/runtime";
import { buildResponse, type SipRequest, serialize } from "@interpres/sip";
import { type CertificateRequest, SipPeer, type TestCertificateAuthority } from "@interpres/testkit";
import { selectPeerSubjects } from "../harness/peer-subjects.ts";
import { PlainPeer } from "../harness/plain-peer.ts";
import type { RoadBed } from "../harness/road-bed.ts";

const QUARTER_MS = 90 * 86_400_000;

/** How a foreign domain differs from one with which everything is right. */
export interface Fault {
  readonly certificate?: Partial<CertificateRequest>;
  /** Who signs it: the authority the node trusts by default. */
  readonly authority?: TestCertificateAuthority;
  /** The authority's own certificate is put among the trusted ones. */
  readonly imports?: "authority";
  /** Its own certificate alone by default. */
  readonly presents?: "alone" | "with-authority";
  /** What the peer trusts: the node's authority by default. */
  readonly trusts?: string;
  readonly tls?: { readonly minVersion: "TLSv1"; readonly maxVersion: "TLSv1.1"; readonly ciphers: string };
  readonly subject?: "selected" | "defined" | "missing";
  readonly record?: "right" | "missing" | "to-nowhere";
  readonly port?: "open" | "closed";
  /** How requests get to it: TLS by default; without it, by a static route, and no entry of the access list. */
  readonly over?: "tls" | "tcp";
  /** 200 OK by default. */
  readonly answer?: Answer;
}

export interface Answer {
  readonly status: number;
  readonly headers?: readonly (readonly [string, string])[];
  /** How long it thinks. */
  readonly afterMs?: number;
}

const OK: Answer = { status: 200 };

/** A foreign domain of its own with one thing wrong, federated with the node of a bed. */
export class FaultyPeer {
  readonly domain: string;
  readonly requests: SipRequest[] = [];
  readonly #answering: { answer: Answer };
  readonly #peer: Listening;

  private constructor(domain: string, peer: Listening, answering = { answer: OK }) {
    this.domain = domain;
    this.#answering = answering;
    this.#peer = peer;
  }

  static async start(bed: RoadBed, fault: Fault): Promise<FaultyPeer> {
    const domain = `d${randomBytes(4).toString("hex")}.example`;
    if (fault.over === "tcp") return new FaultyPeer(domain, await plain(bed, domain));
    const host = `sip.${domain}`;
    const issuer = fault.authority ?? bed.authority;
    const notAfter = new Date(Date.now() + QUARTER_MS);
    const issued = await issuer.issue({ cn: host, dnsNames: [host], notAfter, ...fault.certificate });
    const tls = {
      cert: fault.presents === "with-authority" ? `${issued.certPem}\n${issuer.certPem}` : issued.certPem,
      key: issued.keyPem,
      ca: fault.trusts ?? bed.node.authorityPem,
      ...fault.tls,
    };
    const answering = { answer: fault.answer ?? OK };
    const started: { peer?: FaultyPeer } = {};
    const server = await SipPeer.start({
      tls,
      onRequest: (request, link) => {
        started.peer?.requests.push(request);
        const { status, headers = [], afterMs = 0 } = answering.answer;
        const answer = serialize(buildResponse(request, status, { toTag: "faulty", headers: [...headers] }));
        systemClock.after(afterMs, () => link.write(answer));
      },
    });
    const peer = new FaultyPeer(domain, server, answering);
    started.peer = peer;
    if (fault.imports === "authority")
      await bed.node.admin.ask("POST", "/certificates/trust", { pem: issuer.certPem, description: domain });
    await publish(bed, { host, domain, port: fault.port === "closed" ? await closedPort() : server.port }, fault);
    await federate(bed, { host, domain }, fault);
    return peer;
  }

  get port(): number {
    return this.#peer.port;
  }

  /** From now on it answers as it should. */
  mend(): void {
    this.#answering.answer = OK;
  }

  async close(): Promise<void> {
    await this.#peer.close();
  }
}

/** Nothing is wrong with it but that nobody has entered its address. */
async function plain({ node }: RoadBed, domain: string): Promise<PlainPeer> {
  const peer = await PlainPeer.start({ user: `carol@${domain}`, nodePort: node.ports.sipTls });
  await node.admin.ask("POST", "/sip-federated-domains", { domain, integrationType: "standard" });
  const route = { destinationPattern: domain, nextHop: "127.0.0.1", nextHopPort: peer.port, protocol: "tcp" };
  await node.admin.ask("POST", "/static-routes", route);
  return peer;
}

interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

interface Named {
  readonly host: string;
  readonly domain: string;
}

async function publish(bed: RoadBed, { host, domain, port }: Named & { readonly port: number }, fault: Fault) {
  if (fault.record === "missing") return;
  bed.zone.service(`_sipfederationtls._tcp.${domain}`, host, port);
  if (fault.record !== "to-nowhere") bed.zone.host(host, "127.0.0.1");
}

async function federate(bed: RoadBed, { host, domain }: Named, fault: Fault): Promise<void> {
  const { admin } = bed.node;
  await admin.ask("POST", "/sip-federated-domains", { domain, integrationType: "microsoft" });
  if (fault.subject === "missing") return;
  await admin.ask("POST", "/tls-peer-subjects", { name: host, description: "" });
  if (fault.subject === "defined") return;
  await selectPeerSubjects(admin, host);
}

async function closedPort(): Promise<number> {
  const server: Server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await new Promise((done) => server.close(done));
  return address === null || typeof address === "string" ? 0 : address.port;
}
