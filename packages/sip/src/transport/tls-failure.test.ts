import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isCertificateAlert, type TlsFailureCause, tlsFailureOf } from "./tls-failure.ts";

describe("why a handshake failed, by node:tls' error", () => {
  const rows: readonly (readonly [code: string, cause: TlsFailureCause])[] = [
    ["ERR_SSL_UNSUPPORTED_PROTOCOL", "version"],
    ["ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", "version"],
    ["ERR_SSL_NO_SHARED_CIPHER", "cipher"],
    ["ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE", "refused"],
    ["ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE", "refused"],
    ["ERR_SSL_TLSV1_ALERT_UNKNOWN_CA", "own-certificate"],
    ["ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED", "own-certificate"],
    ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "own-certificate"],
    ["ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE", "own-certificate"],
    ["ERR_SSL_HTTP_REQUEST", "not-tls"],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "not-tls"],
    ["ERR_TLS_HANDSHAKE_TIMEOUT", "timeout"],
    ["ECONNRESET", "closed"],
    ["ERR_SSL_DH_KEY_TOO_SMALL", "other"],
  ];
  for (const [code, cause] of rows) {
    test(`${code} is ${cause}`, () => {
      const error = Object.assign(new Error("long words"), { code, reason: "short words" });
      assert.deepEqual(tlsFailureOf(error), { cause, detail: "short words" });
      assert.equal(isCertificateAlert(error), cause === "own-certificate");
    });
  }
});
