import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { somePath } from "@interpres/testkit";
import { el, NS } from "../xml/index.ts";
import { type FlowLine, flowEvent } from "./flow-event.ts";

const line = (remote: string): FlowLine => ({ path: somePath, remote });

describe("what a flow tap sees of a client's stream", () => {
  for (const name of ["auth", "response", "challenge", "success"]) {
    test(`SASL ${name} without what it carries`, () => {
      const event = flowEvent(
        el(name, NS.sasl, { mechanism: "PLAIN" }, "AGFsaWNlAHBlbmNpbA=="),
        "inbound",
        line("tcp:192.0.2.1:5"),
      );
      assert.doesNotMatch(event.text(), /AGFsaWNl/);
      assert.match(event.text(), /masked/);
    });
  }

  test("a message whole, and its summary without the body", () => {
    const message = el("message", NS.client, { type: "chat", to: "b@x" }, el("body", NS.client, {}, "secret"));
    const event = flowEvent(message, "outbound", line("a@x/r"));
    assert.equal(event.summary, "message chat to b@x");
    assert.match(event.text(), /secret/);
    assert.equal(event.path(), somePath);
    assert.deepEqual(event.parties(), ["a@x", "b@x"]);
  });
});
