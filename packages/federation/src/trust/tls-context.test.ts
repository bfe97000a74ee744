import assert from "node:assert/strict";
import { constants } from "node:crypto";
import { before, describe, test } from "node:test";
import { createSecureContext } from "node:tls";
import { TestCertificateAuthority } from "@interpres/testkit";
import type { CertificateStore } from "./certificate-store.ts";
import { availableCiphers, cipherProblem, ianaCipherName } from "./cipher-suites.ts";
import { effectiveTls, secureContextOptions } from "./tls-context.ts";
import { PEER_AUTH_CONTEXT, type TlsContext } from "./tls-settings.ts";

const RSA_SHA = "TLS_RSA_WITH_AES_128_CBC_SHA";
const context: TlsContext = {
  name: PEER_AUTH_CONTEXT,
  ciphers: [...availableCiphers],
  peerSubjects: [],
  disableEmptyTlsFragments: false,
  minVersion: "TLSv1.2",
  maxVersion: "TLSv1.3",
  authorizationPolicy: "peer",
};

describe("what the runtime does with a TLS context (facts B2.6, R50, R52)", () => {
  const rows: readonly { rule: string; given: Partial<TlsContext>; effective: object }[] = [
    { rule: "as asked", given: {}, effective: { minVersion: "TLSv1.2", maxVersion: "TLSv1.3", securityLevel: 2 } },
    {
      rule: "without a suite of TLS 1.3 ends at 1.2",
      given: { ciphers: [RSA_SHA] },
      effective: { maxVersion: "TLSv1.2", ciphers: [RSA_SHA] },
    },
    {
      rule: "with suites of TLS 1.3 only begins there",
      given: { ciphers: ["TLS_AES_256_GCM_SHA384"] },
      effective: { minVersion: "TLSv1.3" },
    },
    { rule: "TLS 1.0 needs security level 0", given: { minVersion: "TLSv1" }, effective: { securityLevel: 0 } },
    {
      rule: "TLS 1.1 at most leaves the SHA-1 suites",
      given: { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: [RSA_SHA, "TLS_RSA_WITH_AES_128_GCM_SHA256"] },
      effective: { ciphers: [RSA_SHA] },
    },
    {
      rule: "empty fragments matter with TLS 1.0 only",
      given: { disableEmptyTlsFragments: true },
      effective: { emptyFragmentsDisabled: false },
    },
    {
      rule: "empty fragments are off with TLS 1.0",
      given: { disableEmptyTlsFragments: true, minVersion: "TLSv1" },
      effective: { emptyFragmentsDisabled: true },
    },
    {
      rule: "empty fragments matter with a CBC suite of TLS 1.0 only",
      given: { disableEmptyTlsFragments: true, minVersion: "TLSv1", ciphers: ["TLS_AES_128_GCM_SHA256"] },
      effective: { emptyFragmentsDisabled: false },
    },
    {
      rule: "a suite the runtime has lost is left out",
      given: { ciphers: [RSA_SHA, "TLS_RSA_WITH_3DES_EDE_CBC_SHA"] },
      effective: { ciphers: [RSA_SHA] },
    },
    {
      rule: "inbound, suites of another kind of key are of no use",
      given: { ciphers: ["TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", RSA_SHA, "TLS_AES_128_GCM_SHA256"] },
      effective: {
        ciphers: ["TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", RSA_SHA, "TLS_AES_128_GCM_SHA256"],
        inboundCiphers: [RSA_SHA, "TLS_AES_128_GCM_SHA256"],
      },
    },
  ];
  for (const { rule, given, effective } of rows) {
    test(rule, () => assert.partialDeepStrictEqual(effectiveTls({ ...context, ...given }, "rsa"), effective));
  }
});

describe("the options for node:tls", () => {
  let certificates: CertificateStore;
  before(async () => {
    const authority = await TestCertificateAuthority.create();
    const own = await authority.issue({ cn: "imp1.example.com" });
    certificates = {
      own: () => ({ chainPem: own.certPem, keyPem: own.keyPem }),
      trusted: () => [{ id: "1", pem: authority.certPem }],
      onChange: () => undefined,
    };
  });

  for (const minVersion of ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"] as const) {
    test(`make a context from ${minVersion} on`, () => {
      const options = secureContextOptions({ ...context, minVersion }, certificates);
      createSecureContext(options);
      assert.equal(options.ciphers?.includes("@SECLEVEL=0"), minVersion < "TLSv1.2");
    });
  }

  test("carry the flag against empty fragments", () => {
    const flag = constants.SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS;
    const withFlag = secureContextOptions({ ...context, disableEmptyTlsFragments: true }, certificates);
    assert.equal((withFlag.secureOptions ?? 0) & flag, flag);
    assert.equal((secureContextOptions(context, certificates).secureOptions ?? 0) & flag, 0);
  });

  test("trust nobody but the trust store, not even when it is empty", () => {
    const nobody = { ...certificates, trusted: () => [] };
    assert.deepEqual(secureContextOptions(context, nobody).ca, []);
  });
});

describe("names of cipher suites", () => {
  const refused: readonly (readonly [name: string, says: RegExp])[] = [
    ["TLS_RSA_WITH_3DES_EDE_CBC_SHA", /gone from this runtime's TLS library \(OpenSSL \d/],
    ["RC4-MD5", /TLS_RSA_WITH_RC4_128_MD5 is gone/],
    ["TLS_RSA_WITH_NULL_SHA", /does not encrypt/],
    ["NULL-SHA256", /does not encrypt/],
    ["TLS_ROT13", /no cipher suite known here/],
  ];
  for (const [name, says] of refused)
    test(`${name} cannot be selected, and why`, () => assert.match(cipherProblem(name) ?? "", says));

  test("each available suite has a name of both kinds, and the runtime takes it", () => {
    assert.ok(availableCiphers.length > 20);
    for (const name of availableCiphers) assert.equal(ianaCipherName(name.toLowerCase()), name);
    assert.equal(ianaCipherName("ECDHE-RSA-AES256-GCM-SHA384"), "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
  });
});
