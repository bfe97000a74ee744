import type { CertificatePurpose, CertificateStore, OwnCertificate } from "@interpres/federation";
import type { CertificateTable } from "@interpres/store";

/** The stored certificates as federation wants them: after the first start each purpose has one. */
export function ownCertificates(table: CertificateTable): CertificateStore {
  return {
    own: (purpose) => ownCertificate(table, purpose),
    trusted: () => table.trusted(),
    onChange: (listener) => {
      table.onChange(listener);
    },
  };
}

/** The certificate of a purpose; throws where the first start did not make one. */
export function ownCertificate(table: CertificateTable, purpose: CertificatePurpose): OwnCertificate {
  const own = table.own(purpose);
  if (own === undefined) throw new Error(`there is no certificate for ${purpose}`);
  return own;
}
