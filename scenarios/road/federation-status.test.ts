import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type FederationStatus, federationStatusPath, lampNames } from "@interpres/admin-api";
import type { XmppClient } from "@interpres/testkit";
import { attribute, child, type Element, text } from "@interpres/xmpp/xml";
import { CommandLine } from "../harness/command-line.ts";
import { eventually } from "../harness/eventually.ts";
import { FOREIGN, LOCAL, RoadBed } from "../harness/road-bed.ts";

const ALICE = `alice@${LOCAL}`;
const BOB = `bob@${FOREIGN}`;

/** Four lamps by what really passed between a node and a Microsoft edge; each test goes on from the one before. */
describe("the lamps of a federated domain", () => {
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

  const status = async () => (await bed.node.admin.ask("GET", federationStatusPath(FOREIGN))) as FederationStatus;
  const are = (...states: readonly string[]) =>
    eventually(async () => {
      const lamps = await status();
      assert.deepEqual(
        lampNames.map((name) => lamps[name].state),
        states,
      );
    });
  const say = (words: string) => alice.send(`<message to='${BOB}' type='chat'><body>${words}</body></message>`);

  test("nothing has passed: all are idle", async () => {
    await are("idle", "idle", "idle", "idle");
    assert.equal((await bed.node.admin.try("GET", federationStatusPath("nobody.example"))).status, 404);
  });

  test("alice watches bob, bob watches alice, each writes: one lamp after the other is ok", async () => {
    await bed.edge.setState("bob", "available");
    alice.send(`<presence type='subscribe' to='${BOB}'/>`);
    await alice.waitFor((stanza) => attribute(stanza, "type") === "subscribed");
    await are("idle", "ok", "idle", "idle");
    await bed.edge.watch("bob", ALICE);
    await are("ok", "ok", "idle", "idle");
    await bed.edge.say("bob", ALICE, "Good morning");
    await alice.waitFor(isBody("Good morning"));
    await are("ok", "ok", "ok", "idle");
    say("Good morning, Bob");
    await are("ok", "ok", "ok", "ok");
    assert.equal((await status()).imOut.lastSuccess?.user, ALICE);
  });

  test("the edge refuses what alice writes: IM out is failing with its status, and the rest is as it was", async () => {
    bed.edge.faults.set("answer=MESSAGE:403");
    say("Are you there?");
    await are("ok", "ok", "ok", "failing");
    const { lastSuccess, lastFailure } = (await status()).imOut;
    assert.deepEqual([lastFailure?.status, lastFailure?.user], [403, ALICE]);
    assert.ok((lastSuccess?.at ?? "") <= (lastFailure?.at ?? ""));
    const line = new CommandLine(bed.node);
    assert.match(await line.do("domain", "status", FOREIGN), /^IM out +failing .*403/m);
    assert.deepEqual(await line.json("domain", "status", FOREIGN), await status());
  });

  test("a restart forgets none of it; a domain that is removed and added again begins dark", async () => {
    const before = await status();
    await bed.node.stop();
    await bed.node.start();
    assert.deepEqual((await status()).imOut, before.imOut);
    await bed.node.admin.ask("DELETE", `/sip-federated-domains/${FOREIGN}`);
    assert.equal((await bed.node.admin.try("GET", federationStatusPath(FOREIGN))).status, 404);
    await bed.node.admin.ask("POST", "/sip-federated-domains", { domain: FOREIGN, integrationType: "microsoft" });
    assert.equal((await status()).imOut.state, "idle");
  });
});

function isBody(words: string): (stanza: Element) => boolean {
  return (stanza) => {
    const body = stanza.name === "message" ? child(stanza, "body") : undefined;
    return body !== undefined && text(body) === words;
  };
}
