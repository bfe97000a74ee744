import { type CertificatePurpose, type CertificateSubject, issueCertificate } from "@interpres/federation";
import type { Clock, Random } from "@interpres/runtime";
import type { CertificateTable, OwnCertificate } from "@interpres/store";

/** Where our own authority is kept among the own certificates. */
export const AUTHORITY = "authority";

/** A certificate of ours that is to be made. */
export interface WantedCertificate extends CertificateSubject {
  readonly purpose: CertificatePurpose;
}

/** What each certificate of a node of this name must carry. XMPP clients look for the domain, everybody else for the node. */
export function wantedCertificates(fqdn: string, localDomains: readonly string[]): readonly WantedCertificate[] {
  const [domain = fqdn] = localDomains;
  const names = [...localDomains, fqdn];
  return [
    // Old Access Edges know RSA keys only.
    { purpose: "sip", commonName: fqdn, dnsNames: [fqdn, ...localDomains], key: "rsa" },
    { purpose: "xmpp", commonName: domain, dnsNames: names, key: "ecdsa" },
    { purpose: "xmpp-s2s", commonName: domain, dnsNames: names, key: "ecdsa" },
    { purpose: "admin", commonName: fqdn, dnsNames: [fqdn, "localhost"], key: "ecdsa" },
  ];
}

/** Our own authority. Throws where the first start has not made one. */
export function authorityOf(certificates: CertificateTable): OwnCertificate {
  const authority = certificates.own(AUTHORITY);
  if (authority === undefined) throw new Error("there is no certificate authority");
  return authority;
}

/** Has our own authority sign a new certificate. */
export function issueOwn(
  wanted: CertificateSubject,
  ports: { readonly certificates: CertificateTable; readonly clock: Clock; readonly random: Random },
): Promise<OwnCertificate> {
  const { chainPem, keyPem } = authorityOf(ports.certificates);
  return issueCertificate({ certificatePem: chainPem, keyPem }, wanted, ports);
}
