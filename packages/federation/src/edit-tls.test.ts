import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  addTlsPeerSubject,
  contextsSelecting,
  deleteTlsPeerSubject,
  importTlsPeerSubject,
  updateTlsContext,
  updateTlsPeerSubject,
} from "./edit-tls.ts";
import { type FederationSettings, initialFederationSettings } from "./settings.ts";
import { PEER_AUTH_CONTEXT } from "./trust/tls-settings.ts";

const start = initialFederationSettings(["example.com"]);

function withSubject(input: object): FederationSettings {
  const edit = addTlsPeerSubject(start, input);
  assert.ok(edit.kind === "changed");
  return edit.settings;
}

function selecting(settings: FederationSettings, subjects: readonly string[]): FederationSettings {
  const edit = updateTlsContext(settings, PEER_AUTH_CONTEXT, { peerSubjects: subjects });
  assert.ok(edit.kind === "changed");
  return edit.settings;
}

const edge = withSubject({ name: "sip.contoso.example", description: "Contoso's edge" });

describe("TLS peer subjects (facts R43–R48)", () => {
  test("are defined but not selected, and the edit warns of it until they are", () => {
    assert.deepEqual(contextsSelecting(edge, "sip.contoso.example"), []);
    const warned = (settings: FederationSettings): readonly string[] => {
      const edit = updateTlsPeerSubject(settings, "sip.contoso.example", { description: "x" });
      return edit.kind === "changed" ? edit.warnings.map(({ path }) => path) : [];
    };
    assert.deepEqual(warned(edge), ["selectedIn"]);
    assert.deepEqual(warned(selecting(edge, ["sip.contoso.example"])), []);
  });

  test("warn of a wildcard, which is compared like any other name", () => {
    const edit = addTlsPeerSubject(start, { name: "*.contoso.example" });
    assert.deepEqual(edit.kind === "changed" && edit.warnings.map(({ path }) => path), ["selectedIn", "name"]);
  });

  for (const [written, again] of [
    ["sip.contoso.example", "SIP.contoso.example"],
    ["b\u00fccher.example", "xn--bcher-kva.example"],
  ] as const) {
    test(`are unique however they are written: ${again}`, () => {
      const edit = addTlsPeerSubject(withSubject({ name: written }), { name: again });
      assert.equal(edit.kind === "refused" && edit.type, "tls-peer-subject-exists");
    });
  }

  for (const name of ["", "  ", "a\u0000b", "a\nb"]) {
    test(`refuse the name ${JSON.stringify(name)}`, () => {
      const edit = addTlsPeerSubject(start, { name });
      assert.equal(edit.kind === "refused" && edit.status, 400);
    });
  }

  test("a certificate's CN is imported once", () => {
    const first = importTlsPeerSubject(start, "Contoso Root CA");
    assert.ok(first.kind === "changed");
    assert.equal(first.resource.origin, "certificate-import");
    const second = importTlsPeerSubject(first.settings, "Contoso Root CA");
    assert.equal(second.kind === "changed" && second.settings, first.settings);
  });

  test("one that a context has selected is not deleted, and the context is named", () => {
    const edit = deleteTlsPeerSubject(selecting(edge, ["sip.contoso.example"]), "sip.contoso.example");
    assert.ok(edit.kind === "refused");
    assert.equal(edit.type, "tls-peer-subject-selected");
    assert.match(edit.errors[0]?.message ?? "", /Peer_Auth/);
    assert.equal(deleteTlsPeerSubject(edge, "sip.contoso.example").kind, "changed");
  });

  test("change their description, never their name", () => {
    const edit = updateTlsPeerSubject(edge, "sip.contoso.example", { description: "new", selectedIn: [] });
    assert.equal(edit.kind === "changed" && edit.resource.description, "new");
    assert.equal(updateTlsPeerSubject(edge, "sip.contoso.example", { name: "b" }).kind, "refused");
  });
});

describe("TLS contexts (facts R49–R54, B2.6)", () => {
  test("take suites by either name and store the IANA name once", () => {
    const ciphers = ["AES128-SHA", "TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_AES_256_GCM_SHA384"];
    const edit = updateTlsContext(start, PEER_AUTH_CONTEXT, { ciphers });
    assert.deepEqual(edit.kind === "changed" && edit.resource.ciphers, [
      "TLS_RSA_WITH_AES_128_CBC_SHA",
      "TLS_AES_256_GCM_SHA384",
    ]);
  });

  test("select subjects under the name they were defined with", () => {
    const settings = selecting(edge, ["SIP.Contoso.Example"]);
    assert.deepEqual(contextsSelecting(settings, "sip.contoso.example"), [PEER_AUTH_CONTEXT]);
  });

  const refused = [
    { rule: "no suite at all", path: "ciphers", input: { ciphers: [] } },
    { rule: "an invented suite", path: "ciphers.0", input: { ciphers: ["TLS_ROT13"] } },
    { rule: "a suite the runtime has lost", path: "ciphers.0", input: { ciphers: ["TLS_RSA_WITH_3DES_EDE_CBC_SHA"] } },
    { rule: "an undefined subject", path: "peerSubjects.0", input: { peerSubjects: ["nobody.example"] } },
    { rule: "versions upside down", path: "minVersion", input: { minVersion: "TLSv1.3", maxVersion: "TLSv1.2" } },
    {
      rule: "TLS 1.2 without a suite for it",
      path: "ciphers",
      input: { maxVersion: "TLSv1.2", ciphers: ["TLS_AES_256_GCM_SHA384"] },
    },
    {
      rule: "TLS 1.3 without a suite for it",
      path: "ciphers",
      input: { minVersion: "TLSv1.3", ciphers: ["TLS_RSA_WITH_AES_128_CBC_SHA"] },
    },
    { rule: "SSL 3", path: "minVersion", input: { minVersion: "SSLv3" } },
    { rule: "another name", path: "name", input: { name: "Mine" } },
    { rule: "an unknown key", path: "colour", input: { colour: "red" } },
  ];
  for (const { rule, path, input } of refused) {
    test(`refuse ${rule}`, () => {
      const edit = updateTlsContext(edge, PEER_AUTH_CONTEXT, input);
      assert.ok(edit.kind === "refused");
      assert.equal(edit.status, 400);
      assert.equal(edit.errors[0]?.path, path);
    });
  }

  test("are the two predefined ones", () => {
    const edit = updateTlsContext(start, "Mine", {});
    assert.equal(edit.kind === "refused" && edit.status, 404);
  });
});
