import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FlowEvent } from "@interpres/runtime";
import { CallFlow } from "./call-flow.ts";
import { somePath } from "./some-path.ts";

function event(leg: FlowEvent["leg"], direction: FlowEvent["direction"], summary: string): FlowEvent {
  const remote = leg === "sip" ? "contoso.example" : "alice@example.com";
  return { leg, direction, remote, summary, path: () => somePath, parties: () => [], text: () => "" };
}

describe("call flow", () => {
  test("draws peers left, the node in the middle, users right, and arrows in their direction", () => {
    const flow = new CallFlow();
    flow.flow(event("xmpp", "inbound", "presence subscribe"));
    flow.flow(event("sip", "outbound", "SUBSCRIBE"));
    flow.flow(event("sip", "inbound", "200 OK"));
    const lines = flow.draw().split("\n");
    assert.match(lines[0] ?? "", /contoso\.example +Interpres +alice@example\.com/);
    assert.match(lines[2] ?? "", /^ +\| +\|<-+ presence subscribe -+\|$/);
    assert.match(lines[3] ?? "", /^ +\|<-+ SUBSCRIBE -+\| +\|$/);
    assert.match(lines[4] ?? "", /^ +\|-+ 200 OK -+>\| +\|$/);
    assert.equal(new Set(lines.map((line) => line.trimEnd().lastIndexOf("|")).slice(1)).size, 1);
  });

  test("a label fits a terminal: URIs without scheme and parameters, the rest cut", () => {
    const flow = new CallFlow();
    flow.flow(event("sip", "inbound", "NOTIFY sip:bob@contoso.example;opaque=user:epid:abc;gruu"));
    flow.flow(event("sip", "inbound", `SUBSCRIBE sip:${"long".repeat(20)}@example.com`));
    assert.match(flow.draw(), /- NOTIFY bob@contoso\.example -/);
    assert.match(flow.draw(), /- SUBSCRIBE (long)+\w*… -/);
    assert.ok(
      Math.max(
        ...flow
          .draw()
          .split("\n")
          .map((line) => line.length),
      ) < 140,
    );
  });
});
