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
import { type PeerIdentity, presentedNames } from "../trust/peer-identity.ts";
import type { TrustedFingerprints } from "../trust/trusted-fingerprints.ts";
import type { UnselectedSightings } from "../trust/unselected-sightings.ts";
import {
  answersToConnection,
  type ConnectionQuery,
  type ConnectionRules,
  identityOf,
  objectionToConnection,
} from "./connection-questions.ts";
import { handshakeObjection, type OurSide } from "./handshake.ts";
import type { Objection } from "./objection.ts";
import { type Passages, passedPeer } from "./passages.ts";
import type { RefusalLog } from "./refusal-log.ts";
import type { ReverseNames } from "./reverse-names.ts";

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
  readonly #passages: Passages;
  readonly #unselected: UnselectedSightings;
  readonly #reverseNames: ReverseNames;
  readonly #trusted: TrustedFingerprints;
  readonly #ours: (context: string) => OurSide;
  readonly #peerSeen: (seen: SeenPeer) => void;
  #admitted = 0;

  constructor(parts: {
    readonly rules: () => ConnectionRules;
    readonly refusals: RefusalLog;
    readonly passages: Passages;
    readonly unselected: UnselectedSightings;
    readonly reverseNames: ReverseNames;
    readonly trusted: TrustedFingerprints;
    /** What we bring to a handshake under the context of that name. */
    readonly ours: (context: string) => OurSide;
    readonly peerSeen: (seen: SeenPeer) => void;
  }) {
    this.#rules = parts.rules;
    this.#refusals = parts.refusals;
    this.#passages = parts.passages;
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
    const objection = objectionToConnection(facts);
    if (objection !== undefined) return this.#waitForName(facts, objection) ?? this.#refuse(objection, facts);
    this.#admitted += 1;
    this.#count(facts);
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
    const objections = answersToConnection(facts).flatMap(({ objection }) => objection ?? []);
    return { identity: identityOf(facts), objections };
  }

  /** Whoever shows a certificate is known by that (facts B2.2, C8). */
  #hostNames({ certificate, remoteAddress }: ConnectionFacts): readonly string[] | undefined {
    return certificate === undefined ? this.#reverseNames.known(remoteAddress) : [];
  }

  /** A name may let in whom nothing else does: then DNS is asked, and nobody but this connection waits. */
  #waitForName({ connection, rules, hostNames }: ConnectionQuery, { rule }: Objection): NotYet | undefined {
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

  #count({ connection, hostNames = [] }: ConnectionQuery, rule?: string): void {
    this.#passages.connection(connection, passedPeer(connection, hostNames, rule)).add(rule);
  }

  #refuse(objection: Objection, facts: ConnectionQuery): ConnectionVerdict {
    const { connection, rules } = facts;
    this.#count(facts, objection.rule);
    const { certificate, direction, nextHop, remoteAddress } = connection;
    const name = nextHop?.domain ?? (certificate === undefined ? undefined : presentedNames(certificate)[0]);
    this.#refusals.tell(objection, { kind: "connection", direction, peer: name ?? remoteAddress });
    const unselected = certificate === undefined ? undefined : rules.subjects.unselected(certificate);
    if (objection.rule === "tls-peer-subject" && unselected !== undefined) this.#unselected.saw(unselected, connection);
    return { kind: "refuse", rule: objection.rule };
  }
}
