import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { settingsProblems } from "./check-settings.ts";
import { updateDialect } from "./edit-dialects.ts";
import { addDomain, updateDomain } from "./edit-domains.ts";
import { type FederationSettings, initialFederationSettings } from "./settings.ts";

const DOMAIN = "contoso.example";

function federated(integrationType: "microsoft" | "aol" | "standard"): FederationSettings {
  const edit = addDomain(initialFederationSettings(["example.com"]), { domain: DOMAIN, integrationType });
  assert.ok(edit.kind === "changed");
  return edit.settings;
}

function chosen(settings: FederationSettings, input: unknown): FederationSettings {
  const edit = updateDialect(settings, DOMAIN, input);
  assert.ok(edit.kind === "changed");
  return edit.settings;
}

describe("how one domain is spoken to", () => {
  test("is replaced whole, and an empty choice leaves nothing behind", () => {
    const first = chosen(federated("microsoft"), { mapping: { set: "faithful" }, typing: "none" });
    assert.deepEqual(first.dialectOverrides, [{ domain: DOMAIN, mapping: { set: "faithful" }, typing: "none" }]);
    const second = chosen(first, { mapping: { told: { xa: "busy" } } });
    assert.deepEqual(second.dialectOverrides, [{ domain: DOMAIN, mapping: { told: { xa: "busy" } } }]);
    assert.deepEqual(chosen(second, {}).dialectOverrides, []);
  });

  test("takes what a reader was shown", () => {
    const shown = { domain: DOMAIN, integrationType: "microsoft", effective: { anything: 1 }, typing: "none" };
    assert.deepEqual(chosen(federated("microsoft"), shown).dialectOverrides, [{ domain: DOMAIN, typing: "none" }]);
  });

  test("of nobody is not found", () => {
    const edit = updateDialect(federated("aol"), "nobody.example", {});
    assert.equal(edit.kind === "refused" && edit.status, 404);
  });

  const wrong = [
    { rule: "a state nobody has", mapping: { told: { sleepy: "away" } }, path: "mapping.told.sleepy" },
    { rule: "a word nobody shows", mapping: { told: { dnd: "sleepy" } }, path: "mapping.told.dnd" },
    { rule: "a word this type does not show", mapping: { told: { dnd: "meeting" } }, path: "mapping.told.dnd" },
    { rule: "an activity without a row", mapping: { seen: { sulking: { show: "xa" } } }, path: "mapping.seen.sulking" },
    {
      rule: "a show XMPP does not have",
      mapping: { seen: { busy: { show: "busy" } } },
      path: "mapping.seen.busy.show",
    },
    { rule: "a row without show", mapping: { seen: { busy: { status: "x" } } }, path: "mapping.seen.busy.show" },
    { rule: "a set nobody made", mapping: { set: "lotus" }, path: "mapping.set" },
    {
      rule: "offline told as something else",
      mapping: { told: { unavailable: "away" } },
      path: "mapping.told.unavailable",
    },
  ];
  for (const { rule, mapping, path } of wrong) {
    test(`${rule} is refused with its path, by edit and by import alike`, () => {
      const settings = federated("microsoft");
      const edit = updateDialect(settings, DOMAIN, { mapping });
      assert.deepEqual(edit.kind === "refused" && [edit.status, edit.errors[0]?.path], [400, path]);
      const document = { ...settings, dialectOverrides: [{ domain: DOMAIN, mapping }] };
      assert.equal(settingsProblems(document)[0]?.path, `dialectOverrides.0.${path}`);
    });
  }

  test("a domain does not become of a type that cannot show what it is told", () => {
    const settings = chosen(federated("standard"), { mapping: { told: { dnd: "meeting" } } });
    const edit = updateDomain(settings, DOMAIN, { integrationType: "aol" });
    assert.deepEqual(edit.kind === "refused" && [edit.status, edit.type], [409, "dialect-does-not-fit"]);
    assert.match(edit.kind === "refused" ? (edit.errors[0]?.message ?? "") : "", /mapping\.told\.dnd: meeting is not/);
  });
});
