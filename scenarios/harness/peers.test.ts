import assert from "node:assert/strict";
import { test } from "node:test";
import { missingPeers } from "./peers.ts";

test("a peer that is there is no reason to skip, one that is not is named", () => {
  withRequirement(undefined, () => {
    assert.equal(missingPeers("sh", "/bin"), false);
    assert.match(String(missingPeers("sh", "no-such-program")), /no-such-program/);
  });
});

test("where peers are required, a missing one is a failure", () => {
  withRequirement("1", () => {
    assert.equal(missingPeers("sh"), false);
    assert.throws(() => missingPeers("no-such-program"), /no-such-program/);
  });
});

function withRequirement(value: string | undefined, run: () => void): void {
  const before = process.env.INTERPRES_REQUIRE_PEERS;
  set(value);
  try {
    run();
  } finally {
    set(before);
  }
}

function set(value: string | undefined): void {
  if (value === undefined) delete process.env.INTERPRES_REQUIRE_PEERS;
  else process.env.INTERPRES_REQUIRE_PEERS = value;
}
