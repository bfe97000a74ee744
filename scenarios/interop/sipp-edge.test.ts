import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { XmppClient } from "@interpres/testkit";
import { child, serializeElement } from "@interpres/xmpp/xml";
import { missingPeers } from "../harness/peers.ts";
import { isBody, isPresence, showOf } from "../harness/stanzas.ts";
import { InteropBed } from "./interop-bed.ts";
import { SippEdge } from "./sipp-edge.ts";

const DOMAIN = "contoso.example";
const FQDN = "sip.contoso.example";
const BOB = `bob@${DOMAIN}`;
const skip = missingPeers("sipp", "stunnel4");

/** SIPp plays the edge of a Microsoft domain: its own parser and its own opinion of what is right. */
describe("SIPp and stunnel as a Microsoft edge", { skip }, () => {
  let bed: InteropBed;
  let edge: SippEdge;
  let alice: XmppClient;

  before(async () => {
    bed = await InteropBed.start();
    const certificate = await bed.authority.issue({ cn: FQDN, dnsNames: [FQDN, DOMAIN] });
    const authorityPem = bed.node.authorityPem;
    edge = await SippEdge.start({ certificate, authorityPem, nodePort: bed.node.ports.sipTls });
    await bed.federate({ domain: DOMAIN, integrationType: "microsoft", fqdn: FQDN, port: edge.tlsPort });
    alice = await bed.signIn("alice");
    alice.send("<presence/>");
  });

  after(async () => {
    await edge?.end();
    await bed?.end();
  });

  test("it is watched: its NOTIFY is understood, and the subscription ends when alice takes it back", async () => {
    const peer = await edge.await("presence-watched");
    alice.send(`<presence type='subscribe' to='${BOB}'/>`);
    await alice.waitFor((stanza) => isPresence(stanza, undefined, BOB) && showOf(stanza) === "away");
    alice.send(`<presence type='unsubscribe' to='${BOB}'/>`);
    assert.equal(await peer.exit(), 0, peer.output);
  });

  test("it calls: the text arrives once, from the MESSAGE, then typing", async () => {
    const peer = edge.call("session-calls");
    const first = await alice.waitFor(isBody("Good morning from SIPp"));
    assert.match(first.attributes.get("from") ?? "", /^bob@contoso\.example/);
    await alice.waitFor((stanza) => child(stanza, "composing", "http://jabber.org/protocol/chatstates") !== undefined);
    assert.equal(await peer.exit(), 0, peer.output);
    assert.deepEqual(alice.received.filter(isBody("Good morning from SIPp")), []);
  });

  test("it watches: 200 without Microsoft's tags, then NOTIFYs in Microsoft's flavour until it unsubscribes", async () => {
    const notified = await edge.await("presence-notified");
    const watcher = edge.call("presence-watches");
    await alice.waitFor((stanza) => isPresence(stanza, "subscribe", BOB));
    await pause(300);
    alice.send(`<presence type='subscribed' to='${BOB}'/>`);
    await pause(300);
    alice.send("<presence><show>dnd</show></presence>");
    assert.equal(await watcher.exit(), 0, watcher.output);
    assert.equal(await notified.exit(), 0, notified.output);
  });

  test("it is called: rings, answers, gets the text as MESSAGE and hangs up", async () => {
    const peer = await edge.await("session-called");
    alice.send(`<message to='${BOB}' type='chat' id='m1'><body>Hello SIPp</body></message>`);
    assert.equal(await peer.exit(), 0, peer.output);
  });

  test("it has lost the session: after 481 the same text comes in a new one", async () => {
    const peer = await edge.await("session-dead", 2);
    alice.send(`<message to='${BOB}' type='chat' id='m3'><body>Hello again</body></message>`);
    assert.equal(await peer.exit(), 0, peer.output);
    assert.deepEqual(
      alice.received.filter(({ attributes }) => attributes.get("id") === "m3"),
      [],
    );
  });

  test("it is called and busy: alice learns that her text did not get there", async () => {
    const peer = await edge.await("session-busy");
    alice.send(`<message to='${BOB}' type='chat' id='m2'><body>Are you there?</body></message>`);
    const error = await alice.waitFor(({ name, attributes }) => name === "message" && attributes.get("id") === "m2");
    assert.equal(error.attributes.get("type"), "error");
    assert.match(serializeElement(error), /486/);
    assert.equal(await peer.exit(), 0, peer.output);
  });
});
