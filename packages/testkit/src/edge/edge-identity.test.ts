import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gruuOf, instanceOf } from "./edge-identity.ts";

describe("identity of a simulated Microsoft client", () => {
  test("the instance follows from the epid as published examples show", () => {
    assert.equal(instanceOf("01010101"), "4b1682a8-f968-5701-83fc-7c6741dc6697");
    assert.equal(instanceOf("451e9252b6"), "e0de506b-a705-59cc-9bfa-d37593141231");
  });

  test("the GRUU carries the instance as a token of 24 characters", () => {
    assert.equal(
      gruuOf("a@contoso.example", "451e9252b6"),
      "sip:a@contoso.example;opaque=user:epid:a1De4AWnzFmb-tN1kxQSMQAA;gruu",
    );
  });
});
