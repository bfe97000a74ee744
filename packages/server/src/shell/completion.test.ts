import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { commandTable } from "./command-table.ts";
import { complete, growth, hints } from "./completion.ts";

const SERVICES = ["sip-proxy", "sip-federation", "xmpp-client"];

describe("completion in the shell", () => {
  const grown = [
    { text: "ut", by: "ils " },
    { text: "s", by: "" },
    { text: "utils s", by: "" },
    { text: "utils ser", by: "vice " },
    { text: "utils service restart s", by: "ip-" },
    { text: "utils service restart xm", by: "pp-client " },
    { text: "show network eth0 ", by: "detail " },
    { text: "set network domain x", by: "" },
    { text: "utils network host s", by: "" },
    { text: "nothing", by: "" },
    { text: "quit ", by: "" },
  ];
  for (const { text, by } of grown) {
    test(`Tab behind "${text}" adds "${by}"`, () => {
      assert.equal(growth(complete(text, commandTable, SERVICES)), by);
    });
  }

  test("where several are possible, Tab can list them", () => {
    assert.deepEqual(complete("utils ", commandTable, SERVICES).candidates, ["network", "service", "system"]);
    assert.deepEqual(complete("utils service stop sip", commandTable, SERVICES).candidates, [
      "sip-proxy",
      "sip-federation",
    ]);
  });

  test("? tells what may follow and what it does", () => {
    assert.deepEqual(hints("show cert list ", commandTable), [
      "  own        certificates of this node, or those it trusts",
      "  trust      certificates of this node, or those it trusts",
    ]);
    assert.match(
      hints("utils s", commandTable).join("\n"),
      /service +list, start\|stop\|restart NAME\.\.\.\n +system +stop this node/,
    );
    assert.deepEqual(hints("show network eth0 ", commandTable).at(-1), "  <Enter>    does it");
    assert.deepEqual(hints("launch ", commandTable), []);
  });
});
