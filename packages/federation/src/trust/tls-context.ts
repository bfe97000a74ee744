import { constants } from "node:crypto";
import type { SecureContextOptions, SecureVersion } from "node:tls";
import type { CertificateStore } from "./certificate-store.ts";
import { isCipherAvailable, isTls13Suite, type KeyType, openSslCipherList, suitsKey } from "./cipher-suites.ts";
import type { TlsContext, TlsVersion } from "./tls-settings.ts";

/** What the runtime really does with a context: shown beside what was asked for (contract §4). */
export interface EffectiveTls {
  /** Suites that can be agreed on, by IANA name. */
  readonly ciphers: readonly string[];
  /** Those of them that our own certificate's key can serve when a peer calls; when we call, the peer's key decides. */
  readonly inboundCiphers: readonly string[];
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
  /** True when empty fragments are really left out: only TLS 1.0 with a CBC suite knows them. */
  readonly emptyFragmentsDisabled: boolean;
  /** OpenSSL's security level; TLS 1.0 and 1.1 need 0, which also allows weak keys and SHA-1 signatures. */
  readonly securityLevel: number;
}

const DEFAULT_SECURITY_LEVEL = 2;

/** Follows node:tls: without a suite of TLS 1.3 the versions end at 1.2, with nothing else they begin at 1.3. */
export function effectiveTls(context: TlsContext, ownKey: KeyType): EffectiveTls {
  const { ciphers, disableEmptyTlsFragments } = context;
  const known = ciphers.filter(isCipherAvailable);
  const { minVersion, maxVersion } = effectiveVersions(context, known);
  const agreeable = known.filter((cipher) => isWithin(cipher, minVersion, maxVersion));
  return {
    ciphers: agreeable,
    inboundCiphers: agreeable.filter((cipher) => suitsKey(cipher, ownKey)),
    minVersion,
    maxVersion,
    emptyFragmentsDisabled:
      disableEmptyTlsFragments && minVersion === "TLSv1" && agreeable.some((cipher) => cipher.endsWith("_CBC_SHA")),
    securityLevel: securityLevelFrom(minVersion),
  };
}

function effectiveVersions(
  { minVersion, maxVersion }: TlsContext,
  known: readonly string[],
): { readonly minVersion: TlsVersion; readonly maxVersion: TlsVersion } {
  const has13 = known.some(isTls13Suite);
  const hasOlder = known.some((cipher) => !isTls13Suite(cipher));
  return {
    minVersion: hasOlder ? minVersion : "TLSv1.3",
    maxVersion: maxVersion === "TLSv1.3" && !has13 ? "TLSv1.2" : maxVersion,
  };
}

/** AEAD and SHA-2 suites need TLS 1.2 (RFC 5246 §A.5); below it only the HMAC-SHA1 ones are left. */
function isWithin(cipher: string, minVersion: TlsVersion, maxVersion: TlsVersion): boolean {
  if (isTls13Suite(cipher)) return maxVersion === "TLSv1.3";
  if (minVersion === "TLSv1.3") return false;
  return !isOld(maxVersion) || cipher.endsWith("_SHA");
}

function securityLevelFrom(minVersion: TlsVersion): number {
  return isOld(minVersion) ? 0 : DEFAULT_SECURITY_LEVEL;
}

function isOld(version: TlsVersion): boolean {
  return version === "TLSv1" || version === "TLSv1.1";
}

/** The node:tls options of a context with our SIP certificate and the trust store. */
export function secureContextOptions(context: TlsContext, certificates: CertificateStore): SecureContextOptions {
  const { chainPem, keyPem } = certificates.own("sip");
  const known = context.ciphers.filter(isCipherAvailable);
  const { minVersion, maxVersion } = effectiveVersions(context, known);
  const suites = openSslCipherList(known);
  const trusted = certificates.trusted().map((certificate) => certificate.pem);
  return {
    cert: chainPem,
    key: keyPem,
    // An empty list, not undefined: the runtime's own public roots are nobody's choice here.
    ca: trusted,
    allowPartialTrustChain: true,
    // A list with nothing but TLS 1.3 in it takes no level, and needs none.
    ciphers: minVersion === "TLSv1.3" ? suites : `${suites}:@SECLEVEL=${securityLevelFrom(minVersion)}`,
    // Without parameters a server never agrees on a DHE suite, selected or not.
    dhparam: "auto",
    minVersion: minVersion satisfies SecureVersion,
    maxVersion: maxVersion satisfies SecureVersion,
    secureOptions: secureOptionsOf(context),
  };
}

function secureOptionsOf(context: TlsContext): number {
  const base = constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_CIPHER_SERVER_PREFERENCE;
  return context.disableEmptyTlsFragments ? base | constants.SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS : base;
}
