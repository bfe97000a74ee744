import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import type { XmppClient } from "@interpres/testkit";
import { eventually } from "../harness/eventually.ts";
import { missingPeers, missingRoot } from "../harness/peers.ts";
import { isBody, isPresence } from "../harness/stanzas.ts";
import { InteropBed, LOCAL } from "./interop-bed.ts";
import { KamailioPeer } from "./kamailio-peer.ts";
import { type SipText, SipUser } from "./sip-user.ts";

const DOMAIN = "kam.example";
const FQDN = "sip.kam.example";
const ALICE = `alice@${LOCAL}`;
const BOB = `bob@${DOMAIN}`;
const skip = missingPeers("kamailio", "unshare") || missingRoot();

/** Kamailio 5.6 as a foreign domain: its registrar, presence server and proxy, over mutual TLS, found by DNS SRV. */
describe("Kamailio as a foreign domain", { skip }, () => {
  let bed: InteropBed;
  let kamailio: KamailioPeer;
  let alice: XmppClient;
  let bob: SipUser;

  before(async () => {
    bed = await InteropBed.start();
    const certificate = await bed.authority.issue({ cn: FQDN, dnsNames: [FQDN, DOMAIN], key: "rsa" });
    const authorityPem = bed.node.authorityPem;
    kamailio = await KamailioPeer.prepare({ certificate, authorityPem, nodePort: bed.node.ports.sipTls });
    await bed.federate({ domain: DOMAIN, integrationType: "standard", fqdn: FQDN, port: kamailio.tlsPort });
    alice = await bed.signIn("alice");
    alice.send("<presence/>");
  });

  beforeEach(async () => {
    bob?.close();
    await kamailio.restart();
    bob = await SipUser.connect(kamailio.tcpPort, BOB);
    const registered = await bob.request("REGISTER", BOB, { headers: ["Expires: 600"] });
    assert.match(registered.start, / 200 /);
  });

  after(async () => {
    bob?.close();
    await kamailio?.remove();
    await bed?.end();
  });

  test("messages pass both ways through its proxy", async () => {
    const answer = await bob.request("MESSAGE", ALICE, text("Grüße von Bob <&>"));
    assert.match(answer.start, / 200 /);
    await alice.waitFor(isBody("Grüße von Bob <&>"));
    alice.send(`<message to='${BOB}' type='chat' id='m1'><body>Grüße zurück &lt;&amp;&gt;</body></message>`);
    const received = await bob.received((request) => request.start.startsWith("MESSAGE"));
    assert.equal(received.body, "Grüße zurück <&>");
    assert.match(received.head, /^From:.*<sip:alice@example\.com[;>]/im);
  });

  test("B7: it has records for im: and pres:, refuses these URIs, and is spoken to by sip: ones", async () => {
    for (const service of ["_im", "_pres"]) bed.zone.service(`${service}._sip.${DOMAIN}`, FQDN, kamailio.tlsPort);
    for (const [method, uri] of [
      ["MESSAGE", `im:${BOB}`],
      ["SUBSCRIBE", `pres:${BOB}`],
    ] as const) {
      const refused = await bob.send({ method, uri, to: `<${uri}>`, callId: `abstract-${method}`, sequence: 1 });
      assert.match(refused.start, / 400 Bad Request URI/);
    }
    alice.send(`<message to='${BOB}' type='chat' id='m0'><body>by its own name</body></message>`);
    const received = await bob.received((request) => request.body === "by its own name");
    assert.match(received.head, /^To: *<?sip:bob@kam\.example/im);
  });

  test("its 404 reaches the XMPP sender as an error, and ours the SIP sender", async () => {
    alice.send(`<message to='nobody@${DOMAIN}' type='chat' id='m2'><body>anyone?</body></message>`);
    const error = await alice.waitFor((stanza) => stanza.name === "message" && stanza.attributes.get("id") === "m2");
    assert.equal(error.attributes.get("type"), "error");
    const answer = await bob.request("MESSAGE", `nobody@${LOCAL}`, text("anyone?"));
    assert.match(answer.start, / 404 /);
  });

  test("while it is down the sender hears so; when it is back messages pass again", async () => {
    await kamailio.stop();
    alice.send(`<message to='${BOB}' type='chat' id='m3'><body>into the void</body></message>`);
    const error = await alice.waitFor((stanza) => stanza.name === "message" && stanza.attributes.get("id") === "m3");
    assert.equal(error.attributes.get("type"), "error");
    await kamailio.start();
    bob.close();
    bob = await SipUser.connect(kamailio.tcpPort, BOB);
    await bob.request("REGISTER", BOB, { headers: ["Expires: 600"] });
    await eventually(async () => {
      alice.send(`<message to='${BOB}' type='chat'><body>back again</body></message>`);
      await bob.received((request) => request.body === "back again", 500);
    });
  });

  test("our user watches its user: open after PUBLISH, then closed, then unsubscribed", async () => {
    const first = await publish(bob, "open");
    alice.send(`<presence type='subscribe' to='${BOB}'/>`);
    await alice.waitFor((stanza) => isPresence(stanza, "subscribed", BOB));
    await alice.waitFor((stanza) => isPresence(stanza, undefined, BOB));
    const second = await publish(bob, "closed", first);
    await alice.waitFor((stanza) => isPresence(stanza, "unavailable", BOB));
    alice.send(`<presence type='unsubscribe' to='${BOB}'/>`);
    await eventually(async () => assert.deepEqual(await liveSubscriptions(bed), []));
    await publish(bob, "open", second);
    const error = alice.waitFor((stanza) => isPresence(stanza, undefined, BOB), 300);
    await assert.rejects(error, "a NOTIFY came after the end");
  });

  test("its user watches our user: NOTIFYs come back over the recorded route", async () => {
    const accepted = await bob.request("SUBSCRIBE", ALICE, {
      headers: ["Event: presence", "Accept: application/pidf+xml", "Expires: 600"],
    });
    assert.match(accepted.start, / 20[02] /);
    await alice.waitFor((stanza) => isPresence(stanza, "subscribe", BOB));
    alice.send(`<presence type='subscribed' to='${BOB}'/>`);
    await bob.received(documentWith(/<(\w+:)?basic>open</));
    alice.send("<presence><show>away</show></presence>");
    await bob.received(documentWith(/away/));
    alice.send("<presence type='unavailable'/>");
    await bob.received(documentWith(/<(\w+:)?basic>closed</));
    alice.send("<presence/>");
    await bob.received(documentWith(/<(\w+:)?basic>open</));
  });
});

function text(body: string): { readonly headers: readonly string[]; readonly body: string } {
  return { headers: ["Content-Type: text/plain; charset=UTF-8"], body };
}

function documentWith(expected: RegExp): (request: SipText) => boolean {
  return (request) => request.start.startsWith("NOTIFY") && expected.test(request.body);
}

async function liveSubscriptions(bed: InteropBed): Promise<readonly unknown[]> {
  const answer = (await bed.node.admin.ask("GET", "/subscriptions")) as { readonly items: readonly unknown[] };
  return answer.items;
}

/** Resolves with the entity tag that the next publication replaces (RFC 3903 §4.1). */
async function publish(user: SipUser, basic: "open" | "closed", replaced?: string): Promise<string> {
  const body = `<?xml version="1.0" encoding="UTF-8"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:${user.address}"><tuple id="t1"><status><basic>${basic}</basic></status></tuple></presence>`;
  const headers = ["Event: presence", "Expires: 600", "Content-Type: application/pidf+xml"];
  const match = replaced === undefined ? [] : [`SIP-If-Match: ${replaced}`];
  const answer = await user.request("PUBLISH", user.address, { headers: [...headers, ...match], body });
  assert.match(answer.start, / 200 /);
  return /^SIP-ETag: *(\S+)/im.exec(answer.head)?.[1] ?? "";
}
