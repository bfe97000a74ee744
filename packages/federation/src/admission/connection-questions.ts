import type { ConnectionFacts, PresentedCertificate } from "@interpres/sip";
import type { MaySpeak } from "../trust/may-speak.ts";
import { PeerIdentity } from "../trust/peer-identity.ts";
import type { SelectedSubjects } from "../trust/peer-subjects.ts";
import type { TlsContext } from "../trust/tls-settings.ts";
import type { TrustedFingerprints } from "../trust/trusted-fingerprints.ts";
import type { IncomingAcl } from "./incoming-acl.ts";
import { type Answer, answersOf, firstObjection, type NamedQuestion, type Objection } from "./objection.ts";
import { certificateChain, certificatePurpose, hopCertificate, tlsPeerSubject, trustKept } from "./tls-peer-subject.ts";

/** What the questions about connections read; one object for each settings snapshot. */
export interface ConnectionRules {
  readonly acl: IncomingAcl;
  readonly subjects: SelectedSubjects;
  readonly context: TlsContext;
  readonly maySpeak: MaySpeak;
  /**
   * What an address may do without TLS, where it is all the proof there is: true when an entry lists it, or the host of
   * a route that has it (facts B2.2).
   */
  readonly mayComeFrom: (address: string) => boolean;
}

/** One connection, and what is asked about it. */
export interface ConnectionQuery {
  readonly connection: ConnectionFacts;
  readonly rules: ConnectionRules;
  /** Confirmed names of the address, for who shows no certificate; undefined while DNS has not said. */
  readonly hostNames: readonly string[] | undefined;
  readonly trusted: Pick<TrustedFingerprints, "has">;
}

type Secured = ConnectionQuery & { readonly certificate: PresentedCertificate };

const questions: readonly NamedQuestion<ConnectionQuery>[] = [
  { rule: "incoming-acl", ask: addressQuestion },
  { rule: "certificate-missing", ask: certificatePresented },
];

const certificateQuestions: readonly NamedQuestion<Secured>[] = [
  {
    rule: "certificate-untrusted",
    ask: ({ certificate, trusted }) => certificateChain(certificate) ?? trustKept(certificate, trusted),
  },
  { rule: "certificate-purpose", ask: ({ certificate }) => certificatePurpose(certificate) },
  {
    rule: "tls-peer-subject",
    ask: ({ certificate, rules }) => (asksForSubject(rules) ? tlsPeerSubject(certificate, rules.subjects) : undefined),
  },
  { rule: "hop-certificate", ask: hopQuestion },
];

/** The first thing there is against a connection. */
export function objectionToConnection(facts: ConnectionQuery): Objection | undefined {
  const objection = firstObjection(questions, facts);
  const { certificate, protocol } = facts.connection;
  if (objection !== undefined || certificate === undefined || protocol !== "tls") return objection;
  return firstObjection(certificateQuestions, { ...facts, certificate });
}

/** What each question that is asked of a connection says to it, in their order. */
export function answersToConnection(facts: ConnectionQuery): readonly Answer[] {
  const found = answersOf(questions, facts);
  const { certificate, protocol } = facts.connection;
  if (certificate === undefined || protocol !== "tls") return found;
  return [...found, ...answersOf(certificateQuestions, { ...facts, certificate })];
}

/** Who is at the other end, as far as the rules know it. */
export function identityOf({ connection, rules, hostNames }: ConnectionQuery): PeerIdentity {
  const { certificate, remoteAddress } = connection;
  if (certificate === undefined) return PeerIdentity.fromAddress(remoteAddress, hostNames);
  return PeerIdentity.fromCertificate(certificate, rules.subjects.matching(certificate)?.name, remoteAddress);
}

function asksForSubject({ context }: ConnectionRules): boolean {
  return context.authorizationPolicy === "peer";
}

/** Inbound: could anybody at this address be let in? Without TLS the address itself must be known. */
function addressQuestion({ connection, rules, hostNames = [] }: ConnectionQuery): Objection | undefined {
  const { direction, protocol, remoteAddress } = connection;
  if (direction === "outbound") return undefined;
  const isKnown =
    protocol === "tls"
      ? rules.acl.mayAllow(remoteAddress)
      : rules.mayComeFrom(remoteAddress) || hostNames.some((name) => rules.acl.allowsHost(name));
  if (isKnown) return undefined;
  const presented = hostNames.length === 0 ? remoteAddress : `${remoteAddress}, ${hostNames.join(", ")}`;
  return refuse("incoming-acl", presented, "an entry of the incoming access list");
}

/** TLS: each side shows a certificate, unless the context's policy is that only the accepting one does. */
function certificatePresented({ connection, rules }: ConnectionQuery): Objection | undefined {
  if (connection.protocol !== "tls" || connection.certificate !== undefined) return undefined;
  if (connection.direction === "inbound" && !asksForSubject(rules)) return undefined;
  const expected = rules.subjects.toString();
  return refuse("certificate-missing", "no certificate", `a certificate${expected === "" ? "" : ` of ${expected}`}`);
}

function hopQuestion({ connection, certificate, rules }: Secured): Objection | undefined {
  const { nextHop } = connection;
  if (nextHop === undefined) return undefined;
  const expectedNames = nextHop.expectedNames ?? [...rules.maySpeak.namesFor(nextHop.domain)];
  return hopCertificate(certificate, expectedNames, rules.subjects.matching(certificate)?.name);
}

function refuse(rule: string, presented: string, expected: string): Objection {
  return { rule, status: 403, reason: "Forbidden", presented, expected };
}
