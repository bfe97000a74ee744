import { X509Certificate } from "node:crypto";
import type { TrustedCertificate } from "@interpres/federation";
import type { PresentedCertificate } from "@interpres/sip";

/**
 * Whether a chain that was verified leads to a root of the trust store. Our calls are content with a certificate below one;
 * as a server, Node 26 is not (`allowPartialTrustChain` does not reach it), and refuses the peer's.
 */
export function leadsToTrustedRoot(
  { chain }: Pick<PresentedCertificate, "chain">,
  trusted: readonly TrustedCertificate[],
): boolean {
  const certificates = trusted.map(({ pem }) => new X509Certificate(pem));
  const roots = certificates.filter((certificate) => certificate.checkIssued(certificate));
  const ofChain = certificates.filter(({ fingerprint256 }) => chain.includes(fingerprint256));
  return ofChain.some((certificate) => roots.some((root) => certificate.checkIssued(root)));
}
