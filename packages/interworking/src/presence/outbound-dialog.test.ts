import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type DialogEffect, type DialogInput, type DialogState, type Refusal, stepDialog } from "./outbound-dialog.ts";

interface Row {
  readonly rule: string;
  readonly from: DialogState;
  readonly on: DialogInput;
  readonly to: DialogState;
  readonly does: readonly string[];
}

const active: DialogState = { name: "active" };
const trying: DialogState = { name: "trying", attempt: 0 };
const none: DialogState = { name: "none" };

function terminated(
  reason: string | undefined,
  more: { readonly retryAfterSeconds?: number; readonly isNeeded?: boolean } = {},
): DialogInput {
  return { kind: "terminated", reason, retryAfterSeconds: more.retryAfterSeconds, isNeeded: more.isNeeded ?? true };
}

function refused(status: number, more: Partial<Refusal> = {}): Refusal {
  return {
    kind: "refused",
    status,
    cause: "response",
    subscription: "ended",
    minExpiresSeconds: undefined,
    retryAfterSeconds: undefined,
    isNeeded: true,
    ...more,
  };
}

function named(effect: DialogEffect): string {
  if (effect.kind === "retry-in") return `retry-in ${effect.delaySeconds}`;
  return effect.kind === "subscribe" && effect.minExpiresSeconds !== undefined
    ? `subscribe ${effect.minExpiresSeconds}`
    : effect.kind;
}

const rows: readonly Row[] = [
  { rule: "a need begins a dialog", from: none, on: { kind: "wanted" }, to: trying, does: ["subscribe"] },
  { rule: "a need refreshes a dialog (§5.2.2)", from: active, on: { kind: "wanted" }, to: active, does: ["refresh"] },
  {
    rule: "a need does not shorten a back-off",
    from: { name: "backoff", attempt: 3 },
    on: { kind: "wanted" },
    to: { name: "backoff", attempt: 3 },
    does: [],
  },
  {
    rule: "pending shows nothing, nor what an earlier dialog showed (§5.2.1)",
    from: trying,
    on: { kind: "notified", state: "pending" },
    to: { name: "pending" },
    does: ["lost-sight"],
  },
  {
    rule: "the first active approves (§5.2.1)",
    from: { name: "pending" },
    on: { kind: "notified", state: "active" },
    to: active,
    does: ["approved"],
  },
  {
    rule: "active again changes nothing",
    from: active,
    on: { kind: "notified", state: "active" },
    to: active,
    does: [],
  },
  {
    rule: "deactivated starts again at once (RFC 6665 §4.1.3)",
    from: active,
    on: terminated("deactivated"),
    to: { name: "trying", attempt: 1 },
    does: ["subscribe"],
  },
  {
    rule: "timeout starts again when someone watches",
    from: active,
    on: terminated("timeout"),
    to: { name: "trying", attempt: 1 },
    does: ["subscribe"],
  },
  {
    rule: "timeout lets it be when nobody does",
    from: active,
    on: terminated("timeout", { isNeeded: false }),
    to: none,
    does: ["lost-sight"],
  },
  {
    rule: "probation waits as long as told",
    from: active,
    on: terminated("probation", { retryAfterSeconds: 45 }),
    to: { name: "backoff", attempt: 1 },
    does: ["retry-in 45"],
  },
  {
    rule: "a long probation is shown",
    from: active,
    on: terminated("probation", { retryAfterSeconds: 600 }),
    to: { name: "backoff", attempt: 1 },
    does: ["retry-in 600", "lost-sight"],
  },
  {
    rule: "giveup backs off",
    from: { name: "pending" },
    on: terminated("giveup"),
    to: { name: "backoff", attempt: 1 },
    does: ["retry-in 30"],
  },
  { rule: "rejected cancels", from: active, on: terminated("rejected"), to: none, does: ["refused"] },
  { rule: "noresource cancels", from: active, on: terminated("noresource"), to: none, does: ["refused"] },
  {
    rule: "invariant stops and keeps what was shown",
    from: active,
    on: terminated("invariant"),
    to: { name: "settled" },
    does: [],
  },
  {
    rule: "no reason backs off",
    from: active,
    on: terminated(undefined),
    to: { name: "backoff", attempt: 1 },
    does: ["retry-in 30"],
  },
  { rule: "403 cancels (§5.2.2)", from: trying, on: refused(403), to: none, does: ["refused"] },
  { rule: "489 cancels (§5.2.2)", from: trying, on: refused(489), to: none, does: ["refused"] },
  { rule: "603 cancels (§5.2.2)", from: active, on: refused(603), to: none, does: ["refused"] },
  {
    rule: "a 403 of our own routing cancels nothing",
    from: trying,
    on: refused(403, { cause: "route" }),
    to: { name: "backoff", attempt: 1 },
    does: ["retry-in 30"],
  },
  {
    rule: "423 asks for longer (§5.2.2)",
    from: trying,
    on: refused(423, { minExpiresSeconds: 7200 }),
    to: { name: "trying", attempt: 1 },
    does: ["subscribe 7200"],
  },
  {
    rule: "423 without measure is not chased",
    from: trying,
    on: refused(423, { minExpiresSeconds: 2 ** 32 - 1 }),
    to: { name: "backoff", attempt: 1 },
    does: ["retry-in 30"],
  },
  {
    rule: "481 makes a new dialog (§5.2.2)",
    from: active,
    on: refused(481),
    to: { name: "trying", attempt: 1 },
    does: ["subscribe"],
  },
  {
    rule: "481 again and again backs off",
    from: { name: "trying", attempt: 2 },
    on: refused(481),
    to: { name: "backoff", attempt: 3 },
    does: ["retry-in 120", "lost-sight"],
  },
  {
    rule: "408 backs off",
    from: trying,
    on: refused(408, { cause: "timeout" }),
    to: { name: "backoff", attempt: 1 },
    does: ["retry-in 30"],
  },
  {
    rule: "503 waits as long as told",
    from: trying,
    on: refused(503, { retryAfterSeconds: 50 }),
    to: { name: "backoff", attempt: 1 },
    does: ["retry-in 50"],
  },
  {
    rule: "404 asks the user, and seldom the peer",
    from: trying,
    on: refused(404),
    to: { name: "backoff", attempt: 1 },
    does: ["no-such-user", "retry-in 3600", "lost-sight"],
  },
  {
    rule: "a failed refresh that leaves the grant changes nothing",
    from: active,
    on: refused(500, { subscription: "kept" }),
    to: active,
    does: [],
  },
  {
    rule: "nobody watches: no retry",
    from: trying,
    on: refused(503, { isNeeded: false }),
    to: none,
    does: ["lost-sight"],
  },
  {
    rule: "a back-off that is over tries",
    from: { name: "backoff", attempt: 2 },
    on: { kind: "retry-due", isNeeded: true },
    to: { name: "trying", attempt: 2 },
    does: ["subscribe"],
  },
  {
    rule: "a back-off that is over rests when nobody watches",
    from: { name: "backoff", attempt: 2 },
    on: { kind: "retry-due", isNeeded: false },
    to: none,
    does: [],
  },
  {
    rule: "giving up unsubscribes (§5.2.3)",
    from: active,
    on: { kind: "unwanted" },
    to: { name: "ending" },
    does: ["cancel-retry", "unsubscribe"],
  },
  {
    rule: "the last NOTIFY of an ending is no news",
    from: { name: "ending" },
    on: terminated("timeout"),
    to: { name: "ending" },
    does: [],
  },
  { rule: "an ending ends", from: { name: "ending" }, on: { kind: "ended" }, to: none, does: ["finished"] },
  {
    rule: "giving up without a dialog is done at once",
    from: { name: "backoff", attempt: 1 },
    on: { kind: "unwanted" },
    to: none,
    does: ["cancel-retry", "finished"],
  },
];

describe("the dialog beneath a watch of ours (RFC 8048 §5.2)", () => {
  for (const { rule, from, on, to, does } of rows) {
    test(rule, () => {
      const next = stepDialog(from, on);
      assert.deepEqual(next.state, to);
      assert.deepEqual(next.effects.map(named), does);
    });
  }

  test("delays double up to an hour", () => {
    let state: DialogState = trying;
    const delays: number[] = [];
    for (let n = 0; n < 10; n += 1) {
      const next = stepDialog(state, refused(503));
      for (const effect of next.effects) if (effect.kind === "retry-in") delays.push(effect.delaySeconds);
      state = next.state;
    }
    assert.deepEqual(delays, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]);
  });
});
