import { countCertificates } from "./admin/trust/certificate-calendar.ts";
import type { NodeParts } from "./node-parts.ts";

/** What a node remembers and counts of certificates, ours and theirs. */
export async function composeCertificates({ store, peerCertificates, clock, metrics }: NodeParts): Promise<void> {
  await peerCertificates.load();
  countCertificates(metrics, { certificates: store.certificates, peerCertificates, clock });
}
