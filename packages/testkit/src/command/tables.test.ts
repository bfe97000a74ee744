import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { type Entry, faultEntries, markdown, probeEntries, ruleEntries, stepEntries } from "./tables.ts";

const PAGE = new URL("../../../../docs/operations/simulators.md", import.meta.url);

describe("the operators' page on simulators", () => {
  const page = readFileSync(PAGE, "utf8");
  const tables: readonly (readonly [string, string, readonly Entry[]])[] = [
    ["steps", "step", stepEntries()],
    ["faults", "fault", faultEntries("edge")],
    ["probes", "probe", probeEntries()],
    ["rules", "rule", [...ruleEntries("edge"), ...ruleEntries("clearing-house").filter(isOfHouseOnly)]],
  ];
  for (const [name, heading, entries] of tables)
    test(`its table of ${name} is the one in the code`, () => {
      const [, inside = ""] = page.split(new RegExp(`<!-- /?${name} -->\n`));
      assert.equal(inside, `${markdown(entries, heading)}\n`);
    });

  test("a clearing house has no fault that the edge has not", () => {
    const known = new Set(faultEntries("edge").map(({ usage }) => usage));
    assert.ok(faultEntries("clearing-house").every(({ usage }) => known.has(usage)));
  });
});

function isOfHouseOnly({ usage }: Entry): boolean {
  return !ruleEntries("edge").some((rule) => rule.usage === usage);
}
