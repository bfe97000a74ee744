import { constants } from "node:crypto";
import type { SecureContextOptions, SecureVersion } from "node:tls";
import type { CertificateStore } from "./certificate-store.ts";
import { isCipherAvailable, isTls13Suite, openSslCipherList } from "./cipher-suites.ts";
import type { TlsContext, TlsVersion } from "./tls-settings.ts";

/** What the runtime really does with a context: shown beside what was asked for (contract §4). */
export interface EffectiveTls {
  /** Suites that can be agreed on, by IANA name. */
  readonly ciphers: readonly string[];
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
  /** True when empty fragments are really left out: only TLS 1.0 with a CBC suite knows them. */
  readonly emptyFragmentsDisabled: boolean;
  /** OpenSSL's security level; TLS 1.0 and 1.1 need 0, which also allows weak keys and SHA-1 signatures. */
  readonly securityLevel: number;
}

const DEFAULT_SECURITY_LEVEL = 2;

/** Follows node:tls: without a suite of TLS 1.3 the versions end at 1.2, with nothing else they begin at 1.3. */
export function effectiveTls(context: TlsContext): EffectiveTls {
  const known = context.ciphers.filter(isCipherAvailable);
  const has13 = known.some(isTls13Suite);
  const hasOlder = known.some((cipher) => !isTls13Suite(cipher));
  const maxVersion = context.maxVersion === "TLSv1.3" && !has13 ? "TLSv1.2" : context.maxVersion;
  const minVersion = context.minVersion < "TLSv1.3" && !hasOlder ? "TLSv1.3" : context.minVersion;
  const speaks13 = maxVersion === "TLSv1.3";
  const speaksOlder = minVersion !== "TLSv1.3";
  return {
    ciphers: known.filter((cipher) => (isTls13Suite(cipher) ? speaks13 : speaksOlder && fits(cipher, maxVersion))),
    minVersion,
    maxVersion,
    emptyFragmentsDisabled: context.disableEmptyTlsFragments && minVersion === "TLSv1",
    securityLevel: isOld(minVersion) ? 0 : DEFAULT_SECURITY_LEVEL,
  };
}

function isOld(version: TlsVersion): boolean {
  return version === "TLSv1" || version === "TLSv1.1";
}

/** AEAD and SHA-2 suites need TLS 1.2 (RFC 5246 §A.5); below it only the HMAC-SHA1 ones are left. */
function fits(cipher: string, maxVersion: TlsVersion): boolean {
  return !isOld(maxVersion) || cipher.endsWith("_SHA");
}

/** The node:tls options of a context with our SIP certificate and the trust store. */
export function secureContextOptions(context: TlsContext, certificates: CertificateStore): SecureContextOptions {
  const { chainPem, keyPem } = certificates.own("sip");
  const { minVersion, maxVersion, securityLevel } = effectiveTls(context);
  const suites = openSslCipherList(context.ciphers.filter(isCipherAvailable));
  const trusted = certificates.trusted().map((certificate) => certificate.pem);
  return {
    cert: chainPem,
    key: keyPem,
    // An empty list, not undefined: the runtime's own public roots are nobody's choice here.
    ca: trusted,
    allowPartialTrustChain: true,
    ciphers: securityLevel === DEFAULT_SECURITY_LEVEL ? suites : `${suites}:@SECLEVEL=${securityLevel}`,
    minVersion: minVersion satisfies SecureVersion,
    maxVersion: maxVersion satisfies SecureVersion,
    honorCipherOrder: true,
    secureOptions: secureOptionsOf(context),
  };
}

function secureOptionsOf(context: TlsContext): number {
  const base = constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_CIPHER_SERVER_PREFERENCE;
  return context.disableEmptyTlsFragments ? base | constants.SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS : base;
}
