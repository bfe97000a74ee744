import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hopOf } from "./propose.ts";

describe("where a record leads", () => {
  test("is its target and port", () => {
    assert.deepEqual(hopOf("0 5 5061 sip.contoso.example."), [{ host: "sip.contoso.example", port: 5061 }]);
    assert.deepEqual(hopOf("10 0 5062 sip.contoso.example"), [{ host: "sip.contoso.example", port: 5062 }]);
  });

  test("is nowhere where it offers nothing (RFC 2782)", () => {
    assert.deepEqual(hopOf("0 0 0 ."), []);
  });
});
