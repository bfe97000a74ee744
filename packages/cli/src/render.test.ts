import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { table } from "./render.ts";

describe("tables", () => {
  test("columns line up by characters, and nothing trails", () => {
    const text = table(
      [
        { name: "Zoë", role: "x" },
        { name: "Bartholomew", role: "" },
      ],
      [
        { heading: "NAME", cell: (row) => row.name },
        { heading: "ROLE", cell: (row) => row.role },
      ],
    );
    assert.equal(text, "NAME         ROLE\nZoë          x\nBartholomew");
  });

  const rows = [
    { name: "alice@example.com", text: "prefers to be called Alice, if that can be done at all" },
    { name: "bob@example.com", text: "0123456789012345678901234567890123456789" },
  ];
  const columns = [
    { heading: "JID", cell: (row: (typeof rows)[number]) => row.name },
    { heading: "DESCRIPTION", cell: (row: (typeof rows)[number]) => row.text },
  ];

  test("on a screen a long cell goes on below, broken at blanks where it has some", () => {
    assert.deepEqual(table(rows, columns, { kind: "screen", columns: 48, colour: "no" }).split("\n"), [
      "JID                DESCRIPTION",
      "alice@example.com  prefers to be called Alice,",
      "                   if that can be done at all",
      "bob@example.com    01234567890123456789012345678",
      "                   90123456789",
    ]);
  });

  test("a screen too narrow for anything still shows everything", () => {
    const text = table(rows, columns, { kind: "screen", columns: 5, colour: "no" });
    assert.match(text, /alice@ex/);
    assert.ok(text.split("\n").every((line) => line.length <= 18));
  });

  test("headings stand out on a screen with colour, and nothing does in a file", () => {
    const bold = table(rows, columns, { kind: "screen", columns: 200, colour: "yes" });
    assert.ok(bold.startsWith("\u001b[1mJID"));
    assert.ok(!table(rows, columns).includes("\u001b"));
  });

  test("what a terminal would obey is not passed on", () => {
    const text = table([{ name: "a\u001b[2Jb\u202ec\nd" }], [{ heading: "N", cell: (row) => row.name }]);
    assert.equal(text, "N\na\u{FFFD}[2Jb\u{FFFD}c\u{FFFD}d");
  });
});
