import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { missingPeers } from "../harness/peers.ts";
import { SlixmppClient } from "./clients/slixmpp-client.ts";
import { InteropBed, PASSWORD } from "./interop-bed.ts";
import { SippEdge } from "./sipp-edge.ts";

const DOMAIN = "contoso.example";
const FQDN = "sip.contoso.example";
const BOB = `bob@${DOMAIN}`;
const ALICE = "alice@example.com";
const MAIL = "alice.liddell@mail.example";
const skip = missingPeers("sipp", "stunnel4", "python3", "/usr/lib/python3/dist-packages/slixmpp");

/** Neither end is ours: SIPp knows alice by her mail address, slixmpp signs in with her JID (facts R64, R68, R74). */
describe("a mail address between SIPp and slixmpp", { skip }, () => {
  let bed: InteropBed;
  let edge: SippEdge;
  let alice: SlixmppClient;

  before(async () => {
    bed = await InteropBed.start();
    const { admin } = bed.node;
    const certificate = await bed.authority.issue({ cn: FQDN, dnsNames: [FQDN, DOMAIN] });
    const { authorityPem } = bed.node;
    edge = await SippEdge.start({ certificate, authorityPem, nodePort: bed.node.ports.sipTls });
    await bed.federate({ domain: DOMAIN, integrationType: "microsoft", fqdn: FQDN, port: edge.tlsPort });
    await admin.ask("POST", "/users", { jid: ALICE, password: PASSWORD, mailId: MAIL });
    await admin.ask("PATCH", "/presence-settings", { useEmailAddressWhenFederating: true, acknowledgeWarning: true });
    const authorityFile = join(bed.node.dataDirectory, "ca.pem");
    const port = bed.node.ports.xmppClient;
    alice = await SlixmppClient.signIn({ jid: ALICE, password: PASSWORD, port, authorityFile });
  });

  after(async () => {
    await alice?.end();
    await edge?.end();
    await bed?.end();
  });

  test("what is sent to it arrives, in any case of its letters; to the JID it is as to nobody", async () => {
    const peer = edge.call("mail-address-asked");
    assert.equal(await peer.exit(), 0, peer.output);
    // SIPp ends every body with a line end.
    await alice.hears(BOB, `To ${MAIL}\n`);
    await alice.hears(BOB, "To Alice.Liddell@MAIL.example\n");
    const { items } = (await bed.node.admin.ask("GET", "/presence-settings/email-drops")) as {
      readonly items: readonly { readonly sender: string; readonly user: string; readonly count: number }[];
    };
    assert.deepEqual(
      items.map(({ sender, user, count }) => [sender, user, count]),
      [[BOB, ALICE, 1]],
    );
  });

  test("what she sends comes from it, and her JID is nowhere in the call", async () => {
    const peer = await edge.await("mail-address-called");
    await alice.say(BOB, "Hello SIPp");
    assert.equal(await peer.exit(), 0, peer.output);
  });
});
