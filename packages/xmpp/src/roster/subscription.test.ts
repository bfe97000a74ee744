import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  inboundTransition,
  isPendingIn,
  isPendingOut,
  isSubscribedFrom,
  isSubscribedTo,
  outboundTransition,
  type PreApproval,
  type SubscriptionState,
  type SubscriptionType,
  subscriptionAttribute,
  type Transition,
} from "./subscription.ts";

/** State, whether the stanza goes on, new state ("=" none), as the RFC's tables have them. */
type Row = readonly [state: string, goesOn: "MUST" | "M.N." | "S.N.", next: string];

interface Table {
  readonly title: string;
  readonly type: SubscriptionType;
  readonly step: (type: SubscriptionType, state: SubscriptionState) => Transition;
  readonly rows: readonly Row[];
}

const fromContact = (type: SubscriptionType, state: SubscriptionState) =>
  inboundTransition(type, state, "not-approved");

const tables: readonly Table[] = [
  {
    title: "Table 2: outbound subscribe (RFC 6121 §A.2.1)",
    type: "subscribe",
    step: outboundTransition,
    rows: [
      ["None", "MUST", "None + Pending Out"],
      ["None + Pending Out", "MUST", "="],
      ["None + Pending In", "MUST", "None + Pending Out+In"],
      ["None + Pending Out+In", "MUST", "="],
      ["To", "MUST", "="],
      ["To + Pending In", "MUST", "="],
      ["From", "MUST", "From + Pending Out"],
      ["From + Pending Out", "MUST", "="],
      ["Both", "MUST", "="],
    ],
  },
  {
    title: "Table 3: outbound unsubscribe (RFC 6121 §A.2.2)",
    type: "unsubscribe",
    step: outboundTransition,
    rows: [
      ["None", "MUST", "="],
      ["None + Pending Out", "MUST", "None"],
      ["None + Pending In", "MUST", "="],
      ["None + Pending Out+In", "MUST", "None + Pending In"],
      ["To", "MUST", "None"],
      ["To + Pending In", "MUST", "None + Pending In"],
      ["From", "MUST", "="],
      ["From + Pending Out", "MUST", "From"],
      ["Both", "MUST", "From"],
    ],
  },
  {
    title: "Table 4: outbound subscribed (RFC 6121 §A.2.3)",
    type: "subscribed",
    step: outboundTransition,
    rows: [
      ["None", "M.N.", "="],
      ["None + Pending Out", "M.N.", "="],
      ["None + Pending In", "MUST", "From"],
      ["None + Pending Out+In", "MUST", "From + Pending Out"],
      ["To", "M.N.", "="],
      ["To + Pending In", "MUST", "Both"],
      ["From", "M.N.", "="],
      ["From + Pending Out", "M.N.", "="],
      ["Both", "M.N.", "="],
    ],
  },
  {
    title: "Table 5: outbound unsubscribed (RFC 6121 §A.2.4)",
    type: "unsubscribed",
    step: outboundTransition,
    rows: [
      ["None", "S.N.", "="],
      ["None + Pending Out", "S.N.", "="],
      ["None + Pending In", "MUST", "None"],
      ["None + Pending Out+In", "MUST", "None + Pending Out"],
      ["To", "S.N.", "="],
      ["To + Pending In", "MUST", "To"],
      ["From", "MUST", "None"],
      ["From + Pending Out", "MUST", "None + Pending Out"],
      ["Both", "MUST", "To"],
    ],
  },
  {
    title: "Table 6: inbound subscribe (RFC 6121 §A.3.1)",
    type: "subscribe",
    step: fromContact,
    rows: [
      ["None", "MUST", "None + Pending In"],
      ["None + Pending Out", "MUST", "None + Pending Out+In"],
      ["None + Pending In", "S.N.", "="],
      ["None + Pending Out+In", "S.N.", "="],
      ["To", "MUST", "To + Pending In"],
      ["To + Pending In", "S.N.", "="],
      ["From", "S.N.", "="],
      ["From + Pending Out", "S.N.", "="],
      ["Both", "S.N.", "="],
    ],
  },
  {
    title: "Table 7: inbound unsubscribe (RFC 6121 §A.3.2)",
    type: "unsubscribe",
    step: fromContact,
    rows: [
      ["None", "S.N.", "="],
      ["None + Pending Out", "S.N.", "="],
      ["None + Pending In", "MUST", "None"],
      ["None + Pending Out+In", "MUST", "None + Pending Out"],
      ["To", "S.N.", "="],
      ["To + Pending In", "MUST", "To"],
      ["From", "MUST", "None"],
      ["From + Pending Out", "MUST", "None + Pending Out"],
      ["Both", "MUST", "To"],
    ],
  },
  {
    title: "Table 8: inbound subscribed (RFC 6121 §A.3.3)",
    type: "subscribed",
    step: fromContact,
    rows: [
      ["None", "S.N.", "="],
      ["None + Pending Out", "MUST", "To"],
      ["None + Pending In", "S.N.", "="],
      ["None + Pending Out+In", "MUST", "To + Pending In"],
      ["To", "S.N.", "="],
      ["To + Pending In", "S.N.", "="],
      ["From", "S.N.", "="],
      ["From + Pending Out", "MUST", "Both"],
      ["Both", "S.N.", "="],
    ],
  },
  {
    title: "Table 9: inbound unsubscribed (RFC 6121 §A.3.4)",
    type: "unsubscribed",
    step: fromContact,
    rows: [
      ["None", "S.N.", "="],
      ["None + Pending Out", "MUST", "None"],
      ["None + Pending In", "S.N.", "="],
      ["None + Pending Out+In", "MUST", "None + Pending In"],
      ["To", "MUST", "None"],
      ["To + Pending In", "MUST", "None + Pending In"],
      ["From", "S.N.", "="],
      ["From + Pending Out", "MUST", "From"],
      ["Both", "MUST", "From"],
    ],
  },
];

for (const { title, type, step, rows } of tables) {
  describe(title, () => {
    for (const [state, goesOn, next] of rows) {
      test(`"${state}": ${goesOn}, ${next === "=" ? "no state change" : `"${next}"`}`, () => {
        const transition = step(type, named(state));
        assert.equal(transition.stanza, goesOn === "MUST" ? "pass" : "hold");
        assert.equal(transition.next, named(next === "=" ? state : next));
      });
    }
  });
}

describe("what the notes below the tables add (RFC 6121 §A.2.3, §A.2.4, §A.3.1, §A.3.2, §3.4)", () => {
  const replies = (type: SubscriptionType, approval: PreApproval = "not-approved") =>
    all.filter((state) => inboundTransition(type, state, approval).reply !== undefined);

  test("Table 6 note 2: who is subscribed already is told so again", () => {
    assert.deepEqual(replies("subscribe"), ["from", "from+pending-out", "both"]);
    assert.equal(fromContact("subscribe", "both").reply, "subscribed");
  });

  test("Table 6 note 1: a pre-approved request is answered and never delivered", () => {
    const next = Object.fromEntries(
      all.map((state) => [state, inboundTransition("subscribe", state, "pre-approved").next]),
    );
    assert.equal(next.none, "from");
    assert.equal(next["none+pending-out"], "from+pending-out");
    assert.equal(next.to, "both");
    for (const state of ["none", "none+pending-out", "to"] as const) {
      const transition = inboundTransition("subscribe", state, "pre-approved");
      assert.deepEqual([transition.stanza, transition.reply], ["hold", "subscribed"]);
    }
  });

  test("Table 7 note 1: each state change is answered with unsubscribed", () => {
    const changed = all.filter((state) => fromContact("unsubscribe", state).next !== state);
    assert.deepEqual(replies("unsubscribe"), changed);
    assert.equal(fromContact("unsubscribe", "both").reply, "unsubscribed");
  });

  test("Table 4 note 1: subscribed without a request is a pre-approval", () => {
    const granted = all.filter((state) => outboundTransition("subscribed", state).approval === "granted");
    assert.deepEqual(granted, ["none", "none+pending-out", "to"]);
  });

  test("Table 5 note 1: every unsubscribed cancels a pre-approval", () => {
    for (const state of all) assert.equal(outboundTransition("unsubscribed", state).approval, "cancelled");
  });
});

describe("what a state means (RFC 6121 §A.1)", () => {
  const meanings: readonly [string, string, readonly string[]][] = [
    ["None", "none", []],
    ["None + Pending Out", "none", ["ask"]],
    ["None + Pending In", "none", ["asked"]],
    ["None + Pending Out+In", "none", ["ask", "asked"]],
    ["To", "to", ["sees"]],
    ["To + Pending In", "to", ["asked", "sees"]],
    ["From", "from", ["seen"]],
    ["From + Pending Out", "from", ["ask", "seen"]],
    ["Both", "both", ["sees", "seen"]],
  ];
  for (const [name, subscription, expected] of meanings) {
    test(`"${name}"`, () => {
      const state = named(name);
      const flags = { ask: isPendingOut, asked: isPendingIn, sees: isSubscribedTo, seen: isSubscribedFrom };
      assert.equal(subscriptionAttribute(state), subscription);
      assert.deepEqual(
        Object.entries(flags)
          .filter(([, has]) => has(state))
          .map(([flag]) => flag),
        expected,
      );
    });
  }
});

const byName: Readonly<Record<string, SubscriptionState>> = {
  None: "none",
  "None + Pending Out": "none+pending-out",
  "None + Pending In": "none+pending-in",
  "None + Pending Out+In": "none+pending-out+in",
  To: "to",
  "To + Pending In": "to+pending-in",
  From: "from",
  "From + Pending Out": "from+pending-out",
  Both: "both",
};
const all = Object.values(byName);

function named(name: string): SubscriptionState {
  const state = byName[name];
  assert.ok(state !== undefined, name);
  return state;
}
