/** What a certificate of our own is for: SIP federation, XMPP clients, XMPP servers, the console and the API. */
export type CertificatePurpose = "sip" | "xmpp" | "xmpp-s2s" | "admin";

/** A chain in PEM, the certificate itself first, and its private key in PKCS #8 PEM. */
export interface OwnCertificate {
  readonly chainPem: string;
  readonly keyPem: string;
}

export interface TrustedCertificate {
  readonly id: string;
  readonly pem: string;
}

/** Certificates and keys as a port; reads are answered from memory. */
export interface CertificateStore {
  own(purpose: CertificatePurpose): OwnCertificate;
  trusted(): readonly TrustedCertificate[];
  /** Called after one of them has changed. */
  onChange(listener: () => void): void;
}
