import type {
  ConnectionFacts,
  ConnectionGate,
  ConnectionVerdict,
  FailedHandshake,
  NegotiatedTls,
  NotYet,
  PresentedCertificate,
} from "@interpres/sip";
import { comparableName } from "../trust/certificate-name.ts";
import type { MaySpeak } from "../trust/may-speak.ts";
import { PeerIdentity, presentedNames } from "../trust/peer-identity.ts";
import type { SelectedSubjects } from "../trust/peer-subjects.ts";
import type { TlsContext } from "../trust/tls-settings.ts";
import type { TrustedFingerprints } from "../trust/trusted-fingerprints.ts";
import type { UnselectedSightings } from "../trust/unselected-sightings.ts";
import { handshakeObjection, type OurSide } from "./handshake.ts";
import type { IncomingAcl } from "./incoming-acl.ts";
import { firstObjection, type Objection, type Question } from "./objection.ts";
import type { RefusalLog } from "./refusal-log.ts";
import type { ReverseNames } from "./reverse-names.ts";
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

interface Facts {
  readonly connection: ConnectionFacts;
  readonly rules: ConnectionRules;
  /** Confirmed names of the address, for who shows no certificate; undefined while DNS has not said. */
  readonly hostNames: readonly string[] | undefined;
  readonly trusted: TrustedFingerprints;
}

type Secured = Facts & { readonly certificate: PresentedCertificate };

const questions: readonly Question<Facts>[] = [addressQuestion, certificatePresented];

const certificateQuestions: readonly Question<Secured>[] = [
  ({ certificate, trusted }) => certificateChain(certificate) ?? trustKept(certificate, trusted),
  ({ certificate }) => certificatePurpose(certificate),
  ({ certificate, rules }) => (asksForSubject(rules) ? tlsPeerSubject(certificate, rules.subjects) : undefined),
  hopQuestion,
];

/** A peer that was admitted, with what it showed. */
export interface SeenPeer {
  /** The subject it matched, else its first name, in lower case. */
  readonly name: string;
  readonly certificate: PresentedCertificate;
  readonly tls: NegotiatedTls;
}

/** Who may connect, and whom we stay connected to: the ordered list for connections. */
export class ConnectionAdmission implements ConnectionGate {
  readonly #rules: () => ConnectionRules;
  readonly #refusals: RefusalLog;
  readonly #unselected: UnselectedSightings;
  readonly #reverseNames: ReverseNames;
  readonly #trusted: TrustedFingerprints;
  readonly #ours: (context: string) => OurSide;
  readonly #peerSeen: (seen: SeenPeer) => void;
  #admitted = 0;

  constructor(parts: {
    readonly rules: () => ConnectionRules;
    readonly refusals: RefusalLog;
    readonly unselected: UnselectedSightings;
    readonly reverseNames: ReverseNames;
    readonly trusted: TrustedFingerprints;
    /** What we bring to a handshake under the context of that name. */
    readonly ours: (context: string) => OurSide;
    readonly peerSeen: (seen: SeenPeer) => void;
  }) {
    this.#rules = parts.rules;
    this.#refusals = parts.refusals;
    this.#unselected = parts.unselected;
    this.#reverseNames = parts.reverseNames;
    this.#trusted = parts.trusted;
    this.#ours = parts.ours;
    this.#peerSeen = parts.peerSeen;
  }

  get admitted(): number {
    return this.#admitted;
  }

  admit(connection: ConnectionFacts): ConnectionVerdict | NotYet {
    const hostNames = this.#hostNames(connection);
    const facts = { connection, rules: this.#rules(), hostNames, trusted: this.#trusted };
    const objection = objectionTo(facts);
    if (objection !== undefined) return this.#waitForName(facts, objection) ?? this.#refuse(objection, facts);
    this.#admitted += 1;
    const identity = identityOf(facts);
    const { certificate, tls } = connection;
    if (certificate !== undefined && tls !== undefined)
      this.#peerSeen({ name: comparableName(identity.label), certificate, tls });
    return { kind: "admit", identity };
  }

  /** Who that is, and everything there is against it, not only what would refuse it first. Records nothing. */
  review(connection: ConnectionFacts): { readonly identity: PeerIdentity; readonly objections: readonly Objection[] } {
    const hostNames = this.#hostNames(connection);
    const facts = { connection, rules: this.#rules(), hostNames, trusted: this.#trusted };
    return { identity: identityOf(facts), objections: objectionsTo(facts) };
  }

  /** Whoever shows a certificate is known by that (facts B2.2, C8). */
  #hostNames({ certificate, remoteAddress }: ConnectionFacts): readonly string[] | undefined {
    return certificate === undefined ? this.#reverseNames.known(remoteAddress) : [];
  }

  /** A name may let in whom nothing else does: then DNS is asked, and nobody but this connection waits. */
  #waitForName({ connection, rules, hostNames }: Facts, { rule }: Objection): NotYet | undefined {
    const { direction, protocol, remoteAddress } = connection;
    const couldHelp = rule === "incoming-acl" && protocol !== "tls" && direction === "inbound" && rules.acl.hasNames;
    if (!couldHelp || hostNames !== undefined) return undefined;
    const until = this.#reverseNames.ask(remoteAddress);
    return until && { kind: "not-yet", rule: "reverse-name", until };
  }

  handshakeFailed(failed: FailedHandshake): void {
    const { direction, nextHop, remoteAddress } = failed;
    const objection = handshakeObjection(failed, this.#ours(failed.context));
    this.#refusals.tell(objection, { kind: "connection", direction, peer: nextHop?.domain ?? remoteAddress });
  }

  #refuse(objection: Objection, { connection, rules }: Facts): ConnectionVerdict {
    const { certificate, direction, nextHop, remoteAddress } = connection;
    const name = nextHop?.domain ?? (certificate === undefined ? undefined : presentedNames(certificate)[0]);
    this.#refusals.tell(objection, { kind: "connection", direction, peer: name ?? remoteAddress });
    const unselected = certificate === undefined ? undefined : rules.subjects.unselected(certificate);
    if (objection.rule === "tls-peer-subject" && unselected !== undefined) this.#unselected.saw(unselected, connection);
    return { kind: "refuse", rule: objection.rule };
  }
}

function objectionTo(facts: Facts): Objection | undefined {
  const objection = firstObjection(questions, facts);
  const { certificate, protocol } = facts.connection;
  if (objection !== undefined || certificate === undefined || protocol !== "tls") return objection;
  return firstObjection(certificateQuestions, { ...facts, certificate });
}

/** What every question has against a connection, in their order. */
function objectionsTo(facts: Facts): readonly Objection[] {
  const found = questions.flatMap((ask) => ask(facts) ?? []);
  const { certificate, protocol } = facts.connection;
  if (certificate === undefined || protocol !== "tls") return found;
  return [...found, ...certificateQuestions.flatMap((ask) => ask({ ...facts, certificate }) ?? [])];
}

function identityOf({ connection, rules, hostNames }: Facts): PeerIdentity {
  const { certificate, remoteAddress } = connection;
  if (certificate === undefined) return PeerIdentity.fromAddress(remoteAddress, hostNames);
  return PeerIdentity.fromCertificate(certificate, rules.subjects.matching(certificate)?.name, remoteAddress);
}

function asksForSubject({ context }: ConnectionRules): boolean {
  return context.authorizationPolicy === "peer";
}

/** Inbound: could anybody at this address be let in? Without TLS the address itself must be known. */
function addressQuestion({ connection, rules, hostNames = [] }: Facts): Objection | undefined {
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
function certificatePresented({ connection, rules }: Facts): Objection | undefined {
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
