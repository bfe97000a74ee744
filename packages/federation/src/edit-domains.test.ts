import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { addDomain, deleteDomain, updateDomain } from "./edit-domains.ts";
import type { FederationSettings } from "./settings.ts";
import { initialFederationSettings } from "./settings.ts";

const start = initialFederationSettings(["example.com"]);

function withDomain(input: object): FederationSettings {
  const edit = addDomain(start, input, 1000);
  assert.equal(edit.kind, "changed");
  return edit.kind === "changed" ? edit.settings : start;
}

const contoso = withDomain({ domain: "Contoso.Example", integrationType: "microsoft", description: "Contoso" });

describe("adding a SIP federated domain (facts R4, R11, R13)", () => {
  test("stores the domain in lower case with defaults and its time", () => {
    assert.deepEqual(contoso.sipFederatedDomains, [
      {
        domain: "contoso.example",
        description: "Contoso",
        integrationType: "microsoft",
        directFederation: false,
        createdAt: 1000,
      },
    ]);
  });

  test("creates its access-list entry in the same snapshot", () => {
    assert.deepEqual(contoso.incomingAcl, [
      {
        id: "1",
        pattern: "Allow from contoso.example",
        description: "Contoso",
        origin: { kind: "sip-federated-domain", domain: "contoso.example" },
      },
    ]);
  });

  const refused = [
    { rule: "a local domain", input: { domain: "EXAMPLE.com" }, status: 409, type: "domain-is-local", path: "domain" },
    { rule: "a duplicate", input: { domain: "contoso.example." }, status: 409, type: "domain-exists", path: "domain" },
    { rule: "an IPv4 address", input: { domain: "192.0.2.1" }, status: 400, type: "invalid-input", path: "domain" },
    { rule: "an IPv6 address", input: { domain: "2001:db8::1" }, status: 400, type: "invalid-input", path: "domain" },
    { rule: "a leading hyphen", input: { domain: "-a.example" }, status: 400, type: "invalid-input", path: "domain" },
    { rule: "an empty label", input: { domain: "a..example" }, status: 400, type: "invalid-input", path: "domain" },
    { rule: "an underscore", input: { domain: "a_b.example" }, status: 400, type: "invalid-input", path: "domain" },
    { rule: "a last digit label", input: { domain: "a.1example" }, status: 400, type: "invalid-input", path: "domain" },
    { rule: "a wildcard", input: { domain: "*.example" }, status: 400, type: "invalid-input", path: "domain" },
    {
      rule: "a label of 64 characters",
      input: { domain: `${"a".repeat(64)}.example` },
      status: 400,
      type: "invalid-input",
      path: "domain",
    },
    { rule: "256 characters", input: { domain: "a.".repeat(128) }, status: 400, type: "invalid-input", path: "domain" },
    { rule: "no domain", input: {}, status: 400, type: "invalid-input", path: "domain" },
    {
      rule: "an unknown type",
      input: { domain: "b.example", integrationType: "lotus" },
      status: 400,
      type: "invalid-input",
      path: "integrationType",
    },
    {
      rule: "direct federation with AOL",
      input: { domain: "aol.com", integrationType: "aol", directFederation: true },
      status: 400,
      type: "invalid-input",
      path: "directFederation",
    },
    {
      rule: "an unknown key",
      input: { domain: "b.example", colour: "red" },
      status: 400,
      type: "invalid-input",
      path: "colour",
    },
  ];
  for (const { rule, input, status, type, path } of refused) {
    test(`refuses ${rule}`, () => {
      const edit = addDomain(contoso, { integrationType: "microsoft", ...input });
      assert.equal(edit.kind, "refused");
      if (edit.kind !== "refused") return;
      assert.deepEqual({ status: edit.status, type: edit.type, path: edit.errors[0]?.path }, { status, type, path });
    });
  }

  test("advises against aim.com, which aol.com covers (R9)", () => {
    const edit = addDomain(start, { domain: "aim.com", integrationType: "aol" });
    assert.equal(edit.kind === "changed" && edit.warnings.length, 1);
  });
});

describe("changing a SIP federated domain", () => {
  test("keeps name and time, and takes what a reader was shown", () => {
    const entry = contoso.sipFederatedDomains[0];
    const edit = updateDomain(contoso, "contoso.example", {
      ...entry,
      description: "Contoso Ltd",
      directFederation: true,
    });
    assert.equal(edit.kind, "changed");
    if (edit.kind !== "changed") return;
    assert.deepEqual(edit.resource, { ...entry, description: "Contoso Ltd", directFederation: true });
    assert.equal(edit.settings.incomingAcl[0]?.description, "Contoso Ltd");
  });

  test("refuses another name", () => {
    const edit = updateDomain(contoso, "contoso.example", { domain: "b.example", integrationType: "aol" });
    assert.equal(edit.kind === "refused" && edit.status, 400);
  });

  test("of nobody is not found", () => {
    const edit = updateDomain(contoso, "nobody.example", { integrationType: "aol" });
    assert.equal(edit.kind === "refused" && edit.status, 404);
  });
});

describe("deleting a SIP federated domain (facts R6)", () => {
  test("takes its access-list entry, override and bindings along", () => {
    const full = {
      ...contoso,
      tlsPeerSubjects: [
        {
          name: "edge",
          description: "",
          origin: "administrator" as const,
          speaksFor: ["contoso.example", "b.example"],
        },
      ],
      dialectOverrides: [{ domain: "contoso.example", ratePerSecond: 5 }],
    };
    const edit = deleteDomain(full, "contoso.example");
    assert.equal(edit.kind, "changed");
    if (edit.kind !== "changed") return;
    assert.deepEqual(edit.settings.sipFederatedDomains, []);
    assert.deepEqual(edit.settings.incomingAcl, []);
    assert.deepEqual(edit.settings.dialectOverrides, []);
    assert.deepEqual(edit.settings.tlsPeerSubjects[0]?.speaksFor, ["b.example"]);
  });

  test("of nobody is not found", () => {
    const edit = deleteDomain(contoso, "nobody.example");
    assert.equal(edit.kind === "refused" && edit.status, 404);
  });
});
