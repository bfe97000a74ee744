import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fullBucket, type TokenBucket, take } from "./token-bucket.ts";

function drain(bucket: TokenBucket, now: number): { readonly taken: number; readonly bucket: TokenBucket } {
  let taken = 0;
  let current = bucket;
  for (let next = take(current, now); next.kind === "taken"; next = take(current, now)) {
    current = next.bucket;
    taken += 1;
  }
  return { taken, bucket: current };
}

describe("token bucket", () => {
  test("gives the burst at once, then the rate", () => {
    const first = drain(fullBucket(20, 5, 0), 0);
    assert.equal(first.taken, 5);
    assert.equal(drain(first.bucket, 100).taken, 2);
  });

  test("says how long to wait for the next token", () => {
    const empty = drain(fullBucket(20, 1, 0), 0).bucket;
    assert.deepEqual(take(empty, 0), { kind: "wait", waitMs: 50 });
    assert.equal(take(empty, 50).kind, "taken");
  });

  test("never holds more than the burst, however long nobody took", () => {
    assert.equal(drain(fullBucket(20, 5, 0), 3_600_000).taken, 5);
  });

  test("a clock that went back gives nothing", () => {
    const empty = drain(fullBucket(20, 1, 1000), 1000).bucket;
    assert.equal(take(empty, 0).kind, "wait");
  });
});
