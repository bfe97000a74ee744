/** Why a handshake came to nothing. */
export type TlsFailureCause =
  /** No version that both sides speak. */
  | "version"
  /** No suite that both sides have, or none our certificate's key can serve. */
  | "cipher"
  /** The other side says only that it will not: no suite in common, or a certificate it wants or does not take. */
  | "refused"
  /** The other side does not take our certificate. */
  | "own-certificate"
  /** What came is no TLS. */
  | "not-tls"
  /** The other side went away in the middle. */
  | "closed"
  | "timeout"
  | "other";

export interface TlsFailure {
  readonly cause: TlsFailureCause;
  /** For people: the TLS library's own words. */
  readonly detail: string;
}

/** Alerts about the certificate that was shown (RFC 8446 §6.2), as OpenSSL names them. */
const CERTIFICATE_ALERT =
  /ALERT_(BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_\w+|UNKNOWN_CA|ACCESS_DENIED|NO_CERTIFICATE)/;

const CAUSES: readonly (readonly [code: RegExp, cause: TlsFailureCause])[] = [
  [/_UNSUPPORTED_PROTOCOL$|ALERT_PROTOCOL_VERSION$/, "version"],
  [/_NO_SHARED_CIPHER$/, "cipher"],
  [CERTIFICATE_ALERT, "own-certificate"],
  [/ALERT_HANDSHAKE_FAILURE$/, "refused"],
  [/_HTTP_REQUEST$|_HTTPS_PROXY_REQUEST$|_WRONG_VERSION_NUMBER$|_PACKET_LENGTH_TOO_LONG$|_BAD_RECORD_TYPE$/, "not-tls"],
  [/^ERR_TLS_HANDSHAKE_TIMEOUT$/, "timeout"],
  [/^(ECONNRESET|EPIPE)$/, "closed"],
];

/** What an error of node:tls means. */
export function tlsFailureOf(error: Error): TlsFailure {
  const { code = "", reason } = error as Error & { readonly code?: string; readonly reason?: string };
  const cause = CAUSES.find(([pattern]) => pattern.test(code))?.[1] ?? "other";
  return { cause, detail: reason ?? error.message };
}

/** True for an alert about our certificate; with TLS 1.3 it comes when the handshake looks done from our side. */
export function isCertificateAlert(error: Error): boolean {
  return tlsFailureOf(error).cause === "own-certificate";
}
