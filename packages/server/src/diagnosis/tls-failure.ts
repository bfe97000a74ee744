/** A broken handshake, in words. */
export interface TlsFailure {
  readonly seen: string;
  readonly remedy: string;
}

const OUR_CERTIFICATE = "they refuse our certificate: they must import our authority (ca.pem) and enter its name";
const OVERLAP = "widen versions or cipher suites of the TLS context here, or there";

/** Alerts by number (RFC 8446 §6, RFC 5246 §7.2). */
const ALERTS: ReadonlyMap<number, TlsFailure> = new Map([
  [40, { seen: "handshake_failure: no common cipher suite, or our certificate is not wanted", remedy: OVERLAP }],
  [42, { seen: "bad_certificate", remedy: OUR_CERTIFICATE }],
  [43, { seen: "unsupported_certificate", remedy: OUR_CERTIFICATE }],
  [44, { seen: "certificate_revoked: they say that our certificate is revoked", remedy: "replace our certificate" }],
  [
    45,
    {
      seen: "certificate_expired: by their clock our certificate is not of today",
      remedy: "renew our certificate, or set the clocks",
    },
  ],
  [46, { seen: "certificate_unknown", remedy: OUR_CERTIFICATE }],
  [48, { seen: "unknown_ca: they do not trust the authority of our certificate", remedy: OUR_CERTIFICATE }],
  [49, { seen: "access_denied: they know our certificate and do not let it in", remedy: "they must allow our domain" }],
  [70, { seen: "protocol_version: no common TLS version", remedy: OVERLAP }],
  [71, { seen: "insufficient_security: our cipher suites are too weak for them", remedy: OVERLAP }],
  [
    112,
    {
      seen: "unrecognized_name: they have no certificate for the host we called",
      remedy: "the route or record names the wrong host",
    },
  ],
  [116, { seen: "certificate_required: they saw no certificate of ours", remedy: OUR_CERTIFICATE }],
]);

/** What a handshake's error text means; OpenSSL gives the number of an alert, and the socket little else. */
export function tlsFailure(detail: string): TlsFailure {
  const number = Number(/alert number (\d+)/i.exec(detail)?.[1]);
  const known = ALERTS.get(number);
  if (known !== undefined) return { seen: `TLS alert ${number}, ${known.seen}`, remedy: known.remedy };
  if (/unsupported protocol|wrong version number|no protocols available|version too low/i.test(detail))
    return { seen: `no common TLS version (${detail})`, remedy: OVERLAP };
  if (/no shared cipher|no cipher match|no ciphers available/i.test(detail))
    return { seen: `no common cipher suite (${detail})`, remedy: OVERLAP };
  return { seen: detail, remedy: OUR_CERTIFICATE };
}
