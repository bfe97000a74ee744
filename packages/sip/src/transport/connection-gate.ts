import type { ClientOffer } from "./client-hello.ts";
import type { ConnectionIdentity, TransportProtocol } from "./connection.ts";
import type { NegotiatedTls } from "./negotiated-tls.ts";
import type { NextHop } from "./next-hop-selector.ts";
import type { PresentedCertificate } from "./presented-certificate.ts";
import type { TlsFailure } from "./tls-failure.ts";

/** What is known of a connection at the moment of decision: after the handshake, before the first octet of SIP. */
export interface ConnectionFacts {
  readonly protocol: TransportProtocol;
  readonly direction: "inbound" | "outbound";
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Undefined when none was presented, and over TCP and UDP. */
  readonly certificate?: PresentedCertificate;
  /** How TLS was agreed; undefined over TCP and UDP. */
  readonly tls?: NegotiatedTls;
  /** Outbound: for which hop; `expectedNames` are those the certificate must prove. */
  readonly nextHop?: NextHop;
}

export type ConnectionVerdict =
  | { readonly kind: "admit"; readonly identity?: ConnectionIdentity }
  | { readonly kind: "refuse"; readonly rule: string };

/** Nothing can be said of an inbound connection yet: ask again when `until` has settled. It never rejects. */
export interface NotYet {
  readonly kind: "not-yet";
  /** What keeps the answer waiting; the refusal's rule where nobody can wait. */
  readonly rule: string;
  readonly until: Promise<void>;
}

/** A handshake that ended before anybody could be admitted or refused. */
export interface FailedHandshake {
  readonly direction: "inbound" | "outbound";
  readonly remoteAddress: string;
  readonly failure: TlsFailure;
  /** The name of the TLS context it was tried with. */
  readonly context: string;
  /** Inbound: what the peer said it can do, where it said that much. */
  readonly offer?: ClientOffer;
  /** Outbound: what the peer had shown by then. */
  readonly certificate?: PresentedCertificate;
  readonly nextHop?: NextHop;
}

/**
 * May this connection exist. Asked once for each new connection, again for each further hop that would reuse an
 * outbound one (RFC 5923), for each UDP source about twice a minute, and for all of them by `readmit`. It records its own decisions.
 */
export interface ConnectionGate {
  admit(facts: ConnectionFacts): ConnectionVerdict | NotYet;
  /** Told of every handshake that failed, for the record. */
  handshakeFailed?(failed: FailedHandshake): void;
}
