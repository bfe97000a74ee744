import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { settingsProblems } from "./check-settings.ts";
import { addAttachment, deleteAttachment, servedDomains, updateAttachment } from "./edit-attachments.ts";
import { addDomain, deleteDomain } from "./edit-domains.ts";
import { type FederationSettings, initialFederationSettings } from "./settings.ts";

const NOW = 1_700_000_000_000;
const CORP = {
  name: "corp",
  host: "127.0.0.1",
  localDomains: ["corp.example"],
  components: ["contoso.example"],
} as const;

const federated = settingsAfter(
  addDomain(initialFederationSettings(["example.com"]), { domain: "contoso.example", integrationType: "microsoft" }),
);
const attached = settingsAfter(addAttachment(federated, CORP, NOW));

describe("an attachment", () => {
  test("has the component port of most servers, and passes the check of a whole document", () => {
    assert.deepEqual(attached.attachments, [{ ...CORP, description: "", port: 5347, secretSetAt: NOW }]);
    assert.deepEqual(settingsProblems(attached), []);
  });

  test("makes its domains ours: none of them can be federated", () => {
    assert.deepEqual(servedDomains(attached), ["example.com", "corp.example"]);
    const refused = addDomain(attached, { domain: "corp.example", integrationType: "standard" });
    assert.ok(refused.kind === "refused" && refused.type === "domain-is-local");
  });

  test("keeps its secret's date when it is replaced without a secret", () => {
    const input = { ...CORP, port: 8888, links: [], secretSetAt: "shown" };
    const next = settingsAfter(updateAttachment(attached, "corp", { input }));
    assert.deepEqual([next.attachments?.[0]?.port, next.attachments?.[0]?.secretSetAt], [8888, NOW]);
  });

  test("loses the component of a domain that is federated no more", () => {
    const next = settingsAfter(deleteDomain(attached, "contoso.example"));
    assert.deepEqual(next.attachments?.[0]?.components, []);
  });

  test("can be deleted", () => {
    assert.deepEqual(settingsAfter(deleteAttachment(attached, "corp")).attachments, []);
  });

  const wrong = [
    { rule: "a name with blanks", input: { ...CORP, name: "a b" }, path: "name" },
    { rule: "no host", input: { ...CORP, host: "" }, path: "host" },
    { rule: "a host that is none", input: { ...CORP, host: "a_b" }, path: "host" },
    { rule: "port 0", input: { ...CORP, port: 0 }, path: "port" },
    { rule: "no domain of users", input: { ...CORP, localDomains: [] }, path: "localDomains" },
    { rule: "a bad label", input: { ...CORP, localDomains: ["-x.example"] }, path: "localDomains.0" },
    { rule: "one of our own domains", input: { ...CORP, localDomains: ["Example.com"] }, path: "localDomains.0" },
    {
      rule: "a foreign domain as its own",
      input: { ...CORP, localDomains: ["contoso.example"] },
      path: "localDomains.0",
    },
    { rule: "a domain twice", input: { ...CORP, localDomains: ["b.example", "b.example"] }, path: "localDomains.1" },
    { rule: "a component that is not federated", input: { ...CORP, components: ["x.example"] }, path: "components.0" },
    { rule: "an unknown key", input: { ...CORP, colour: 1 }, path: "colour" },
  ] as const;
  for (const { rule, input, path } of wrong) {
    test(`refuses ${rule}`, () => {
      const edit = addAttachment(federated, input, NOW);
      assert.ok(edit.kind === "refused");
      assert.deepEqual(
        edit.errors.map((error) => error.path),
        [path],
      );
    });
  }

  test("refuses a name that is taken, and a server that is attached for the same domain", () => {
    const again = addAttachment(attached, CORP, NOW);
    assert.ok(again.kind === "refused" && again.status === 409);
    const other = addAttachment(attached, { ...CORP, name: "other" }, NOW);
    assert.ok(other.kind === "refused" && other.errors[0]?.path === "localDomains.0");
  });

  test("refuses another name, and one that is not there", () => {
    const renamed = updateAttachment(attached, "corp", { input: { ...CORP, name: "else" } });
    assert.ok(renamed.kind === "refused" && renamed.errors[0]?.path === "name");
    const gone = updateAttachment(attached, "else", { input: CORP });
    assert.ok(gone.kind === "refused" && gone.status === 404);
  });

  test("is held to the same rules in a whole document", () => {
    const [entry] = attached.attachments ?? [];
    assert.ok(entry !== undefined);
    const document = { ...attached, attachments: [entry, { ...entry, components: ["x.example"] }] };
    assert.deepEqual(
      settingsProblems(document).map(({ path }) => path),
      ["attachments.1.components.0", "attachments.1.name"],
    );
  });
});

function settingsAfter(edit: { readonly kind: string; readonly settings?: FederationSettings }): FederationSettings {
  assert.ok(edit.settings !== undefined, JSON.stringify(edit));
  return edit.settings;
}
