import { X509Certificate } from "node:crypto";
import type { PresentedCertificate } from "@interpres/sip";
import type { CertificateStore, TrustedCertificate } from "./certificate-store.ts";

/** Whether a certificate that was verified at its handshake would be verified still: the trust store may have shrunk since. */
export class TrustedFingerprints {
  readonly #certificates: Pick<CertificateStore, "trusted">;
  #of: readonly TrustedCertificate[] | undefined;
  #fingerprints: ReadonlySet<string> = new Set();

  constructor(certificates: Pick<CertificateStore, "trusted">) {
    this.#certificates = certificates;
  }

  has({ chain }: PresentedCertificate): boolean {
    const trusted = this.#certificates.trusted();
    if (trusted !== this.#of) {
      this.#of = trusted;
      this.#fingerprints = new Set(trusted.map(({ pem }) => new X509Certificate(pem).fingerprint256));
    }
    return chain.some((fingerprint) => this.#fingerprints.has(fingerprint));
  }
}
