import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { XmppClient } from "@interpres/testkit";
import { attribute, child, el } from "@interpres/xmpp/xml";
import { eventually } from "../harness/eventually.ts";
import { LOCAL, RoadBed } from "../harness/road-bed.ts";
import { isPresence } from "../harness/stanzas.ts";
import { ALICE, addUsers, BOB, lastSeen } from "./people.ts";

const EVE = "eve@contoso.example";
const CAROL = `carol@${LOCAL}`;

/** The settings act on people who are signed in, from one stanza to the next (facts B2.8). */
describe("presence settings on a running node", () => {
  let bed: RoadBed;
  let alice: XmppClient;
  let carol: XmppClient;

  before(async () => {
    bed = await RoadBed.start();
    await addUsers(bed, { alice: undefined, carol: undefined, dora: undefined });
    alice = await bed.arrive("alice");
    carol = await bed.arrive("carol");
  });

  after(() => bed?.end());

  const set = (settings: object) => bed.node.admin.ask("PATCH", "/presence-settings", settings);

  test("a user has as many watchers as allowed; the next is refused by SIP, and let in when there is room", async () => {
    await set({ maxWatchers: 1 });
    assert.equal((await bed.edge.watch("bob", ALICE)).status, 200);
    await alice.waitFor((stanza) => isPresence(stanza, "subscribe", BOB));
    alice.send(`<presence type='subscribed' to='${BOB}'/>`);
    await eventually(() => assert.match(lastSeen(bed).body, /<basic>open</));
    const refused = await bed.edge.watch("eve", ALICE);
    assert.deepEqual([refused.status, refused.reason], [403, "Too Many Watchers"]);
    assert.equal((await bed.edge.watch("bob", ALICE)).status, 200);
    await set({ maxWatchers: 2 });
    assert.equal((await bed.edge.watch("eve", ALICE)).status, 200);
    await alice.waitFor((stanza) => isPresence(stanza, "subscribe", EVE));
  });

  test("and by XMPP", async () => {
    await set({ maxWatchers: 1 });
    carol.send(`<presence type='subscribe' to='${ALICE}'/>`);
    const refusal = await carol.waitFor((stanza) => isPresence(stanza, "unsubscribed", ALICE));
    assert.ok(child(refusal, "status") !== undefined);
    await set({ maxWatchers: null });
    carol.send(`<presence type='subscribe' to='${ALICE}'/>`);
    await alice.waitFor((stanza) => isPresence(stanza, "subscribe", CAROL));
  });

  test("users see each other without asking where that is allowed; foreign ones still ask", async () => {
    await set({ allowWithoutApproval: true });
    const dora = await bed.arrive("dora");
    dora.send(`<presence type='subscribe' to='${CAROL}'/>`);
    await dora.waitFor((stanza) => isPresence(stanza, undefined, CAROL));
    assert.equal(carol.received.filter((stanza) => isPresence(stanza, "subscribe")).length, 0);
    assert.equal((await bed.edge.watch("bob", CAROL)).status, 200);
    await carol.waitFor((stanza) => isPresence(stanza, "subscribe", BOB));
    await set({ allowWithoutApproval: false });
    dora.send(`<presence type='subscribe' to='${ALICE}'/>`);
    await alice.waitFor((stanza) => isPresence(stanza, "subscribe", `dora@${LOCAL}`));
  });

  test("a contact list is as long as allowed", async () => {
    const add = (jid: string) =>
      carol.request("set", el("query", "jabber:iq:roster", {}, el("item", "jabber:iq:roster", { jid })));
    await set({ maxContactListSize: 1 });
    assert.equal(attribute(await add("one@contoso.example"), "type"), "error");
    await set({ maxContactListSize: null });
    assert.equal(attribute(await add("one@contoso.example"), "type"), "result");
  });
});
