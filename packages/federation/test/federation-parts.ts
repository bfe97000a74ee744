import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import type { DecisionEvent } from "@interpres/runtime";
import { silentLogger, silentMetrics } from "@interpres/runtime";
import type {
  Connection,
  ConnectionFacts,
  ConnectionVerdict,
  PresentedCertificate,
  SipRequest,
  Verdict,
} from "@interpres/sip";
import { parseMessage, SipRequest as Request } from "@interpres/sip";
import { FakeClock, FakeZone, SeededRandom, TestCertificateAuthority } from "@interpres/testkit";
import {
  addAclEntry,
  addDomain,
  addStaticRoute,
  addTlsPeerSubject,
  type DroppedRequest,
  type Edit,
  Federation,
  type FederationSettings,
  initialFederationSettings,
  type LocalAddressee,
  Passages,
  PEER_AUTH_CONTEXT,
  PeerIdentity,
  type TrustedCertificate,
  updateTlsContext,
} from "../src/index.ts";

/** One step of a settings document. */
export type Step = (settings: FederationSettings) => Edit<unknown>;

export const domain = (name: string, integrationType = "microsoft", rest: object = {}): Step => {
  return (settings) => addDomain(settings, { domain: name, integrationType, ...rest });
};

export const route = (destinationPattern: string, nextHop: string, rest: object = {}): Step => {
  return (settings) => addStaticRoute(settings, { destinationPattern, nextHop, ...rest });
};

export const acl = (pattern: string): Step => {
  return (settings) => addAclEntry(settings, { pattern });
};

export const subject = (name: string, rest: object = {}): Step => {
  return (settings) => addTlsPeerSubject(settings, { name, ...rest });
};

/** Defines a subject and selects it in the peer-auth context. */
export const selected = (name: string, rest: object = {}): Step => {
  return (settings) => {
    const defined = take(addTlsPeerSubject(settings, { name, ...rest }));
    const context = defined.tlsContexts.find((candidate) => candidate.name === PEER_AUTH_CONTEXT);
    const peerSubjects = [...(context?.peerSubjects ?? []), name];
    return updateTlsContext(defined, PEER_AUTH_CONTEXT, { peerSubjects });
  };
};

export function take(edit: Edit<unknown>): FederationSettings {
  if (edit.kind === "changed") return edit.settings;
  throw new Error(JSON.stringify(edit.errors));
}

export function settingsOf(...steps: readonly Step[]): FederationSettings {
  return steps.reduce((settings, step) => take(step(settings)), initialFederationSettings(["example.com"]));
}

/** Who signed every certificate here. */
const root = new X509Certificate((await TestCertificateAuthority.create("Root")).certPem);

export interface TestFederation {
  readonly federation: Federation;
  readonly zone: FakeZone;
  readonly clock: FakeClock;
  readonly decisions: Omit<DecisionEvent, "id" | "at">[];
  readonly dropped: readonly DroppedRequest[];
  readonly passages: Passages;
  /** What is saved. */
  settings(): FederationSettings;
  change(...steps: readonly Step[]): void;
  /** The trust store is empty from now on. */
  distrust(): void;
}

/** A whole federation on a fake zone; alice is at home in example.com, and carol, whom peers know by another address. */
export function makeFederation(...steps: readonly Step[]): TestFederation {
  const [zone, clock] = [new FakeZone(), new FakeClock()];
  const decisions: Omit<DecisionEvent, "id" | "at">[] = [];
  const dropped: DroppedRequest[] = [];
  const passages = new Passages();
  let settings = settingsOf(...steps);
  let trusted: readonly TrustedCertificate[] = [{ id: "root", pem: root.toString() }];
  const federation = new Federation({
    settings: () => settings,
    nodeFqdn: () => "imp1.example.com",
    certificates: { own: () => ({ chainPem: "", keyPem: "" }), trusted: () => trusted, onChange: () => undefined },
    targets: { isLocalDomain: (name) => name === "example.com", addressee: ({ user }) => addresseeNamed(user) },
    resolver: zone,
    clock,
    random: new SeededRandom(1),
    decisions: { record: (event) => decisions.push(event) },
    log: silentLogger,
    metrics: silentMetrics,
    dropped: (request) => dropped.push(request),
    passages,
  });
  const change = (...more: readonly Step[]): void => {
    settings = more.reduce((document, step) => take(step(document)), settings);
    federation.settingsChanged(settings);
  };
  const distrust = (): void => {
    trusted = [];
  };
  return { federation, zone, clock, decisions, dropped, passages, settings: () => settings, change, distrust };
}

function addresseeNamed(user: string | undefined): LocalAddressee {
  if (user === "carol") return { kind: "other-address", user: "carol@example.com" };
  return { kind: user === "alice" ? "account" : "nobody" };
}

export function certificate(cn: string, rest: Partial<PresentedCertificate> = {}): PresentedCertificate {
  return {
    subjectCommonName: cn,
    dnsNames: [cn],
    uris: [],
    extendedKeyUsages: ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"],
    fingerprint256: cn,
    chain: [root.fingerprint256],
    authorized: true,
    raw: Buffer.alloc(0),
    ...rest,
  };
}

/** What the transport hands over once the gate has given an identity. */
export function connection(identity: PeerIdentity | undefined, rest: Partial<Connection> = {}): Connection {
  return {
    id: 1,
    protocol: "tls",
    direction: "inbound",
    remoteAddress: "192.0.2.1",
    remotePort: 40000,
    localAddress: "192.0.2.254",
    localPort: 5061,
    identity,
    certificate: undefined,
    isOpen: true,
    send: () => undefined,
    close: () => undefined,
    ...rest,
  };
}

export interface Asked {
  readonly method?: string;
  readonly from?: string;
  readonly uri?: string;
  readonly toTag?: string;
}

export function request({
  method = "MESSAGE",
  from = "sip:bob@contoso.example",
  uri = "sip:alice@example.com",
  toTag,
}: Asked): SipRequest {
  const lines = [
    `${method} ${uri} SIP/2.0`,
    "Via: SIP/2.0/TLS sip.contoso.example:5061;branch=z9hG4bK1",
    "Max-Forwards: 70",
    `From: <${from}>;tag=1`,
    `To: <sip:alice@example.com>${toTag === undefined ? "" : `;tag=${toTag}`}`,
    "Call-ID: 1",
    `CSeq: 1 ${method}`,
    "Content-Length: 0",
  ];
  const parsed = parseMessage(Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), "stream");
  if (parsed instanceof Request) return parsed;
  throw new Error("the test's request is malformed");
}

/** A Microsoft edge, and the settings that let it in. */
export const EDGE = "sip.contoso.example";
export const contoso: readonly Step[] = [domain("contoso.example"), route("contoso.example", EDGE), selected(EDGE)];

/** A connection as the gate is asked about it. */
export function facts(shown: PresentedCertificate | undefined, rest: Partial<ConnectionFacts> = {}): ConnectionFacts {
  return {
    protocol: "tls",
    direction: "inbound",
    remoteAddress: "192.0.2.1",
    remotePort: 40000,
    ...(shown === undefined ? {} : { certificate: shown }),
    ...rest,
  };
}

/** What the gate says when it can. */
export async function finalVerdict({ connectionGate }: Federation, asked: ConnectionFacts): Promise<ConnectionVerdict> {
  const answer = connectionGate.admit(asked);
  if (answer.kind !== "not-yet") return answer;
  await answer.until;
  const again = connectionGate.admit(asked);
  if (again.kind === "not-yet") throw new Error("the gate cannot make up its mind");
  return again;
}

/** Lets a peer connect as `name` and asks one thing. */
export function ask(parts: TestFederation, asked: Asked, name = EDGE, remoteAddress = "192.0.2.1"): Verdict {
  const verdict = parts.federation.connectionGate.admit(facts(certificate(name), { remoteAddress }));
  assert.equal(verdict.kind, "admit", `${name} was not let in`);
  const identity = verdict.kind === "admit" && verdict.identity instanceof PeerIdentity ? verdict.identity : undefined;
  const shown = { remoteAddress, certificate: certificate(name) };
  return parts.federation.requestGate.admit(request(asked), connection(identity, shown));
}

export function told(verdict: Verdict): string {
  if (verdict.kind === "refuse") return `${verdict.status} ${verdict.rule}`;
  return verdict.kind === "drop" ? `drop ${verdict.rule}` : "admit";
}
