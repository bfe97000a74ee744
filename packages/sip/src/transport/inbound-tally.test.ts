import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InboundTally } from "./inbound-tally.ts";

describe("bounds of inbound connections", () => {
  test("one address cannot take everybody's room, and all together no more than there is", () => {
    const tally = new InboundTally({ maximumInboundConnections: 3, maximumInboundFromOneAddress: 2 });
    const enter = (...addresses: readonly string[]) => addresses.map((address) => tally.enter(address));
    assert.deepEqual(enter("a", "a", "a", "b", "c"), ["entered", "entered", "full", "entered", "full"]);
    tally.leave("a");
    assert.deepEqual(enter("c", "a"), ["entered", "full"]);
    for (const address of ["a", "b", "c"]) tally.leave(address);
    assert.equal(tally.total, 0);
    assert.deepEqual(enter("a", "a", "b"), ["entered", "entered", "entered"]);
  });
});
