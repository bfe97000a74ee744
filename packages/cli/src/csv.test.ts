import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseCsv } from "./csv.ts";

describe("CSV (RFC 4180)", () => {
  const rows = [
    {
      rule: "lines and fields",
      text: "a,b\r\nc,d\r\n",
      is: [
        ["a", "b"],
        ["c", "d"],
      ],
    },
    {
      rule: "a last line without end",
      text: "a,b\nc,d",
      is: [
        ["a", "b"],
        ["c", "d"],
      ],
    },
    {
      rule: "quotes with commas, quotes and line ends",
      text: '"a,1","say ""x""","l\n2"\nb,c,d',
      is: [
        ["a,1", 'say "x"', "l\n2"],
        ["b", "c", "d"],
      ],
    },
    { rule: "empty fields, the last one too", text: ",b,\n", is: [["", "b", ""]] },
    {
      rule: "a byte order mark, blanks around fields, empty lines",
      text: "\uFEFFa , b\n\n,\nc,d\n",
      is: [
        ["a", "b"],
        ["c", "d"],
      ],
    },
    { rule: "a quote never closed is no CSV", text: 'a,"b\nc', is: undefined },
    { rule: "nothing", text: "", is: [] },
  ];
  for (const { rule, text, is } of rows) test(rule, () => assert.deepEqual(parseCsv(text), is));
});
