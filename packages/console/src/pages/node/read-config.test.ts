import assert from "node:assert/strict";
import { test } from "node:test";
import { RefusedError } from "@interpres/admin-api";
import { readConfig } from "./read-config.ts";

test("a configuration is read from YAML and from JSON", () => {
  assert.deepEqual(readConfig("format: 1\ncluster:\n  changeControl: live\n"), {
    format: 1,
    cluster: { changeControl: "live" },
  });
  assert.deepEqual(readConfig('{"format": 1}'), { format: 1 });
});

for (const { what, text, says } of [
  { what: "broken YAML", text: "a: [1\nb: 2", says: /line/ },
  { what: "a list", text: "- 1", says: /holds no configuration/ },
  { what: "nothing", text: "", says: /holds no configuration/ },
])
  test(`${what} is refused in words`, () => {
    assert.throws(
      () => readConfig(text),
      (error) => error instanceof RefusedError && says.test(error.problem.errors?.[0]?.message ?? ""),
    );
  });
