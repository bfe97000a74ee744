import assert from "node:assert/strict";
import { test } from "node:test";
import { findText, keepFind, parseFind } from "./find-in-url.ts";

test("what was searched for is read back as it was written, colons within included", () => {
  const find = { field: "jid", operator: "ends-with", text: "a:b" } as const;
  assert.deepEqual(parseFind(findText(find)), find);
});

test("what no list can be searched for finds all", () => {
  for (const written of ["", "jid", "jid:like:a", ":is:a"]) assert.equal(parseFind(written), undefined);
});

test("nothing else of the URL goes along", () => {
  assert.deepEqual(keepFind({ find: "jid:is:a", ...{ copy: "b" } }), { find: "jid:is:a" });
  assert.deepEqual(keepFind({}), {});
});
