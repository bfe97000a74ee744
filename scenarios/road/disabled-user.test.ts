import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { XmppClient } from "@interpres/testkit";
import { attribute } from "@interpres/xmpp/xml";
import { eventually } from "../harness/eventually.ts";
import { FOREIGN, LOCAL, PASSWORD, RoadBed } from "../harness/road-bed.ts";
import { isPresence } from "../harness/stanzas.ts";

const ALICE = `alice@${LOCAL}`;
const BOB = `bob@${FOREIGN}`;

/** What a Microsoft edge is told of a user whom an administrator switches off and on again. */
describe("a user with contacts behind a Microsoft edge who is disabled", () => {
  let bed: RoadBed;
  let alice: XmppClient;

  before(async () => {
    bed = await RoadBed.start();
    await bed.edge.setState("bob", "available");
    alice = await signIn();
    alice.send(`<presence type='subscribe' to='${BOB}'/>`);
    await alice.waitFor((stanza) => isPresence(stanza, undefined, BOB));
    await bed.edge.watch("bob", ALICE);
    alice.send(`<presence type='subscribed' to='${BOB}'/>`);
    await eventually(() => assert.match(bed.edge.seen.at(-1)?.body ?? "", /<basic>open<\/basic>/));
    alice.send(`<message to='${BOB}' type='chat'><body>hello</body></message>`);
    await eventually(() => assert.equal(bed.edge.texts.length, 1));
  });
  after(() => bed?.end());

  async function signIn(): Promise<XmppClient> {
    const client = await bed.signIn("alice");
    client.send("<iq type='get' id='r1'><query xmlns='jabber:iq:roster'/></iq>");
    await client.waitFor((stanza) => attribute(stanza, "id") === "r1");
    client.send("<presence/>");
    return client;
  }

  const sent = (method: string, expected: RegExp) =>
    bed.edge.requests.filter(
      ({ message }) => message.method === method && expected.test(message.first("Expires") ?? ""),
    );

  test("she is signed out and kept out", async () => {
    const ended = alice.waitFor(({ name }) => name === "error");
    await bed.node.admin.ask("PUT", `/users/${ALICE}`, { enabled: false });
    await ended;
    const at = { port: bed.node.ports.xmppClient, domain: LOCAL };
    await assert.rejects(XmppClient.login(at, { user: "alice", password: PASSWORD }), { message: "account-disabled" });
  });

  test("bob sees her offline, on the subscription he has", async () => {
    await eventually(() => assert.match(bed.edge.seen.at(-1)?.body ?? "", /<basic>closed<\/basic>/));
    assert.notEqual(bed.edge.seen.at(-1)?.state, "terminated");
    assert.equal(bed.edge.watchers, 0, "nobody of ours watches him");
  });

  test("her watch of him ends with Expires 0, her conversation with BYE", async () => {
    await eventually(() => assert.equal(sent("SUBSCRIBE", /^0$/).length, 1));
    await eventually(() => assert.equal(sent("BYE", /^$/).length, 1));
  });

  test("what he writes to her is answered 480", async () => {
    await assert.rejects(bed.edge.say("bob", ALICE, "are you there?"), /480/);
  });

  test("enabled again and signed in, both see each other without asking", async () => {
    await bed.node.admin.ask("PUT", `/users/${ALICE}`, { enabled: true });
    const back = await signIn();
    await back.waitFor((stanza) => isPresence(stanza, undefined, BOB));
    await eventually(() => assert.match(bed.edge.seen.at(-1)?.body ?? "", /<basic>open<\/basic>/));
    assert.deepEqual(bed.edge.deviations, []);
  });
});
