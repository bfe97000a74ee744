import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { RefusedError } from "@interpres/admin-api";
import { refusalOf } from "./problems.ts";

function refused(errors: readonly { readonly path: string; readonly message: string }[]): RefusedError {
  return new RefusedError({ type: "invalid-input", title: "Bad Request", status: 400, errors: [...errors] });
}

describe("what the node refused", () => {
  test("stands at the field it names", () => {
    const error = refused([{ path: "domain", message: "is taken" }]);
    assert.deepEqual(refusalOf(error, ["domain", "description"]), { fields: { domain: "is taken" }, general: [] });
  });

  test("of an item in a list stands at the list", () => {
    const error = refused([
      { path: "speaksFor.0", message: "is no domain" },
      { path: "speaksFor.2", message: "is ours" },
    ]);
    assert.deepEqual(refusalOf(error, ["speaksFor"]).fields, { speaksFor: "is no domain; is ours" });
  });

  test("of a field that the form does not show is said with its path", () => {
    const error = refused([{ path: "createdAt", message: "unknown key" }]);
    assert.deepEqual(refusalOf(error, ["domain"]), { fields: {}, general: ["createdAt: unknown key"] });
  });

  test("does not take a field for another that begins the same", () => {
    const error = refused([{ path: "nextHopPort", message: "is too big" }]);
    assert.deepEqual(refusalOf(error, ["nextHop", "nextHopPort"]).fields, { nextHopPort: "is too big" });
  });

  test("without fields is its detail, and what was never answered says why", () => {
    const conflict = new RefusedError({ type: "conflict", title: "Conflict", status: 409, detail: "somebody else" });
    assert.deepEqual(refusalOf(conflict, []).general, ["somebody else"]);
    assert.deepEqual(refusalOf(new TypeError("Failed to fetch"), []).general, ["Failed to fetch"]);
  });
});
