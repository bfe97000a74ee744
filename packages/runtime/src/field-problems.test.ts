import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fieldProblems, type SchemaError } from "./field-problems.ts";

const at = (instancePath: string, keyword: string, params: object = {}, message = ""): SchemaError => ({
  instancePath,
  keyword,
  params,
  message,
});

describe("what a schema found, told by field", () => {
  for (const { what, errors, told } of [
    {
      what: "a value that is none of several",
      errors: [
        at("/type", "const", { allowedValue: "domain" }),
        at("/type", "const", { allowedValue: "user" }),
        at("/type", "anyOf", {}, "must match a schema in anyOf"),
      ],
      told: { type: 'must be "domain" or "user"' },
    },
    {
      what: "an enumeration",
      errors: [at("/a/b", "enum", { allowedValues: ["x", "y", 3] })],
      told: { "a.b": 'must be "x", "y" or 3' },
    },
    {
      what: "a wrong type among several",
      errors: [at("/n", "type", { type: "integer" }), at("/n", "const", { allowedValue: null }), at("/n", "anyOf")],
      told: { n: "must be integer or null" },
    },
    {
      what: "the nearest of several",
      errors: [at("/s", "minLength", {}, "must not be empty"), at("/s", "type", { type: "null" }), at("/s", "anyOf")],
      told: { s: "must not be empty" },
    },
    {
      what: "unknown and missing keys, each once",
      errors: [
        at("/x", "additionalProperties", { additionalProperties: ["colour"] }),
        at("/x/colour", "boolean"),
        at("", "required", { requiredProperties: ["domain"] }),
      ],
      told: { "x.colour": "unknown key", domain: "is required" },
    },
    {
      what: "a key with a slash",
      errors: [at("/a~1b/~0", "type", { type: "string" })],
      told: { "a/b.~": "must be string" },
    },
    { what: "no alternative that says why", errors: [at("/x", "anyOf")], told: { x: "is not valid" } },
  ])
    test(what, () => {
      assert.deepEqual(Object.fromEntries(fieldProblems(errors).map(({ path, message }) => [path, message])), told);
    });
});
