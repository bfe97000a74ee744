import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Fields, silentLogger, silentMetrics } from "@interpres/runtime";
import { FakeClock } from "@interpres/testkit";
import { RefusalLog } from "./refusal-log.ts";

describe("the log of a refusal", () => {
  test("of a request has the correlation id of its decision; of a connection there is none", () => {
    const lines: (Fields | undefined)[] = [];
    const kept: (string | undefined)[] = [];
    const log = new RefusalLog({
      clock: new FakeClock(),
      decisions: { record: ({ id }) => kept.push(id) },
      log: { ...silentLogger, info: (_event, fields) => lines.push(fields) },
      metrics: silentMetrics,
    });
    const objection = {
      rule: "claimed-domain",
      status: 403,
      reason: "",
      presented: "a.example",
      expected: "b.example",
    } as const;
    log.tell(objection, { kind: "request", direction: "inbound", peer: "a.example", id: "call-1" });
    log.tell(objection, { kind: "connection", direction: "inbound", peer: "a.example" });
    assert.deepEqual(kept, ["call-1", undefined]);
    assert.deepEqual(
      lines.map((fields) => fields?.correlationId),
      ["call-1", undefined],
    );
  });
});
