import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { differences } from "./differences.ts";

describe("differences", () => {
  const rows = [
    { rule: "none between equals", before: { a: [1, { b: 2 }] }, after: { a: [1, { b: 2 }] }, is: [] },
    {
      rule: "a value changed, by its path",
      before: { a: { b: 1, c: 2 } },
      after: { a: { b: 1, c: 3 } },
      is: [{ kind: "changed", path: "a.c", before: 2, after: 3 }],
    },
    {
      rule: "keys that came and went",
      before: { a: { x: 1 } },
      after: { a: { y: null } },
      is: [
        { kind: "removed", path: "a.x", before: 1 },
        { kind: "added", path: "a.y", after: null },
      ],
    },
    {
      rule: "entries of lists by what names them, whatever their order",
      before: {
        domains: [
          { domain: "a.example", d: "A" },
          { domain: "b.example", d: "B" },
        ],
      },
      after: {
        domains: [
          { domain: "c.example", d: "C" },
          { domain: "b.example", d: "BB" },
        ],
      },
      is: [
        { kind: "removed", path: "domains[a.example]", before: { domain: "a.example", d: "A" } },
        { kind: "changed", path: "domains[b.example].d", before: "B", after: "BB" },
        { kind: "added", path: "domains[c.example]", after: { domain: "c.example", d: "C" } },
      ],
    },
    {
      rule: "the first entry of an empty list",
      before: { routes: [] },
      after: { routes: [{ id: "1" }] },
      is: [{ kind: "added", path: "routes[1]", after: { id: "1" } }],
    },
    {
      rule: "lists of words as a whole, in their order",
      before: { ciphers: ["a", "b"] },
      after: { ciphers: ["b", "a"] },
      is: [{ kind: "changed", path: "ciphers", before: ["a", "b"], after: ["b", "a"] }],
    },
    {
      rule: "something of another kind",
      before: { a: null, b: { x: 1 } },
      after: { a: { x: 1 }, b: "x" },
      is: [
        { kind: "changed", path: "a", before: null, after: { x: 1 } },
        { kind: "changed", path: "b", before: { x: 1 }, after: "x" },
      ],
    },
  ];
  for (const { rule, before, after, is } of rows) test(rule, () => assert.deepEqual(differences(before, after), is));
});
