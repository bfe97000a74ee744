import type { CertificatePurpose, OwnCertificate, TrustedCertificate } from "@interpres/federation";
import type { ClusterSettings } from "./cluster-settings.ts";

export const certificatePurposes = ["sip", "xmpp", "xmpp-s2s", "admin"] as const satisfies CertificatePurpose[];

/** All that is saved and comes into force: one immutable value. */
export interface Configuration {
  readonly settings: ClusterSettings;
  readonly ownCertificates: Readonly<Record<CertificatePurpose, OwnCertificate | undefined>>;
  readonly trusted: readonly TrustedCertificate[];
}
