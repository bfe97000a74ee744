import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { addAclEntry, deleteAclEntry, updateAclEntry } from "./edit-acl.ts";
import { addDomain } from "./edit-domains.ts";
import { initialFederationSettings } from "./settings.ts";

const start = initialFederationSettings(["example.com"]);

describe("the incoming access list (facts B2.2)", () => {
  const patterns = [
    { text: "Allow from all", stored: "Allow from all" },
    { text: "allow  from  Contoso.Example", stored: "Allow from contoso.example" },
    { text: "Allow from sip.contoso.example", stored: "Allow from sip.contoso.example" },
    { text: "Allow from 192.0.2.7", stored: "Allow from 192.0.2.7" },
    { text: "Allow from 192.0.2.0/24", stored: "Allow from 192.0.2.0/24" },
    { text: "Allow from 192.0.2.7/32", stored: "Allow from 192.0.2.7" },
    { text: "Allow from 2001:DB8::/32", stored: "Allow from 2001:db8::/32" },
  ];
  for (const { text, stored } of patterns) {
    test(`takes ${text}`, () => {
      const edit = addAclEntry(start, { pattern: text });
      assert.equal(edit.kind === "changed" && edit.resource.pattern, stored);
    });
  }

  const bad = [
    "",
    "all",
    "Deny from all",
    "Allow from",
    "Allow from a b",
    "Allow from 192.0.2.0/33",
    "Allow from 1.2.3.0/x",
  ];
  for (const text of [
    ...bad,
    "Allow from ::1/129",
    "Allow from -a.example",
    "Allow from 192.0.2.0/24/8",
    "Allow from x/8",
  ]) {
    test(`refuses "${text}"`, () => {
      const edit = addAclEntry(start, { pattern: text });
      assert.equal(edit.kind === "refused" && edit.status, 400);
      assert.equal(edit.kind === "refused" && edit.errors[0]?.path, "pattern");
    });
  }

  test("refuses the same pattern twice", () => {
    const first = addAclEntry(start, { pattern: "Allow from all" });
    assert.ok(first.kind === "changed");
    const second = addAclEntry(first.settings, { pattern: "ALLOW FROM ALL" });
    assert.equal(second.kind === "refused" && second.type, "acl-entry-exists");
  });

  test("changes and deletes an administrator's entry", () => {
    const added = addAclEntry(start, { pattern: "Allow from all" });
    assert.ok(added.kind === "changed");
    const updated = updateAclEntry(added.settings, "1", { ...added.resource, description: "everyone" });
    assert.ok(updated.kind === "changed");
    assert.equal(updated.settings.incomingAcl[0]?.description, "everyone");
    const deleted = deleteAclEntry(updated.settings, "1");
    assert.deepEqual(deleted.kind === "changed" && deleted.settings.incomingAcl, []);
  });

  test("an entry that a domain owns is neither changed nor deleted, and its owner is named (facts R5)", () => {
    const domain = addDomain(start, { domain: "contoso.example", integrationType: "microsoft" });
    assert.ok(domain.kind === "changed");
    const update = updateAclEntry(domain.settings, "1", { pattern: "Allow from all" });
    for (const edit of [update, deleteAclEntry(domain.settings, "1")]) {
      assert.ok(edit.kind === "refused");
      assert.equal(edit.status, 409);
      assert.equal(edit.type, "acl-entry-owned");
      assert.match(edit.errors[0]?.message ?? "", /contoso\.example/);
    }
  });

  test("what is not there is not found", () => {
    assert.equal(deleteAclEntry(start, "9").kind, "refused");
  });
});
