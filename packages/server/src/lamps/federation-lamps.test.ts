import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type LampName, lampNames } from "@interpres/admin-api";
import { PeerDirectory, type SipFederatedDomain } from "@interpres/federation";
import type { DecisionEvent } from "@interpres/runtime";
import { FederationLamps } from "./federation-lamps.ts";
import { lightLamps } from "./light-lamps.ts";

const CONTOSO: SipFederatedDomain = {
  domain: "contoso.example",
  description: "",
  integrationType: "microsoft",
  directFederation: false,
  createdAt: 1000,
};

function event(facts: Partial<DecisionEvent>): DecisionEvent {
  const always = { id: "e", at: 2000, direction: "inbound", peer: "bob@contoso.example", decisions: [] } as const;
  return { ...always, kind: "message", result: "delivered", user: "alice@example.com", ...facts };
}

function states(lamps: FederationLamps): Partial<Record<LampName, string>> {
  const found = lamps.of("contoso.example")?.lamps;
  const lit = lampNames.map((name) => [name, found?.[name].state] as const).filter(([, state]) => state !== "idle");
  return Object.fromEntries(lit);
}

function stateAfter(...events: readonly Partial<DecisionEvent>[]): Partial<Record<LampName, string>> {
  const lamps = new FederationLamps(new PeerDirectory([CONTOSO]));
  for (const facts of events) lamps.saw(event(facts));
  return states(lamps);
}

interface Row {
  readonly what: string;
  readonly facts: Partial<DecisionEvent>;
  readonly lit: Partial<Record<LampName, string>>;
}

const outbound = { direction: "outbound" } as const;
const call = [{ rule: "media-not-supported", outcome: "refuse", inputs: {} }] as const;

const rows: readonly Row[] = [
  { what: "a message of theirs, delivered", facts: {}, lit: { imIn: "ok" } },
  { what: "one kept for the user", facts: { result: "stored" }, lit: { imIn: "ok" } },
  { what: "one refused", facts: { result: "refused 404" }, lit: { imIn: "failing" } },
  { what: "one of ours, answered", facts: { ...outbound, result: "delivered 200" }, lit: { imOut: "ok" } },
  { what: "one of ours, refused", facts: { ...outbound, result: "refused 503" }, lit: { imOut: "failing" } },
  {
    what: "a session of theirs, taken",
    facts: { kind: "session", traffic: "im", result: "accepted 200" },
    lit: { imIn: "ok" },
  },
  { what: "a call of theirs", facts: { kind: "session", decisions: call, result: "refused 488" }, lit: {} },
  {
    what: "a watch of theirs, accepted",
    facts: { kind: "subscription", result: "accepted 200" },
    lit: { presenceIn: "ok" },
  },
  { what: "a NOTIFY of ours, unanswered", facts: { kind: "notify", result: "failed" }, lit: { presenceIn: "failing" } },
  {
    what: "a watch of ours that shows the contact",
    facts: { ...outbound, kind: "subscription", result: "active" },
    lit: { presenceOut: "ok" },
  },
  {
    what: "a watch of ours that waits for the contact",
    facts: { ...outbound, kind: "subscription", result: "pending" },
    lit: { presenceOut: "ok" },
  },
  { what: "what a user decided", facts: { ...outbound, kind: "subscription", result: "granted" }, lit: {} },
  {
    what: "a SUBSCRIBE refused at the door",
    facts: { kind: "request", traffic: "presence", peer: "contoso.example", result: "refused 403" },
    lit: { presenceIn: "failing" },
  },
  { what: "an OPTIONS refused at the door", facts: { kind: "request", result: "refused 403" }, lit: {} },
  {
    what: "a peer told as a URI with parameters",
    facts: { peer: "sip:bob@Contoso.example;user=phone", result: "refused 404" },
    lit: { imIn: "failing" },
  },
  { what: "a domain nobody added", facts: { peer: "bob@fabrikam.example" }, lit: {} },
];

describe("the lamps of a federated domain", () => {
  for (const { what, facts, lit } of rows)
    test(`${what} lights ${Object.keys(lit).join() || "nothing"}`, () => assert.deepEqual(stateAfter(facts), lit));

  test("the last that passed decides, and the success and the failure before it stay to be seen", () => {
    const refused = { ...outbound, at: 3000, result: "refused 503" };
    const decisions = [
      { rule: "foreign-delivery", outcome: "done", inputs: { callId: "c", text: "503 Busy" } },
    ] as const;
    const lamps = new FederationLamps(new PeerDirectory([CONTOSO]));
    lamps.saw(event({ ...outbound, result: "delivered 200" }));
    lamps.saw(event({ ...refused, decisions }));
    const user = "alice@example.com";
    assert.deepEqual(lamps.of("CONTOSO.example")?.lamps.imOut, {
      state: "failing",
      lastSuccess: { at: 2000, user, detail: "delivered 200" },
      lastFailure: { at: 3000, user, status: 503, rule: "foreign-delivery", detail: "503 Busy" },
    });
    lamps.saw(event({ ...outbound, at: 4000, result: "delivered 200" }));
    assert.equal(lamps.of("contoso.example")?.lamps.imOut.state, "ok");
    assert.equal(lamps.of("contoso.example")?.lamps.imOut.lastFailure?.at, 3000);
  });

  test("the rule below counts, where one is named", () => {
    const inputs = { status: 404, cause: "route", rule: "dns-srv" };
    const lamps = new FederationLamps(new PeerDirectory([CONTOSO]));
    const decisions = [{ rule: "watch-authorization", outcome: "done", inputs }] as const;
    lamps.saw(event({ ...outbound, kind: "subscription", result: "refused 404", decisions }));
    const failure = lamps.of("contoso.example")?.lamps.presenceOut.lastFailure;
    assert.deepEqual([failure?.rule, failure?.detail], ["dns-srv", "status 404, cause route"]);
  });

  test("a domain that is removed and added again begins dark", () => {
    const lamps = new FederationLamps(new PeerDirectory([CONTOSO]));
    lamps.saw(event({}));
    lamps.take(new PeerDirectory([]));
    assert.equal(lamps.of("contoso.example"), undefined);
    lamps.take(new PeerDirectory([CONTOSO]));
    assert.deepEqual(states(lamps), {});
  });

  test("the events kept of an earlier run are read oldest first, from the day the domain was added", async () => {
    const lamps = new FederationLamps(new PeerDirectory([CONTOSO]));
    const asked: object[] = [];
    const query = async (what: object): Promise<readonly DecisionEvent[]> => {
      asked.push(what);
      return [event({ at: 3000, result: "refused 404" }), event({ at: 2000 })];
    };
    await lightLamps(lamps, { domains: [CONTOSO], history: { query } });
    assert.deepEqual(asked, [{ peer: "contoso.example", since: 1000, limit: 100 }]);
    assert.deepEqual(states(lamps), { imIn: "failing" });
  });
});
