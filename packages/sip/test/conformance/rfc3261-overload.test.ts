import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { HeaderLine, NextHop, Overload, RequestOutcome, SipRequest } from "@interpres/sip";
import { settled } from "@interpres/testkit";
import { fakeConnection } from "./fake-transport.ts";
import { Call } from "./session-scene.ts";
import { hopTo, Stage, type StageOptions } from "./stage.ts";

/** A stage that hears of the bounds its requests met, and of hops that answered 503. */
class Told {
  readonly overloads: Overload[] = [];
  readonly unavailable: string[] = [];
  readonly stage: Stage;
  readonly outcomes: string[] = [];

  constructor(options: StageOptions = {}) {
    this.stage = new Stage({
      ...options,
      gate: { admit: () => ({ kind: "admit" }), overloaded: (_, overload) => this.overloads.push(overload) },
      watch: { unavailable: (hop: NextHop, seconds) => this.unavailable.push(`${hop.host} ${seconds}`) },
    });
  }

  say(to = "sip:alice@contoso.example"): void {
    const message = { from: "sip:bob@example.com", to, contentType: "text/plain", body: "hi" };
    this.stage.core.sendMessage(message, (outcome) => this.outcomes.push(wordFor(outcome)));
    this.stage.clock.advance(1);
  }

  refuse(status: number, retryAfter: string): void {
    this.stage.answer(status, { headers: [["Retry-After", retryAfter]] });
  }

  get sent(): number {
    return this.stage.transport.requests.length;
  }
}

function wordFor(outcome: RequestOutcome): string {
  return outcome.kind === "failed" ? outcome.cause : `${outcome.kind} ${outcome.status}`;
}

const flooder = fakeConnection("tls", "flooder");
const bounds = { maxServerTransactions: 10, maxTransactionsOfOnePeer: 4 };

describe("503 where a bound is met (RFC 3261 §21.5.4)", () => {
  test("one peer's flood of transactions takes its own share; the other peer is served", () => {
    const told = new Told({ transactions: bounds });
    told.stage.core.onPageMessage(() => undefined);
    for (let n = 0; n < 20; n += 1) told.stage.request({ method: "MESSAGE" }, flooder);
    assert.deepEqual(told.stage.transport.statuses(), Array(16).fill(503));
    told.stage.request({ method: "OPTIONS" });
    assert.equal(told.stage.transport.lastResponse().status, 200);
    assert.equal(told.stage.transactions.size.servers, 4);
    const [overload] = told.overloads;
    assert.deepEqual([overload?.bound, overload?.peer, overload?.ofPeer], ["transactions", "flooder", 4]);
    assert.equal(told.overloads.length, 16);
  });

  test("CANCEL and BYE are taken beyond the bounds, since they make room; up to twice of all", () => {
    const told = new Told({ transactions: { maxServerTransactions: 3, maxTransactionsOfOnePeer: 3 } });
    told.stage.core.sessions.onInvite(() => undefined);
    const invites = [1, 2, 3].map(() => told.stage.request({ method: "INVITE" }, flooder));
    const cancel = (invite: SipRequest | undefined): void => {
      const via = invite?.topVia.text ?? "";
      told.stage.request({ method: "CANCEL", via, callId: invite?.callId ?? "" }, flooder);
    };
    cancel(invites[0]);
    assert.deepEqual(told.stage.transport.statuses(), [200, 487]);
    const strays = fakeConnection("udp", "flooder");
    for (let count = 0; count < 5; count += 1) told.stage.request({ method: "BYE" }, strays);
    assert.deepEqual(told.stage.transport.statuses().slice(2), [481, 481, 481, 503, 503]);
  });

  test("all peers together have a bound too", () => {
    const told = new Told({ transactions: bounds });
    told.stage.core.onPageMessage(() => undefined);
    for (let peer = 0; peer < 6; peer += 1)
      for (let n = 0; n < 2; n += 1) told.stage.request({ method: "MESSAGE" }, fakeConnection("tls", `peer ${peer}`));
    assert.deepEqual(told.stage.transport.statuses(), [503, 503]);
  });

  test("a peer without a certificate is known by its address", () => {
    const told = new Told({ transactions: bounds });
    told.stage.core.onPageMessage(() => undefined);
    const plain = { ...fakeConnection("tcp"), identity: undefined };
    for (let n = 0; n < 5; n += 1) told.stage.request({ method: "MESSAGE" }, { ...plain, id: n });
    assert.deepEqual(told.stage.transport.statuses(), [503]);
    assert.equal(told.overloads[0]?.peer, "192.0.2.5");
  });

  test("Retry-After follows from how fast transactions end", () => {
    const told = new Told({ transactions: { maxServerTransactions: 1000, maxTransactionsOfOnePeer: 100 } });
    const pending: (() => void)[] = [];
    told.stage.core.onPageMessage((_, answer) => pending.push(() => answer(200)));
    const fill = (): void => {
      while (told.stage.transactions.size.servers < 100) told.stage.request({ method: "MESSAGE" }, flooder);
      told.stage.request({ method: "MESSAGE" }, flooder);
    };
    fill();
    // Five end in a second: ten take two.
    for (const answer of pending.splice(0, 5)) answer();
    told.stage.clock.advance(1000);
    fill();
    assert.deepEqual(
      told.overloads.map(({ retryAfterSeconds }) => retryAfterSeconds),
      [60, 2],
    );
    assert.equal(told.stage.transport.lastResponse().first("Retry-After"), "2");
  });

  for (const method of ["SUBSCRIBE", "INVITE"]) {
    test(`one domain's dialogs by ${method} take their own share; the other domain is served`, () => {
      const told = new Told({ settings: { maxDialogsOfOneDomain: 3 } });
      const { core, transport } = told.stage;
      core.notifier.onSubscribe((incoming) => incoming.accept({ refreshed: ignore, ended: ignore, changed: ignore }));
      core.sessions.onInvite((incoming) => incoming.accept(silent, "v=0"));
      const headers: readonly HeaderLine[] = method === "SUBSCRIBE" ? [["Event", "presence"]] : [];
      const ask = (domain: string): void => {
        told.stage.request({ method, headers, from: `<sip:alice@${domain}>;tag=peer` });
      };
      for (let n = 0; n < 5; n += 1) ask("contoso.example");
      ask("fabrikam.example");
      assert.deepEqual(transport.statuses(), [200, 200, 200, 503, 503, 200]);
      assert.deepEqual([told.overloads[0]?.bound, told.overloads[0]?.peer], ["dialogs", "contoso.example"]);
      assert.notEqual(transport.responses[3]?.first("Retry-After"), undefined);
    });
  }

  test("requests of ours to one silent domain take their own share; those to others leave", () => {
    const route = () => ({ kind: "hops", hops: [hopTo("edge.contoso.example")], decisions: [] }) as const;
    const told = new Told({ route, transactions: { maxTransactionsOfOnePeer: 2 } });
    for (const user of ["a", "b", "c"]) told.say(`sip:${user}@contoso.example`);
    assert.deepEqual([told.sent, told.outcomes], [2, ["transport"]]);
    const elsewhere = { ...hopTo("edge.fabrikam.example"), domain: "fabrikam.example" };
    told.stage.transactions.request(told.stage.transport.lastRequest().with({ remove: ["Via"] }), [elsewhere], silent);
    assert.equal(told.sent, 3);
  });
});

describe("messages that wait (RFC 3428 §8)", () => {
  test("those for one domain take their own share of the queue; those for another wait for their turn", async () => {
    const told = new Told({ settings: { maxQueuedMessagesForOneDomain: 1 } });
    for (let count = 0; count < 3; count += 1) told.say();
    for (let count = 0; count < 2; count += 1) told.say("sip:carol@fabrikam.example");
    await settled();
    assert.deepEqual([told.outcomes, told.sent], [["unroutable 503"], 2]);
    told.stage.answer(200);
    told.stage.clock.advance(1);
    assert.equal(told.sent, 3);
  });
});

describe("503 that we get (RFC 3261 §21.5.4)", () => {
  test("each hop that gives one is told of with its Retry-After, and the next hop is tried", () => {
    const told = new Told({ hops: [hopTo("one"), hopTo("two"), hopTo("three")] });
    told.say();
    told.refuse(503, "120 (maintenance);duration=3600");
    told.stage.answer(503);
    told.stage.answer(200);
    assert.deepEqual(told.unavailable, ["one 120", "two undefined"]);
    assert.deepEqual(told.outcomes, ["answered 200"]);
  });

  test("a 500 says nothing of the hop", () => {
    const told = new Told();
    told.say();
    told.refuse(500, "120");
    assert.deepEqual(told.unavailable, []);
  });
});

describe("Retry-After of a called party (RFC 3261 §20.33)", () => {
  for (const status of [404, 413, 480, 486, 500, 600, 603]) {
    test(`${status}: the next message waits in vain until then, and says so; then it leaves`, () => {
      const told = new Told();
      told.say();
      told.refuse(status, "90");
      told.say();
      told.stage.clock.advance(88_000);
      told.say();
      assert.deepEqual(told.outcomes, [`answered ${status}`, `unroutable ${status}`, `unroutable ${status}`]);
      assert.equal(told.sent, 1);
      told.stage.clock.advance(2_000);
      told.say();
      assert.equal(told.sent, 2);
    });
  }

  test("what was queued behind it fails with it", () => {
    const told = new Told();
    told.say();
    told.say();
    told.refuse(480, "90");
    told.stage.clock.advance(1);
    assert.deepEqual([told.outcomes, told.sent], [["answered 480", "unroutable 480"], 1]);
  });

  test("it is about that party and that method alone", () => {
    const told = new Told();
    told.say();
    told.refuse(480, "90");
    told.say("sip:carol@contoso.example");
    const { sessions } = told.stage.core;
    sessions.invite({ from: "sip:bob@example.com", to: "sip:alice@contoso.example", sdp: "v=0" }, silent);
    assert.equal(told.sent, 3);
  });

  test("another status with Retry-After stops nothing, nor does one without", () => {
    const told = new Told();
    told.say();
    told.refuse(415, "90");
    told.say();
    told.stage.answer(480);
    told.say();
    assert.equal(told.sent, 3);
  });

  test("nobody is left alone for longer than ten minutes", () => {
    const told = new Told();
    told.say();
    told.refuse(480, "86400");
    told.stage.clock.advance(600_000);
    told.say();
    assert.equal(told.sent, 2);
  });

  test("requests within a session are not held", () => {
    const call = new Call().established();
    call.send("one");
    call.stage.answer(500, { headers: [["Retry-After", "90"]] }, "MESSAGE");
    call.send("two");
    assert.equal(call.transport.requestsOf("MESSAGE").length, 2);
  });
});

const silent = {
  established: ignore,
  refused: ignore,
  request: ignore,
  ended: ignore,
  final: ignore,
  failed: ignore,
};

function ignore(): void {
  return;
}
