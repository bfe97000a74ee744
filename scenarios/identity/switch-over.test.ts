import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { SipRequest } from "@interpres/sip";
import type { XmppClient } from "@interpres/testkit";
import { serializeElement } from "@interpres/xmpp/xml";
import { eventually } from "../harness/eventually.ts";
import { freePorts } from "../harness/peers.ts";
import { LOCAL, RoadBed } from "../harness/road-bed.ts";
import { isBody } from "../harness/stanzas.ts";
import {
  ALICE,
  ALICE_MAIL,
  addUsers,
  befriend,
  fromOf,
  lastSeen,
  requests,
  say,
  useJids,
  useMailAddresses,
} from "./people.ts";

/** Alice and bob see each other and talk under the JID when mail addresses are switched on, and later off (R73, R77). */
describe("switching mail addresses on while people see each other and talk", () => {
  let bed: RoadBed;
  let alice: XmppClient;
  let switchedAt = 0;
  let impact: unknown;

  before(async () => {
    bed = await RoadBed.start();
    await addUsers(bed, { alice: ALICE_MAIL, carol: undefined });
    alice = await bed.arrive("alice");
    await befriend(bed, alice, ALICE);
    await bed.edge.say("bob", ALICE, "before");
    await alice.waitFor(isBody("before"));
    alice.received.splice(0);
    impact = await bed.node.admin.ask("GET", "/presence-settings/email-impact");
    switchedAt = bed.edge.requests.length;
    await useMailAddresses(bed);
  });

  after(() => bed?.end());

  test("the administrator could read beforehand whom it touches (R65)", () => {
    assert.partialDeepStrictEqual(impact, {
      users: { total: 2, byEmailAddress: 1, byJid: 1 },
      subscriptions: { outbound: 1, inbound: 1 },
      imSessions: 1,
      peers: [{ domain: "contoso.example", outbound: 1, inbound: 1, imSessions: 1 }],
      mailDomains: [{ domain: "mail.example", users: 1 }],
    });
  });

  test("bob is watched under the new name; the dialog in the old name is ended properly (R73e)", async () => {
    await eventually(() => assert.equal(requests(bed, "SUBSCRIBE", switchedAt).length, 2));
    const [first, second] = requests(bed, "SUBSCRIBE", switchedAt);
    const [left, asked] = first?.to.tag === undefined ? [second, first] : [first, second];
    assert.deepEqual([fromOf(left), left?.expires], [ALICE, 0]);
    assert.deepEqual([fromOf(asked), asked?.to.tag], [ALICE_MAIL, undefined]);
    assert.equal(bed.edge.watchers, 1);
  });

  test("who watched the JID is told that there is nobody (R68), and is not let in again", async () => {
    await eventually(() => assert.equal(lastSeen(bed).state, "terminated"));
    assert.match(requests(bed, "NOTIFY", switchedAt).at(-1)?.first("Subscription-State") ?? "", /reason=noresource/);
    assert.equal((await bed.edge.watch("bob", ALICE)).status, 404);
  });

  test("the open conversation is ended; the next words come in a new one, in the new name", async () => {
    await eventually(() => assert.equal(requests(bed, "BYE", switchedAt).length, 1));
    say(alice, "after");
    await eventually(() => assert.equal(bed.edge.texts.at(-1)?.text, "after"));
    assert.equal(bed.edge.texts.at(-1)?.from, ALICE_MAIL);
    assert.equal(fromOf(requests(bed, "INVITE", switchedAt)[0]), ALICE_MAIL);
  });

  test("her client noticed nothing (R74)", async () => {
    alice.send("<iq type='get' id='quiet'><ping xmlns='urn:xmpp:ping'/></iq>");
    await alice.waitFor((stanza) => stanza.name === "iq");
    assert.deepEqual(
      alice.received.map((stanza) => serializeElement(stanza)),
      [],
    );
  });

  test("bob adds her by mail address; she has agreed before and is seen at once", async () => {
    assert.equal((await bed.edge.watch("bob", ALICE_MAIL)).status, 200);
    await eventually(() => assert.match(lastSeen(bed).body, /<basic>open</));
    assert.match(lastSeen(bed).body, new RegExp(`entity="sip:${ALICE_MAIL}"`));
    alice.send("<presence><show>dnd</show></presence>");
    await eventually(() => assert.match(lastSeen(bed).body, /<ep:activity>busy</));
  });

  test("one without a mail address goes on as before", async () => {
    const carol = await bed.arrive("carol");
    say(carol, "I am still I");
    await eventually(() => assert.equal(bed.edge.texts.at(-1)?.from, `carol@${LOCAL}`));
  });

  test("a user who gets a mail address is known by it at once, and by another at once again", async () => {
    for (const mailId of ["carol.b@mail.example", "carol@post.example"]) {
      const skipped = bed.edge.requests.length;
      await bed.node.admin.ask("PUT", `/users/carol@${LOCAL}`, { mailId });
      const carol = await bed.signIn("carol", mailId);
      say(carol, `now ${mailId}`);
      await eventually(() => assert.equal(bed.edge.texts.at(-1)?.text, `now ${mailId}`));
      assert.equal(bed.edge.texts.at(-1)?.from, mailId);
      assert.equal(requests(bed, "BYE", skipped).length, 1);
    }
    assert.equal((await bed.edge.watch("bob", "carol.b@mail.example")).status, 404);
    assert.equal((await bed.edge.watch("bob", "carol@post.example")).status, 200);
  });

  test("switched off again she is known by her JID, on every road", async () => {
    const skipped = bed.edge.requests.length;
    await useJids(bed);
    await eventually(() => {
      const asked = requests(bed, "SUBSCRIBE", skipped).filter(({ to }) => to.tag === undefined);
      assert.deepEqual(asked.map(fromOf), [ALICE]);
    });
    await eventually(() => assert.equal(lastSeen(bed).state, "terminated"));
    say(alice, "as before");
    await eventually(() => assert.equal(bed.edge.texts.at(-1)?.from, ALICE));
    assert.equal((await bed.edge.watch("bob", ALICE_MAIL)).status, 404);
    assert.equal((await bed.edge.watch("bob", ALICE)).status, 200);
  });

  test("the edge found nothing to object to", () => {
    assert.deepEqual(bed.edge.deviations, []);
  });
});

describe("switching while messages are under way", () => {
  let bed: RoadBed;

  before(async () => {
    bed = await RoadBed.start();
    await addUsers(bed, { alice: ALICE_MAIL });
  });

  after(() => bed?.end());

  test("each arrives once and in order, in one name or the other", { timeout: 60_000 }, async () => {
    const alice = await bed.arrive("alice");
    const words = Array.from({ length: 45 }, (_, n) => `word ${n}`);
    for (const word of words.slice(0, 15)) say(alice, word);
    await eventually(() => assert.ok(bed.edge.texts.length > 0));
    await useMailAddresses(bed);
    for (const word of words.slice(15, 30)) say(alice, word);
    await eventually(() => assert.ok(bed.edge.texts.some(({ from }) => from === ALICE_MAIL)));
    await useJids(bed);
    for (const word of words.slice(30)) say(alice, word);
    await eventually(() => assert.equal(bed.edge.texts.length, words.length));
    assert.deepEqual(
      bed.edge.texts.map(({ text }) => text),
      words,
    );
    assert.deepEqual([...new Set(bed.edge.texts.map(({ from }) => from))], [ALICE, ALICE_MAIL]);
    assert.equal(bed.edge.texts.at(-1)?.from, ALICE);
    assert.equal(alice.received.filter((stanza) => stanza.name === "message").length, 0, "something bounced");
  });

  test("a call without an answer is given up and made in the new name, with what it was for", async () => {
    const alice = await bed.arrive("alice");
    await bed.edge.hangUp();
    bed.edge.faults.set("silent=INVITE");
    const skipped = bed.edge.requests.length;
    say(alice, "do not lose me");
    await eventually(() => assert.equal(requests(bed, "INVITE", skipped).length, 1));
    bed.edge.faults.clear("silent");
    await useMailAddresses(bed);
    await eventually(() => assert.equal(bed.edge.texts.at(-1)?.text, "do not lose me"));
    assert.deepEqual(requests(bed, "INVITE", skipped).map(fromOf), [ALICE, ALICE_MAIL]);
    assert.equal(bed.edge.texts.filter(({ text }) => text === "do not lose me").length, 1);
  });
});

describe("switching with many contacts", () => {
  const COUNT = 40;
  let bed: RoadBed;

  before(async () => {
    bed = await RoadBed.start({ ports: await fixedPorts() });
    await addUsers(bed, { alice: ALICE_MAIL });
    const alice = await bed.arrive("alice");
    for (let n = 0; n < COUNT; n += 1) alice.send(`<presence type='subscribe' to='friend${n}@contoso.example'/>`);
    await eventually(async () => assert.equal(await activeWatches(bed), COUNT));
  });

  after(() => bed?.end());

  test("a Microsoft peer gets 20 requests a second at most, a process that is killed meanwhile goes on with it", {
    timeout: 60_000,
  }, async () => {
    const started = bed.edge.requests.length;
    await useMailAddresses(bed);
    await eventually(() => assert.ok(newNames(bed, started).size > 3));
    await bed.node.stop("SIGKILL");
    const killed = bed.edge.requests.length;
    assert.ok(newNames(bed, started).size < COUNT, "it was over before it was killed");
    await bed.node.start();
    await bed.arrive("alice");
    await eventually(() => assert.equal(newNames(bed, started).size, COUNT));
    await eventually(async () => assert.equal(await activeWatches(bed), COUNT));
    // Of a dialog whose first NOTIFY did not get through before the end the node cannot know: the peer finds out.
    for (let n = 0; n < COUNT; n += 1) await bed.edge.setState(`friend${n}`, "available");
    assert.equal(bed.edge.watchers, COUNT, "an old dialog was left standing");
    for (const life of [bed.edge.requests.slice(started, killed), bed.edge.requests.slice(killed)]) {
      // Half a second for a machine that holds the first of them back, as in the test of the restart.
      const leastMs = (life.length / 20) * 1000 - 1500;
      const spanMs = (life.at(-1)?.at ?? 0) - (life[0]?.at ?? 0);
      assert.ok(spanMs >= leastMs, `${life.length} requests within ${Math.round(spanMs)} ms`);
    }
  });
});

/** The contacts that were asked in the new name. */
function newNames(bed: RoadBed, skipped: number): ReadonlySet<string> {
  const asked = requests(bed, "SUBSCRIBE", skipped).filter((request: SipRequest) => fromOf(request) === ALICE_MAIL);
  return new Set(asked.map(({ to }) => to.uri));
}

async function activeWatches(bed: RoadBed): Promise<number> {
  const page = (await bed.node.admin.ask("GET", "/subscriptions?limit=1000")) as {
    readonly items: readonly { readonly state: string }[];
  };
  return page.items.filter(({ state }) => state === "active").length;
}

async function fixedPorts(): Promise<{ readonly sipTls: number; readonly xmppClient: number; readonly admin: number }> {
  const [sipTls = 0, xmppClient = 0, admin = 0] = await freePorts(3);
  return { sipTls, xmppClient, admin };
}
