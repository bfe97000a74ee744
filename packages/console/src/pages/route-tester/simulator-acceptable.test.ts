import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { RefusedError } from "@interpres/admin-api";
import { acceptable } from "./simulator-acceptable.ts";

/** `b needs a`: refused where `a` is not before it. */
async function check(changes: readonly string[]): Promise<void> {
  const place = changes.findIndex(
    (change, at) => / needs /.test(change) && !changes.slice(0, at).some((each) => change.endsWith(each[0] ?? "")),
  );
  if (place < 0) return;
  const errors = [{ path: `changes.${place}.key`, message: "no such item" }];
  throw new RefusedError({ type: "invalid-input", title: "refused", status: 400, errors });
}

describe("what stays of a draft when a change is taken out", () => {
  test("is all that does not need it, whatever its place", async () => {
    assert.deepEqual(await acceptable(["b", "c needs a", "d", "e needs c", "f needs b"], check), [
      "b",
      "d",
      "f needs b",
    ]);
  });

  test("is everything where the node cannot be asked, or says no to none of them", async () => {
    const conflict = new RefusedError({
      type: "conflict",
      title: "somebody has changed the settings since",
      status: 409,
    });
    for (const error of [new TypeError("Failed to fetch"), conflict])
      assert.deepEqual(await acceptable(["a", "b"], () => Promise.reject(error)), ["a", "b"]);
  });

  test("is nothing of nothing, unasked", async () => {
    assert.deepEqual(await acceptable([], () => assert.fail()), []);
  });
});
