import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { el, NS } from "../xml/index.ts";
import { HandledCounter, readManagement, UnacknowledgedQueue } from "./stream-management.ts";

describe("what was handled (XEP-0198 §4)", () => {
  test("advances over stanzas that are safe without a gap", () => {
    const counter = new HandledCounter();
    const [first, second, third] = [counter.receive(), counter.receive(), counter.receive()];
    third();
    assert.equal(counter.handled, 0);
    first();
    assert.equal(counter.handled, 1);
    first();
    assert.equal(counter.handled, 1, "twice is once");
    second();
    assert.equal(counter.handled, 3);
    assert.equal(counter.pending, 0);
  });

  test("forgets what came before it was enabled", () => {
    const counter = new HandledCounter();
    const early = counter.receive();
    counter.reset();
    const late = counter.receive();
    early();
    assert.equal(counter.handled, 0);
    late();
    assert.equal(counter.handled, 1);
  });
});

describe("what was sent (XEP-0198 §4)", () => {
  test("leaves the queue as far as it was acknowledged", () => {
    const queue = new UnacknowledgedQueue<string>();
    for (const stanza of ["a", "b", "c"]) queue.sent(stanza);
    assert.deepEqual(queue.acknowledge(2), { kind: "acknowledged", stanzas: ["a", "b"] });
    assert.deepEqual(queue.acknowledge(2), { kind: "acknowledged", stanzas: [] });
    assert.deepEqual(queue.acknowledge(4), { kind: "too-high", sendCount: 3 });
    assert.deepEqual(queue.acknowledge(0), { kind: "acknowledged", stanzas: [] }, "an older count is no news");
    assert.deepEqual(queue.stanzas, ["c"]);
    assert.deepEqual(queue.drain(), ["c"]);
  });
});

describe("elements of stream management", () => {
  const rows = [
    [el("a", NS.streamManagement, { h: "4294967295" }), { kind: "answer", h: 4_294_967_295 }],
    [el("a", NS.streamManagement, { h: "4294967296" }), { kind: "malformed" }],
    [el("a", NS.streamManagement, { h: "-1" }), { kind: "malformed" }],
    [el("a", NS.streamManagement, {}), { kind: "malformed" }],
    [el("resume", NS.streamManagement, { h: "0" }), { kind: "malformed" }],
    [el("enable", NS.streamManagement, { resume: "1", max: "9" }), { kind: "enable", resume: "wanted", maxSeconds: 9 }],
    [el("enable", NS.streamManagement, {}), { kind: "enable", resume: "unwanted" }],
    [el("x", NS.streamManagement, {}), { kind: "malformed" }],
  ] as const;
  for (const [element, expected] of rows) {
    test(`${element.name} ${[...element.attributes].join(" ")}: ${expected.kind}`, () => {
      assert.deepEqual(readManagement(element), expected);
    });
  }
});
