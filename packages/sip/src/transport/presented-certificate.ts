/** What the other end showed in the TLS handshake. ASCII letters of names are lower case; their order is the certificate's. */
export interface PresentedCertificate {
  /** Undefined when the subject has no CN, or more than one. */
  readonly subjectCommonName: string | undefined;
  /** Subject alternative names of type dNSName. */
  readonly dnsNames: readonly string[];
  /** Subject alternative names of type URI (`sip:example.com`, RFC 5922 §7.1). */
  readonly uris: readonly string[];
  /** How many more there are: of other types, or with octets no name may hold. None where absent. */
  readonly otherAlternativeNames?: number;
  /** OIDs of the extended key usages; empty when the certificate does not restrict them. */
  readonly extendedKeyUsages: readonly string[];
  /** SHA-256 of the certificate, `AB:CD:…`. */
  readonly fingerprint256: string;
  /** The fingerprints of the certificate and of those it was verified with, up to one that was trusted. */
  readonly chain: readonly string[];
  /** The chain leads to a trusted root, and the certificate is of today. Names are the gate's business. */
  readonly authorized: boolean;
  /** OpenSSL's name of what is wrong: `CERT_HAS_EXPIRED`, `UNABLE_TO_VERIFY_LEAF_SIGNATURE`. */
  readonly authorizationError?: string;
  /** The certificate itself, DER. */
  readonly raw: Buffer;
}
