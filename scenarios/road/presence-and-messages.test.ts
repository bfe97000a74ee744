import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { XmppClient } from "@interpres/testkit";
import { attribute, child } from "@interpres/xmpp/xml";
import { eventually } from "../harness/eventually.ts";
import { FOREIGN, LOCAL, RoadBed } from "../harness/road-bed.ts";
import { isBody, isPresence, sender, showOf } from "../harness/stanzas.ts";

const ALICE = `alice@${LOCAL}`;
const CHAT_STATES = "http://jabber.org/protocol/chatstates";
const BOB = `bob@${FOREIGN}`;

/** A local user and a user behind a Microsoft edge, found by DNS SRV, over mutual TLS; nothing in between is faked. */
describe("the road between an XMPP user and a user of a Microsoft SIP domain", () => {
  let bed: RoadBed;
  let alice: XmppClient;

  before(async () => {
    bed = await RoadBed.start();
    alice = await bed.signIn("alice");
    alice.send("<iq type='get' id='r1'><query xmlns='jabber:iq:roster'/></iq>");
    await alice.waitFor((stanza) => attribute(stanza, "id") === "r1");
    alice.send("<presence/>");
  });

  after(() => bed?.end());

  test("alice adds bob and sees him come, be busy and go", async () => {
    await bed.edge.setState("bob", "available");
    alice.send(`<presence type='subscribe' to='${BOB}'/>`);
    await alice.waitFor((stanza) => isPresence(stanza, "subscribed"));
    await alice.waitFor((stanza) => isPresence(stanza, undefined, BOB));
    await bed.edge.setState("bob", "busy");
    const busy = await alice.waitFor((stanza) => isPresence(stanza, undefined, BOB));
    assert.equal(showOf(busy), "away");
    await bed.edge.setState("bob", "offline");
    await alice.waitFor((stanza) => isPresence(stanza, "unavailable", BOB));
  });

  test("bob adds alice: she is asked, and only then is she seen", async () => {
    const response = await bed.edge.watch("bob", ALICE);
    assert.equal(response.status, 200);
    await alice.waitFor((stanza) => isPresence(stanza, "subscribe", BOB));
    assert.match(await lastDocument(bed), /<basic>closed<\/basic>/);
    alice.send(`<presence type='subscribed' to='${BOB}'/>`);
    await eventually(async () => assert.match(await lastDocument(bed), /<basic>open<\/basic>/));
    const before = bed.edge.seen.length;
    alice.send("<presence><show>dnd</show></presence>");
    await eventually(async () => assert.match(await lastDocument(bed), /<ep:activity>busy<\/ep:activity>/));
    assert.equal(bed.edge.seen.length, before + 1, "exactly one NOTIFY for one change");
  });

  test("a conversation that bob begins: his first words arrive once, typing both ways, alice's answer on the same session", async () => {
    await bed.edge.say("bob", ALICE, "Good morning");
    const first = await alice.waitFor(isBody("Good morning"));
    assert.equal(sender(first), BOB);
    await bed.edge.type("bob", ALICE, "type");
    await alice.waitFor((stanza) => stanza.name === "message" && child(stanza, "composing", CHAT_STATES) !== undefined);
    alice.send(`<message to='${BOB}' type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>`);
    await eventually(async () => assert.equal(bed.edge.typing.at(-1)?.status, "type"));
    alice.send(`<message to='${BOB}' type='chat' id='a1'><body>Good morning, Bob</body></message>`);
    await eventually(async () =>
      assert.deepEqual(bed.edge.texts.at(-1), { from: ALICE, to: BOB, text: "Good morning, Bob" }),
    );
    const again = alice.received.filter(isBody("Good morning"));
    assert.equal(again.length, 0, "the first message came a second time");
    await bed.edge.hangUp();
  });

  test("a conversation that alice begins: INVITE, then each text in order", async () => {
    const before = bed.edge.texts.length;
    for (const word of ["one", "two", "three"])
      alice.send(`<message to='${BOB}' type='chat'><body>${word}</body></message>`);
    await eventually(async () => assert.equal(bed.edge.texts.length, before + 3));
    assert.deepEqual(
      bed.edge.texts.slice(before).map((each) => each.text),
      ["one", "two", "three"],
    );
  });

  test("the edge found nothing to object to", () => {
    assert.deepEqual(bed.edge.deviations, []);
  });
});

async function lastDocument(bed: RoadBed): Promise<string> {
  await eventually(async () => assert.ok(bed.edge.seen.length > 0, "no NOTIFY came"));
  return bed.edge.seen.at(-1)?.body ?? "";
}
