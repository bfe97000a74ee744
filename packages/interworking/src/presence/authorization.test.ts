import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Authorization, type AuthorizationInput, authorize } from "./authorization.ts";

interface Row {
  readonly rule: string;
  readonly from: Authorization;
  readonly on: AuthorizationInput["kind"];
  readonly to: Authorization;
  readonly does: readonly string[];
}

const rows: readonly Row[] = [
  { rule: "a question is asked of the contact", from: "none", on: "user-asked", to: "asked", does: ["watch"] },
  { rule: "a repeated question is asked again", from: "asked", on: "user-asked", to: "asked", does: ["watch"] },
  {
    rule: "who has it is told so",
    from: "granted",
    on: "user-asked",
    to: "granted",
    does: ["tell subscribed", "watch"],
  },
  {
    rule: "active approves once (§5.2.1)",
    from: "asked",
    on: "peer-approved",
    to: "granted",
    does: ["tell subscribed"],
  },
  { rule: "active later says nothing new", from: "granted", on: "peer-approved", to: "granted", does: [] },
  {
    rule: "a refusal cancels a permission (§5.2.2)",
    from: "granted",
    on: "peer-refused",
    to: "refused",
    does: ["stop-watching", "tell unsubscribed"],
  },
  {
    rule: "a refusal answers a question",
    from: "asked",
    on: "peer-refused",
    to: "refused",
    does: ["stop-watching", "tell unsubscribed"],
  },
  {
    rule: "nobody there answers a question",
    from: "asked",
    on: "no-such-user",
    to: "refused",
    does: ["stop-watching", "tell unsubscribed"],
  },
  {
    rule: "nobody there does not take a permission back",
    from: "granted",
    on: "no-such-user",
    to: "granted",
    does: [],
  },
  {
    rule: "giving up ends the dialog (§5.2.3)",
    from: "granted",
    on: "user-gave-up",
    to: "none",
    does: ["stop-watching"],
  },
];

describe("our user's authorization to watch (RFC 8048 §5.2)", () => {
  for (const { rule, from, on, to, does } of rows) {
    test(rule, () => {
      const next = authorize(from, { kind: on });
      assert.equal(next.state, to);
      assert.deepEqual(
        next.effects.map((effect) => (effect.kind === "tell" ? `tell ${effect.type}` : effect.kind)),
        does,
      );
    });
  }
});
