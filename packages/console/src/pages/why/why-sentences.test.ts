import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { DecisionEvent, Subscription } from "@interpres/admin-api";
import { whyOffline } from "./why-offline.ts";
import { findingOf, sentenceOf } from "./why-sentences.ts";

const USER = "alice@example.com";
const CONTACT = "bob@contoso.example";

function event(given: Partial<DecisionEvent>): DecisionEvent {
  const who = { user: USER, peer: CONTACT };
  return {
    id: "1",
    correlationId: "1",
    at: "2026-11-27T10:00:00Z",
    kind: "message",
    direction: "outbound",
    ...who,
    decisions: [],
    result: "delivered 200",
    ...given,
  };
}

describe("a decision in a sentence", () => {
  const ROWS: readonly (readonly [Partial<DecisionEvent>, string])[] = [
    [{}, `A message from ${USER} to ${CONTACT}: it was delivered, 200.`],
    [
      { direction: "inbound", result: "stored" },
      `A message from ${CONTACT} to ${USER}: it was stored until the user signs in.`,
    ],
    [{ kind: "route", result: "asked to wait 30 s" }, `The way to ${CONTACT}: asked to wait 30 s.`],
    [{ kind: "unheard", result: "of" }, "unheard: of."],
  ];
  for (const [given, sentence] of ROWS) test(sentence, () => assert.equal(sentenceOf(event(given)), sentence));

  test("without a user speaks of somebody", () => {
    const { user: _user, ...nobody } = event({ kind: "request", direction: "inbound", result: "refused 404" });
    assert.equal(sentenceOf(nobody), `${CONTACT} asked something of us: it was refused, 404.`);
  });
});

describe("a rule's finding", () => {
  test("has what was presented and expected", () => {
    const inputs = { presented: "a.example", expected: "b.example" };
    const { seen, expected, meaning } = findingOf({ rule: "tls-peer-subject", outcome: "refuse", inputs });
    assert.deepEqual([seen, expected], ["a.example", "b.example"]);
    assert.match(meaning, /selected TLS peer subject/);
  });

  test("goes by the rule that a layer below named, and tells the rest of what was compared", () => {
    const inputs = { callId: "c1", rule: "no-route", status: 404, text: "404 no way", reason: "no way" };
    const { rule, seen } = findingOf({ rule: "foreign-delivery", outcome: "done", inputs });
    assert.deepEqual([rule, seen], ["no-route", "404 no way, status 404"]);
  });
});

describe("why a contact looks offline", () => {
  const live = (state: string): Subscription => ({
    id: "s",
    direction: "outbound",
    user: USER,
    contact: CONTACT,
    peer: "contoso.example",
    authorization: "granted",
    state,
    expiresAt: null,
    addresses: [],
  });
  const refusal = event({
    kind: "subscription",
    result: "refused 404",
    decisions: [{ rule: "watch-authorization", outcome: "done", inputs: { rule: "no-route", status: 404 } }],
  });
  const why = (subscriptions: readonly Subscription[], events: readonly DecisionEvent[]) =>
    whyOffline({ user: USER, contact: CONTACT, subscriptions, events });

  test("where the subscription is active, the other side says so, whatever failed before", () => {
    assert.match(why([live("active")], [refusal]), /is active: what is seen is what the other side said last/);
  });
  test("where it was refused, for that reason", () => {
    assert.match(why([live("settled")], [refusal]), /does not stand: refused 404; There is neither a static route/);
  });
  test("where nobody has answered, she waits", () => {
    assert.match(why([live("pending")], [refusal]), /waits for the other side \(pending\)/);
  });
  test("where she never asked, she has to add the contact", () => {
    assert.match(why([], [event({})]), /has no subscription/);
  });
});
