import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SecureContextOptions } from "node:tls";
import { systemClock } from "@interpres/runtime";
import { TestCertificateAuthority } from "../certificate-authority.ts";
import type { CertificateFault } from "../simulator/faults.ts";
import type { PeerKeys } from "../simulator/simulated-peer.ts";

/** The simulator's own authority: kept in a directory, so that the other side has to trust it once only. */
export async function authorityIn(directory: string): Promise<TestCertificateAuthority> {
  const [cert, key] = [join(directory, "ca.pem"), join(directory, "ca-key.pem")];
  if (existsSync(cert) && existsSync(key))
    return await TestCertificateAuthority.load(readFileSync(cert, "utf8"), readFileSync(key, "utf8"));
  const authority = await TestCertificateAuthority.create("Interpres simulator");
  mkdirSync(directory, { recursive: true });
  writeFileSync(key, await authority.keyPem(), { mode: 0o600 });
  writeFileSync(cert, authority.certPem);
  return authority;
}

export interface KeyRingOptions {
  readonly authority: TestCertificateAuthority;
  readonly fqdn: string;
  /** Roots that the other side's certificate must lead to. */
  readonly trusted: string;
  /** A certificate and key to show instead of one of the authority's own. */
  readonly shown?: { readonly cert: string; readonly key: string };
  /** Versions of TLS, and what they need. */
  readonly versions?: SecureContextOptions;
}

const DAY_MS = 86_400_000;

/** The right certificate of a simulator, and a wrong one of each kind. */
export async function keyRing({ authority, fqdn, trusted, shown, versions }: KeyRingOptions): Promise<PeerKeys> {
  const stranger = await TestCertificateAuthority.create("Nobody's authority");
  const named = { cn: fqdn, dnsNames: [fqdn] };
  const other = `other.${fqdn}`;
  const issued: Readonly<
    Record<Exclude<CertificateFault, "none">, { readonly certPem: string; readonly keyPem: string }>
  > = {
    "wrong-name": await authority.issue({ cn: other, dnsNames: [other] }),
    "no-common-name": await authority.issue({ ...named, cn: "" }),
    "no-alternative-name": await authority.issue({ cn: fqdn }),
    "no-client-usage": await authority.issue({ ...named, ekus: ["server"] }),
    "no-server-usage": await authority.issue({ ...named, ekus: ["client"] }),
    expired: await authority.issue({ ...named, notAfter: new Date(systemClock.now() - DAY_MS) }),
    untrusted: await stranger.issue(named),
  };
  const { certPem, keyPem } = await authority.issue({ ...named, key: "rsa" });
  const right = shown ?? { cert: certPem, key: keyPem };
  return (fault) => {
    if (fault === undefined) return { ...versions, ca: trusted, ...right };
    // A listener without a certificate could not even begin: it goes without as a client only.
    if (fault === "none") return { ...versions, ca: trusted };
    const { certPem: cert, keyPem: key } = issued[fault];
    return { ...versions, ca: trusted, cert, key };
  };
}
