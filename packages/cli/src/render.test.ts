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

  test("what a terminal would obey is not passed on", () => {
    const text = table([{ name: "a\u001b[2Jb\u202ec\nd" }], [{ heading: "N", cell: (row) => row.name }]);
    assert.equal(text, "N\na\u{FFFD}[2Jb\u{FFFD}c\u{FFFD}d");
  });
});
