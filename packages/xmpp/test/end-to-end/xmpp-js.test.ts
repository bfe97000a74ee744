import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setDefaultCACertificates } from "node:tls";
import { TestCertificateAuthority } from "@interpres/testkit";
import { xml } from "@xmpp/client";
import { bare, stanza } from "../world.ts";
import { JsBed } from "./js-bed.ts";
import { JsClient } from "./js-client.ts";

const [ALICE, CAROL, BOB] = ["alice@local.example", "carol@local.example", "bob@sip.example"];

async function logout({ client }: JsClient): Promise<void> {
  client.reconnect.stop();
  await client.stop();
}

function chat(to: string, body: string): ReturnType<typeof xml> {
  return xml("message", { to, type: "chat" }, xml("body", {}, body));
}

const authority = await TestCertificateAuthority.create();
setDefaultCACertificates([authority.certPem]);
const certificate = await authority.issue({ cn: "local.example", dnsNames: ["local.example", "localhost"] });

for (const transport of ["STARTTLS", "WebSocket"] as const) {
  describe(`xmpp.js over ${transport}, SCRAM and stream management`, { timeout: 120_000 }, () => {
    const bed = new JsBed(transport, certificate);
    before(() => bed.start());
    after(() => bed.end());

    test("a wrong password does not log in", async () => {
      const client = new JsClient(bed.service, { username: "alice", resource: "x", password: "wrong" });
      await assert.rejects(client.client.start(), /not-authorized/);
      client.client.reconnect.stop();
      await client.client.stop();
    });

    test("subscription both ways, presence, messages", async () => {
      const [alice, carol] = [await bed.login("alice", "desk"), await bed.login("carol", "one")];
      await alice.client.send(xml("presence", { to: CAROL, type: "subscribe" }));
      await carol.presence(ALICE, "subscribe");
      await carol.client.send(xml("presence", { to: ALICE, type: "subscribed" }));
      await alice.presence(CAROL, "subscribed");
      await alice.presence(`${CAROL}/one`);
      const roster = await alice.client.iqCaller.get(xml("query", "jabber:iq:roster"));
      const [item] = roster?.getChildren("item") ?? [];
      assert.deepEqual([item?.attrs.jid, item?.attrs.subscription], [CAROL, "to"]);
      await alice.client.send(chat(`${CAROL}/one`, "hello carol"));
      assert.equal((await carol.message("hello carol")).attrs.from, `${ALICE}/desk`);
      await carol.client.send(chat(`${ALICE}/desk`, "hello alice"));
      await alice.message("hello alice");
      await logout(carol);
      await alice.presence(`${CAROL}/one`, "unavailable");
      await logout(alice);
    });

    test("a message while away comes at the next login, once, with its stamp", async () => {
      const alice = await bed.login("alice", "desk");
      await alice.client.send(chat(CAROL, "while you were away"));
      await alice.client.iqCaller.get(xml("ping", "urn:xmpp:ping"));
      const carol = await bed.login("carol", "one");
      const got = await carol.message("while you were away");
      assert.equal(got.getChild("delay", "urn:xmpp:delay")?.attrs.from, "local.example");
      await carol.client.iqCaller.get(xml("ping", "urn:xmpp:ping"));
      await Promise.all([logout(alice), logout(carol)]);
      assert.equal((await bed.repositories.offline.load(CAROL)).length, 0);
    });

    test("carbons of what the other device sends and gets", async () => {
      const [desk, phone] = [await bed.login("alice", "desk"), await bed.login("alice", "phone")];
      await phone.client.iqCaller.set(xml("enable", "urn:xmpp:carbons:2"));
      const carol = await bed.login("carol", "one");
      await desk.client.send(chat(`${CAROL}/one`, "from the desk"));
      await carol.message("from the desk");
      await phone.next((stanza) => stanza.getChild("sent", "urn:xmpp:carbons:2") !== undefined);
      await carol.client.send(chat(`${ALICE}/desk`, "to the desk"));
      const copy = await phone.next((stanza) => stanza.getChild("received", "urn:xmpp:carbons:2") !== undefined);
      assert.equal(copy.attrs.from, ALICE);
      await Promise.all([desk, phone, carol].map(logout));
    });

    test("a broken connection resumes: nothing is lost, contacts see nothing", async () => {
      const [alice, carol] = [await bed.login("alice", "desk"), await bed.login("carol", "one")];
      await carol.client.iqCaller.get(xml("ping", "urn:xmpp:ping"));
      const resumed = carol.breakAndResume();
      await alice.client.send(chat(`${CAROL}/one`, "into the gap"));
      await resumed;
      await carol.message("into the gap");
      assert.equal(bed.server.local.availability(bare(CAROL), bare(BOB)).length, 1);
      await Promise.all([logout(alice), logout(carol)]);
    });

    test("to and from the gateway", async () => {
      const carol = await bed.login("carol", "one");
      bed.gateway.take();
      await carol.client.send(chat(BOB, "over there"));
      await carol.client.iqCaller.get(xml("ping", "urn:xmpp:ping"));
      assert.deepEqual(bed.gateway.flow(), [`message chat ${CAROL}/one > ${BOB}`]);
      await logout(carol);
    });
    test("stopping the server stores what a client waiting to resume has not got", async () => {
      const carol = await bed.login("carol", "one");
      await carol.client.iqCaller.get(xml("ping", "urn:xmpp:ping"));
      carol.client.reconnect.stop();
      carol.breakOff();
      while (bed.server.sessions().some(({ state }) => state === "connected"))
        await new Promise((resolve) => setTimeout(resolve, 5));
      const message = stanza(`<message from='${BOB}' to='${CAROL}' type='chat'><body>late</body></message>`);
      assert.ok(message.kind === "message");
      const outcomes: string[] = [];
      bed.server.local.deliver(message, ({ kind }) => outcomes.push(kind));
      await bed.stop();
      assert.deepEqual(outcomes, ["stored"]);
      assert.equal((await bed.repositories.offline.load(CAROL)).length, 1);
    });

    test("a restarted listener serves again, with what was stored", async () => {
      await bed.listen();
      const carol = await bed.login("carol", "again");
      await carol.message("late");
      await logout(carol);
    });
  });
}
