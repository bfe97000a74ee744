import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { XmppClient } from "@interpres/testkit";
import { attribute, child } from "@interpres/xmpp/xml";
import { eventually } from "../harness/eventually.ts";
import { FOREIGN, LOCAL, RoadBed } from "../harness/road-bed.ts";
import { bodyOf, isPresence, sender } from "../harness/stanzas.ts";
import { PEER_AUTH, type ShownContext } from "../harness/tls-bed.ts";

const ALICE = `alice@${LOCAL}`;
const BOB = `bob@${FOREIGN}`;

interface ShownConnection {
  readonly id: string;
  readonly tls: {
    readonly version: string;
    readonly cipher: string;
    readonly generation: number;
    readonly isCurrent: boolean;
  };
}

/** R54: a context is changed while presence and messages pass; what stands under the old one is counted, then drained. */
describe("changing a TLS context under traffic", () => {
  let bed: RoadBed;
  let alice: XmppClient;

  before(async () => {
    bed = await RoadBed.start();
    alice = await bed.signIn("alice");
    alice.send("<iq type='get' id='r1'><query xmlns='jabber:iq:roster'/></iq>");
    await alice.waitFor((stanza) => attribute(stanza, "id") === "r1");
    alice.send("<presence/>");
    await bed.edge.setState("bob", "available");
    alice.send(`<presence type='subscribe' to='${BOB}'/>`);
    await alice.waitFor((stanza) => isPresence(stanza, undefined, BOB));
    await bed.edge.watch("bob", ALICE);
    alice.send(`<presence type='subscribed' to='${BOB}'/>`);
    await eventually(() => assert.match(bed.edge.seen.at(-1)?.body ?? "", /open/));
  });
  after(() => bed?.end());

  const effective = async () =>
    ((await bed.node.admin.ask("GET", `/tls-contexts/${PEER_AUTH}`)) as ShownContext).effective;
  const connections = async () =>
    ((await bed.node.admin.ask("GET", "/connections")) as { readonly items: readonly ShownConnection[] }).items;

  test("R54: new connections get the changed context, those that exist stay and are counted", async () => {
    const open = await connections();
    assert.ok(open.length >= 2, "one of each direction");
    assert.ok(open.every(({ tls }) => tls.version === "TLSv1.3" && tls.isCurrent));
    const { generation } = await effective();
    const cipher = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";
    const ciphers = [cipher, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"];
    await bed.node.admin.ask("PUT", `/tls-contexts/${PEER_AUTH}`, { ciphers });
    const after = await effective();
    assert.equal(after.generation, Number(generation) + 1);
    assert.deepEqual(after.openConnections, { current: 0, older: open.length, draining: 0 });
    assert.deepEqual((await connections()).map(({ id }) => id).sort(), open.map(({ id }) => id).sort());
  });

  test("selecting another subject is no new generation: nothing of a handshake is different", async () => {
    const { generation } = await effective();
    await bed.node.admin.ask("POST", "/tls-peer-subjects", { name: "other.example" });
    const { peerSubjects } = (await bed.node.admin.ask("GET", `/tls-contexts/${PEER_AUTH}`)) as ShownContext;
    await bed.node.admin.ask("PUT", `/tls-contexts/${PEER_AUTH}`, { peerSubjects: [...peerSubjects, "other.example"] });
    assert.equal((await effective()).generation, generation);
  });

  test("R54: the old ones drain under traffic, no message is lost or doubled, and dialogs go on over new ones", async () => {
    const before = new Set((await connections()).map(({ id }) => id));
    const sent = Array.from({ length: 30 }, (_, index) => `word ${index}`);
    const heard = (): readonly string[] =>
      alice.received.filter((stanza) => sender(stanza) === BOB).flatMap((stanza) => bodyOf(stanza) ?? []);
    const texts = bed.edge.texts.length;
    for (const [index, word] of sent.entries()) {
      if (index === 5) await bed.node.admin.ask("POST", `/tls-contexts/${PEER_AUTH}/drain`);
      alice.send(`<message to='${BOB}' type='chat'><body>${word}</body></message>`);
      await bed.edge.say("bob", ALICE, word);
    }
    await eventually(() =>
      assert.deepEqual(
        bed.edge.texts.slice(texts).map((each) => each.text),
        sent,
      ),
    );
    await eventually(() => assert.deepEqual(heard(), sent));
    await eventually(async () => assert.equal((await connections()).filter(({ id }) => before.has(id)).length, 0));
    const { openConnections } = await effective();
    assert.deepEqual(openConnections, { ...(openConnections as object), older: 0, draining: 0 });
    await bed.edge.setState("bob", "busy");
    await alice.waitFor((stanza) => isPresence(stanza, undefined, BOB) && child(stanza, "show") !== undefined);
    const documents = bed.edge.seen.length;
    alice.send("<presence><show>dnd</show></presence>");
    await eventually(() => assert.equal(bed.edge.seen.length, documents + 1));
    assert.ok((await connections()).every(({ tls }) => tls.version === "TLSv1.2" && tls.isCurrent));
    assert.deepEqual(bed.edge.deviations, []);
  });

  test("a drain is in the audit log, and is no auditor's to order", async () => {
    const audit = (await bed.node.admin.ask("GET", "/audit")) as {
      readonly items: readonly { readonly action: string }[];
    };
    assert.ok(audit.items.some(({ action }) => action === "drain"));
    assert.equal((await bed.node.admin.try("POST", "/tls-contexts/Mine/drain")).status, 404);
  });
});
