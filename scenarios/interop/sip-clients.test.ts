import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { XmppClient } from "@interpres/testkit";
import { eventually } from "../harness/eventually.ts";
import { missingPeers, missingRoot } from "../harness/peers.ts";
import { isBody, isPresence } from "../harness/stanzas.ts";
import { BaresipClient } from "./clients/baresip-client.ts";
import { LibpurpleClient } from "./clients/libpurple-client.ts";
import { InteropBed, LOCAL } from "./interop-bed.ts";
import { KamailioPeer } from "./kamailio-peer.ts";

const DOMAIN = "kam.example";
const FQDN = "sip.kam.example";
const ALICE = `alice@${LOCAL}`;
/** pidgin-sipe lies in a folder of its own, and brings libpurple along. */
const PURPLE = ["python3", "/usr/lib/purple-2"];
const DAVE = `dave@${DOMAIN}`;
const SUBSCRIBE_LIMIT_MS = 15_000;
const skip = missingPeers("kamailio", "unshare", "baresip", ...PURPLE) || missingRoot();

/** Clients that nobody here wrote, registered at Kamailio, which federates with the node over mutual TLS by a static route. */
describe("SIP clients that people use, at Kamailio", { skip }, () => {
  let bed: InteropBed;
  let kamailio: KamailioPeer;
  let alice: XmppClient;
  let simple: LibpurpleClient;

  before(async () => {
    bed = await InteropBed.start();
    const certificate = await bed.authority.issue({ cn: FQDN, dnsNames: [FQDN, DOMAIN], key: "rsa" });
    const authorityPem = bed.node.authorityPem;
    kamailio = await KamailioPeer.prepare({ certificate, authorityPem, nodePort: bed.node.ports.sipTls });
    await bed.federateByRoute({ domain: DOMAIN, integrationType: "standard", fqdn: FQDN, port: kamailio.tlsPort });
    await kamailio.start();
    alice = await bed.signIn("alice");
    alice.send("<presence/>");
    // It subscribes ten seconds after it has registered: time for another test.
    simple = await LibpurpleClient.signIn("prpl-simple", DAVE, kamailio.tcpPort);
    await simple.watch(ALICE);
  });

  after(async () => {
    await simple?.end();
    await kamailio?.remove();
    await bed?.end();
  });

  async function approve(contact: string): Promise<void> {
    await alice.waitFor((stanza) => isPresence(stanza, "subscribe", contact), SUBSCRIBE_LIMIT_MS);
    alice.send(`<presence type='subscribed' to='${contact}'/>`);
  }

  async function watch(contact: string): Promise<void> {
    alice.send(`<presence type='subscribe' to='${contact}'/>`);
    await alice.waitFor((stanza) => isPresence(stanza, "subscribed", contact));
    await alice.waitFor((stanza) => isPresence(stanza, undefined, contact));
  }

  function say(contact: string, body: string): void {
    alice.send(`<message to='${contact}' type='chat'><body>${body}</body></message>`);
  }

  test("baresip: presence and messages pass both ways", async () => {
    const carl = `carl@${DOMAIN}`;
    const baresip = await BaresipClient.signIn({ address: carl, serverPort: kamailio.tcpPort, contact: ALICE });
    try {
      await approve(carl);
      await baresip.sees("Online");
      alice.send("<presence><show>dnd</show></presence>");
      await baresip.sees("Busy");
      alice.send("<presence/>");
      await watch(carl);
      await baresip.show("offline");
      await alice.waitFor((stanza) => isPresence(stanza, "unavailable", carl));
      await baresip.say("Grüße von Carl <&>");
      await alice.waitFor(isBody("Grüße von Carl <&>"));
      say(carl, "Grüße an Carl &lt;&amp;&gt;");
      await baresip.hears("Grüße an Carl <&>");
    } finally {
      await baresip.end();
    }
  });

  test("libpurple, SIMPLE: presence and messages pass both ways", async () => {
    await simple.say(ALICE, "Grüße von Dave <&>");
    await alice.waitFor(isBody("Grüße von Dave <&>"));
    await approve(DAVE);
    await simple.sees(ALICE);
    await watch(DAVE);
    say(DAVE, "Grüße an Dave &lt;&amp;&gt;");
    await simple.hears(ALICE, "Grüße an Dave <&>");
    alice.send("<presence type='unavailable'/>");
    await simple.sees(ALICE, "unavailable");
    alice.send("<presence/>");
  });

  test("pidgin-sipe: its message opens a session, and ours goes back in it", async () => {
    const dora = `dora@${DOMAIN}`;
    const sipe = await LibpurpleClient.signIn("prpl-sipe", dora, kamailio.tcpPort);
    try {
      await sipe.say(ALICE, "Grüße von Dora <&>");
      await alice.waitFor(isBody("Grüße von Dora <&>"));
      await eventually(async () => assert.equal((await sessions(bed)).length, 1));
      say(dora, "Grüße an Dora &lt;&amp;&gt;");
      await sipe.hears(ALICE, "Grüße an Dora <&>");
      assert.equal((await sessions(bed)).length, 1);
    } finally {
      await sipe.end();
    }
  });

  test("pidgin-sipe, its domain of Microsoft's type: we open the session", async () => {
    const domain = `/sip-federated-domains/${DOMAIN}`;
    await bed.node.admin.ask("PUT", domain, { domain: DOMAIN, integrationType: "microsoft", description: "interop" });
    const emma = `emma@${DOMAIN}`;
    const sipe = await LibpurpleClient.signIn("prpl-sipe", emma, kamailio.tcpPort);
    try {
      say(emma, "Grüße an Emma &lt;&amp;&gt;");
      await sipe.hears(ALICE, "Grüße an Emma <&>");
      await sipe.say(ALICE, "Grüße von Emma <&>");
      await alice.waitFor(isBody("Grüße von Emma <&>"));
    } finally {
      await sipe.end();
    }
  });
});

async function sessions(bed: InteropBed): Promise<readonly unknown[]> {
  const answer = (await bed.node.admin.ask("GET", "/im-sessions")) as { readonly items: readonly unknown[] };
  return answer.items;
}
