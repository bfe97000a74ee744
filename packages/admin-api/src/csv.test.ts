import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseCsv } from "./csv.ts";

describe("CSV (RFC 4180)", () => {
  const rows = [
    {
      rule: "lines and fields",
      text: "a,b\r\nc,d\r\n",
      is: [
        [1, "a", "b"],
        [2, "c", "d"],
      ],
    },
    {
      rule: "a last line without end",
      text: "a,b\nc,d",
      is: [
        [1, "a", "b"],
        [2, "c", "d"],
      ],
    },
    {
      rule: "quotes with commas, quotes and line ends, which count as lines",
      text: '"a,1","say ""x""","l\r\n2"\nb,c,d',
      is: [
        [1, "a,1", 'say "x"', "l\r\n2"],
        [3, "b", "c", "d"],
      ],
    },
    { rule: "empty fields, the last one too", text: ",b,\n", is: [[1, "", "b", ""]] },
    {
      rule: "a byte order mark, blanks around fields, empty lines, which count too",
      text: "\uFEFFa , b\n\n,\nc,d\n",
      is: [
        [1, "a", "b"],
        [4, "c", "d"],
      ],
    },
    { rule: "nothing", text: "", is: [] },
  ];
  for (const { rule, text, is } of rows)
    test(rule, () => {
      const csv = parseCsv(text);
      assert.deepEqual(csv.kind === "rows" ? csv.rows.map(({ line, fields }) => [line, ...fields]) : csv, is);
    });

  test("a quote never closed is told with its line", () => {
    const csv = parseCsv('a,b\nc,"d\ne');
    assert.deepEqual([csv.kind, csv.kind === "problem" ? csv.line : 0], ["problem", 2]);
  });

  test("a large file takes a time in proportion to its size", () => {
    const text = "alice@example.com,Alice,,secret\n".repeat(100_000);
    const csv = parseCsv(text);
    assert.equal(csv.kind === "rows" ? csv.rows.length : 0, 100_000);
  });
});
