import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Dialect, dialects } from "@interpres/federation";
import { silentLogger, silentMetrics } from "@interpres/runtime";
import type { UserAgentCore } from "@interpres/sip";
import { FakeClock, SeededRandom, settled } from "@interpres/testkit";
import { makeMessage, makePresence, type PresenceType } from "@interpres/xmpp";
import { el, serializeElement } from "@interpres/xmpp/xml";
import { sameIdentity } from "../../src/address/identity-map.ts";
import { Gateway } from "../../src/gateway.ts";
import type { WatchRow } from "../../src/presence/watch-repository.ts";
import { FakeLocalDomain, jid, show } from "../fakes/fake-local-domain.ts";
import { MemoryLink, sipStack } from "../fakes/memory-link.ts";
import { onePeer } from "../fakes/one-peer.ts";

const ALICE = "alice@example.com";
const BOB = "bob@partner.example";

/** One organisation: real SIP stack and gateway, played local accounts. */
class Site {
  readonly local = new FakeLocalDomain();
  readonly rows = new Map<string, WatchRow>();
  readonly agent: UserAgentCore;
  readonly gateway: Gateway;

  constructor(init: {
    readonly domain: string;
    readonly user: string;
    readonly other: string;
    readonly link: MemoryLink;
    readonly clock: FakeClock;
    readonly seed: number;
    readonly dialect: Dialect;
    readonly rows?: readonly WatchRow[];
  }) {
    const { domain, user, other, link, clock, dialect } = init;
    const random = new SeededRandom(init.seed);
    this.local.domains.clear();
    this.local.domains.add(domain);
    this.local.accounts.add(user);
    for (const row of init.rows ?? []) this.rows.set(row.id, row);
    this.agent = sipStack({ transport: link, host: `sip.${domain}`, clock, random });
    this.gateway = new Gateway({
      agent: this.agent,
      local: this.local,
      federation: onePeer({ domain: other, host: `sip.${domain}`, dialect }),
      identities: sameIdentity,
      watches: {
        load: () => Promise.resolve([...this.rows.values()]),
        put: (row, durable) => {
          this.rows.set(row.id, row);
          durable?.();
        },
        remove: (id) => void this.rows.delete(id),
      },
      journal: { load: () => Promise.resolve([]), append: (_entry, durable) => durable(), remove: () => undefined },
      receipts: { load: () => Promise.resolve([]), put: () => undefined, remove: () => undefined },
      clock,
      random,
      log: silentLogger,
      metrics: silentMetrics,
      decisions: { record: () => undefined },
      settings: { settleSeconds: 1 },
    });
  }

  send(type: PresenceType, from: string, to: string): void {
    this.gateway.presence(makePresence({ type, from: jid(from), to: jid(to) }));
  }

  say(from: string, to: string, words: string): void {
    const sender = jid(from).withResource("pc");
    const body = el("body", "jabber:client", {}, words);
    this.gateway.message(makeMessage({ type: "chat", from: sender, to: jid(to), id: "1" }, body), () => undefined);
  }

  heard(): readonly string[] {
    return this.local.messages
      .splice(0)
      .map(
        ({ element }) =>
          /<body>(.*)<\/body>|<(error .*)/s.exec(serializeElement(element, "jabber:client"))?.slice(1).join("") ?? "",
      );
  }
}

interface Pair {
  readonly here: Site;
  readonly there: Site;
  readonly clock: FakeClock;
  readonly wire: string[];
  readonly rest: (milliseconds?: number) => Promise<void>;
}

async function pair(kind: "standard" | "microsoft"): Promise<Pair> {
  const clock = new FakeClock();
  const [left, right] = MemoryLink.pair();
  const dialect = dialects[kind];
  const here = new Site({
    domain: "example.com",
    user: ALICE,
    other: "partner.example",
    link: left,
    clock,
    seed: 1,
    dialect,
  });
  const there = new Site({
    domain: "partner.example",
    user: BOB,
    other: "example.com",
    link: right,
    clock,
    seed: 2,
    dialect,
  });
  await Promise.all([here.gateway.start(), there.gateway.start()]);
  const rest = async (milliseconds = 0): Promise<void> => {
    for (let turn = 0; turn < 12; turn += 1) await settled();
    await clock.elapse(milliseconds);
    for (let turn = 0; turn < 12; turn += 1) await settled();
  };
  return { here, there, clock, wire: left.wire, rest };
}

function lines(wire: readonly string[]): readonly string[] {
  return wire.map((text) => text.slice(0, text.indexOf("\r\n")).replace(/ SIP\/2\.0$/, ""));
}

for (const kind of ["standard", "microsoft"] as const) {
  describe(`two gateways face to face over real SIP stacks, ${kind}`, () => {
    test("a question, a yes, presence, its changes, and the end", async () => {
      const { here, there, rest } = await pair(kind);
      here.local.signIn(`${ALICE}/pc`);
      there.local.signIn(`${BOB}/desk`);
      here.send("subscribe", ALICE, BOB);
      await rest();
      assert.deepEqual(there.local.told(), [`subscribe ${ALICE} ${BOB}`]);
      const meanwhile = here.local.told();
      // Microsoft's form of pending is an approval that shows nobody: that is all its wire can say.
      assert.deepEqual(meanwhile, kind === "standard" ? [] : [`subscribed ${BOB} ${ALICE}`]);
      there.local.verdicts.set(`${ALICE} ${BOB}`, "granted");
      there.send("subscribed", BOB, ALICE);
      await rest();
      const resource = kind === "standard" ? "desk" : "0";
      const told = here.local.told();
      assert.deepEqual(told, [
        ...(kind === "standard" ? [`subscribed ${BOB} ${ALICE}`] : []),
        `available ${BOB}/${resource} ${ALICE}`,
      ]);
      there.local.signIn(`${BOB}/desk`, show("away"));
      there.send("available", BOB, ALICE);
      await rest(5000);
      assert.deepEqual(here.local.told(), [`available ${BOB}/${resource} ${ALICE} <show>away</show>`]);
      there.local.signOut(`${BOB}/desk`);
      there.send("unavailable", BOB, ALICE);
      await rest(5000);
      assert.deepEqual(here.local.told(), [`unavailable ${BOB}/${resource} ${ALICE}`]);
      here.send("unsubscribe", ALICE, BOB);
      await rest();
      assert.deepEqual(here.local.told(), [`unsubscribed ${BOB} ${ALICE}`]);
      assert.deepEqual(there.local.told(), [`unavailable ${ALICE} ${BOB}`]);
      assert.deepEqual([here.rows.size, there.rows.size], [0, 0]);
      await rest(40_000);
      assert.deepEqual([here.agent.dialogs, there.agent.dialogs], [0, 0]);
    });

    test("a dialog lives on by its refreshes for a day", async () => {
      const { here, there, wire, rest } = await pair(kind);
      here.local.signIn(`${ALICE}/pc`);
      there.local.verdicts.set(`${ALICE} ${BOB}`, "granted");
      here.send("subscribe", ALICE, BOB);
      await rest();
      const callId = here.gateway.subscriptions()[0]?.callId;
      for (let hour = 0; hour < 24; hour += 1) await rest(3_600_000);
      assert.equal(here.gateway.subscriptions()[0]?.dialog, "active");
      assert.equal(here.gateway.subscriptions()[0]?.callId, callId);
      const refreshes = lines(wire).filter((line) => line.startsWith("SUBSCRIBE")).length;
      assert.ok(refreshes >= 12 && refreshes <= 40, String(refreshes));
    });

    test("restarts of either side keep the dialog", async () => {
      const { here, there, clock, rest } = await pair(kind);
      here.local.signIn(`${ALICE}/pc`);
      there.local.signIn(`${BOB}/desk`);
      there.local.verdicts.set(`${ALICE} ${BOB}`, "granted");
      here.send("subscribe", ALICE, BOB);
      await rest();
      const stored = [...there.rows.values()].map((row): WatchRow => JSON.parse(JSON.stringify(row)));
      there.gateway.stop("rest");
      there.agent.stop();
      const [left, right] = MemoryLink.pair();
      const dialect = dialects[kind];
      const own = [...here.rows.values()].map((row): WatchRow => JSON.parse(JSON.stringify(row)));
      here.gateway.stop("rest");
      here.agent.stop();
      const newThere = new Site({
        domain: "partner.example",
        user: BOB,
        other: "example.com",
        link: right,
        clock,
        seed: 3,
        dialect,
        rows: stored,
      });
      newThere.local.verdicts.set(`${ALICE} ${BOB}`, "granted");
      newThere.local.signIn(`${BOB}/desk`, show("dnd"));
      await newThere.gateway.start();
      const newHere = new Site({
        domain: "example.com",
        user: ALICE,
        other: "partner.example",
        link: left,
        clock,
        seed: 4,
        dialect,
        rows: own,
      });
      newHere.local.signIn(`${ALICE}/pc`);
      await newHere.gateway.start();
      await rest(5000);
      const told = newHere.local.told();
      assert.equal(told.length, 1, told.join("\n"));
      assert.match(told[0] ?? "", kind === "standard" ? /<show>dnd/ : /<show>away<\/show> <status>Busy/);
      assert.equal(newHere.gateway.subscriptions()[0]?.callId, own[0]?.snapshot?.dialog.callId);
      assert.ok(!lines(left.wire).some((line) => line.includes(" 481 ")), lines(left.wire).join("\n"));
    });

    test("messages both ways, in order", async () => {
      const { here, there, wire, rest } = await pair(kind);
      for (const words of ["one", "two", "three"]) here.say(ALICE, BOB, words);
      await rest();
      assert.deepEqual(there.heard(), ["one", "two", "three"]);
      there.say(BOB, ALICE, "äöü & <four>");
      await rest();
      assert.deepEqual(here.heard(), ["äöü &amp; &lt;four&gt;"]);
      assert.equal(here.gateway.imSessions().length, kind === "microsoft" ? 1 : 0);
      assert.equal(lines(wire).filter((line) => line.startsWith("INVITE")).length, kind === "microsoft" ? 1 : 0);
      assert.equal(lines(wire).filter((line) => line.startsWith("MESSAGE")).length, 4);
    });

    test("a message for nobody comes back as an error", async () => {
      const { here, rest } = await pair(kind);
      here.say(ALICE, "nobody@partner.example", "hello?");
      await rest();
      assert.match(here.heard().join(), /item-not-found.*404/);
    });

    test("a message that is only kept is answered 202, and the sender hears nothing", async () => {
      const { here, there, wire, rest } = await pair(kind);
      there.local.outcome = { kind: "stored" };
      here.say(ALICE, BOB, "later");
      await rest();
      assert.deepEqual(here.heard(), []);
      assert.ok(lines(wire).some((line) => line.startsWith("SIP/2.0 202")));
    });
  });
}

describe("two gateways face to face: sessions", () => {
  test("both call at once: every message arrives once", async () => {
    const { here, there, rest } = await pair("microsoft");
    here.say(ALICE, BOB, "from here");
    there.say(BOB, ALICE, "from there");
    await rest();
    assert.deepEqual(there.heard(), ["from here"]);
    assert.deepEqual(here.heard(), ["from there"]);
    here.say(ALICE, BOB, "again");
    there.say(BOB, ALICE, "and again");
    await rest();
    assert.deepEqual([there.heard(), here.heard()], [["again"], ["and again"]]);
  });

  test("a peer that forgot the session gets the text in a new one, once", async () => {
    const { here, there, wire, rest } = await pair("microsoft");
    here.say(ALICE, BOB, "one");
    await rest();
    there.agent.stop();
    here.say(ALICE, BOB, "two");
    await rest(1000);
    assert.deepEqual(there.heard(), ["one", "two"]);
    const requests = lines(wire).map((line) => line.split(" ")[0]);
    assert.equal(requests.filter((method) => method === "INVITE").length, 2);
    assert.equal(wire.filter((text) => text.startsWith("MESSAGE") && text.endsWith("two")).length, 2);
  });

  test("typing is seen, and the session is hung up after ten minutes of silence", async () => {
    const { here, there, wire, rest } = await pair("microsoft");
    there.local.signIn(`${BOB}/desk`);
    here.say(ALICE, BOB, "one");
    await rest();
    there.heard();
    const typing = makeMessage(
      { type: "chat", from: jid(ALICE).withResource("pc"), to: jid(BOB) },
      el("composing", "http://jabber.org/protocol/chatstates", {}),
    );
    here.gateway.message(typing, () => undefined);
    await rest();
    assert.equal(
      serializeElement(there.local.messages[0]?.element ?? el("x", "", {}), "jabber:client").includes("<composing "),
      true,
    );
    await rest(700_000);
    assert.ok(lines(wire).some((line) => line.startsWith("BYE")));
    assert.deepEqual([here.agent.dialogs, there.agent.dialogs], [0, 0]);
    assert.deepEqual([here.gateway.imSessions(), there.gateway.imSessions()], [[], []]);
  });
});
