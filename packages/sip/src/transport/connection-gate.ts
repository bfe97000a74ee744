import type { ConnectionIdentity, TransportProtocol } from "./connection.ts";
import type { NextHop } from "./next-hop-selector.ts";

/** What the other end showed in the TLS handshake. Names are lower case, in the certificate's order. */
export interface PresentedCertificate {
  /** Undefined when the subject has no CN, or more than one. */
  readonly subjectCommonName: string | undefined;
  /** Subject alternative names of type dNSName. */
  readonly dnsNames: readonly string[];
  /** Subject alternative names of type URI (`sip:example.com`, RFC 5922 §7.1). */
  readonly uris: readonly string[];
  /** OIDs of the extended key usages; empty when the certificate does not restrict them. */
  readonly extendedKeyUsages: readonly string[];
  /** SHA-256 of the certificate, `AB:CD:…`. */
  readonly fingerprint256: string;
  /** The chain leads to a trusted root, and the certificate is of today. Names are the gate's business. */
  readonly authorized: boolean;
  /** OpenSSL's name of what is wrong: `CERT_HAS_EXPIRED`, `UNABLE_TO_VERIFY_LEAF_SIGNATURE`. */
  readonly authorizationError?: string;
  /** The certificate itself, DER. */
  readonly raw: Buffer;
}

/** What is known of a connection at the moment of decision: after the handshake, before the first octet of SIP. */
export interface ConnectionFacts {
  readonly protocol: TransportProtocol;
  readonly direction: "inbound" | "outbound";
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Undefined when none was presented, and over TCP and UDP. */
  readonly certificate?: PresentedCertificate;
  /** Outbound: for which hop; `expectedNames` are those the certificate must prove. */
  readonly nextHop?: NextHop;
}

export type ConnectionVerdict =
  | { readonly kind: "admit"; readonly identity?: ConnectionIdentity }
  | { readonly kind: "refuse"; readonly rule: string };

/**
 * May this connection exist. Asked once for each new connection, again for each further hop that would reuse an
 * outbound one (RFC 5923), for each UDP source about twice a minute, and for all of them by `readmit`. It records its own decisions.
 */
export interface ConnectionGate {
  admit(facts: ConnectionFacts): ConnectionVerdict;
}
