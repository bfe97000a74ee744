import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { SipRequest } from "@interpres/sip";
import { MicrosoftEdge } from "@interpres/testkit";
import { eventually } from "../harness/eventually.ts";
import { missingPeers } from "../harness/peers.ts";
import { HostUser } from "./attached/host-user.ts";
import { ejabberd, prosody, SECRET, XmppHost } from "./attached/xmpp-host.ts";
import { InteropBed } from "./interop-bed.ts";

const DOMAIN = "contoso.example";
const FQDN = "sip.contoso.example";
const BOB = `bob@${DOMAIN}`;
const DISCO = "http://jabber.org/protocol/disco#info";

interface Link {
  readonly component: string;
  readonly state: string;
  readonly reason: string | null;
}

const kinds = [
  { name: "Prosody", program: prosody, domain: "corp.example", skip: missingPeers("prosody") },
  { name: "ejabberd", program: ejabberd, domain: "works.example", skip: missingPeers("ejabberdctl", "erl") },
] as const;

describe("servers that people run, with us as their components (XEP-0114)", { concurrency: true }, () => {
  let bed: InteropBed;
  let edge: MicrosoftEdge;

  before(async () => {
    bed = await InteropBed.start();
    const { certPem: cert, keyPem: key } = await bed.authority.issue({ cn: FQDN, dnsNames: [FQDN] });
    const tls = { cert, key, ca: bed.node.authorityPem };
    edge = await MicrosoftEdge.start({ domain: DOMAIN, fqdn: FQDN, tls, nodePort: () => bed.node.ports.sipTls });
    await bed.federate({ domain: DOMAIN, integrationType: "microsoft", fqdn: FQDN, port: edge.port });
    await edge.setState("bob", "available");
  });

  after(async () => {
    await edge?.close();
    await bed?.end();
  });

  for (const { name, program, domain, skip } of kinds) {
    describe(name, { skip, concurrency: false }, () => {
      let host: XmppHost;
      let alice: HostUser;
      const jid = `alice@${domain}`;

      const link = async (): Promise<Link> => {
        const { links } = (await bed.node.admin.ask("GET", `/attachments/${name}`)) as { links: Link[] };
        assert.equal(links.length, 1);
        return links[0] as Link;
      };
      const linked = () => eventually(async () => assert.equal((await link()).state, "up"));

      before(async () => {
        host = await XmppHost.start(program, { domain, components: [DOMAIN], users: ["alice"] });
      });

      after(async () => {
        await alice?.end();
        await host?.close();
      });

      test("refuses a wrong secret, and we tell what it said", async () => {
        const { admin } = bed.node;
        const input = {
          name,
          host: "127.0.0.1",
          port: host.componentPort,
          localDomains: [domain],
          components: [DOMAIN],
        };
        await admin.ask("POST", "/attachments", { ...input, secret: "wrong" });
        await eventually(async () => assert.match((await link()).reason ?? "", /the server said not-authorized/));
        const notices = (await admin.ask("GET", `/notifications?find=text:contains:${DOMAIN}`)) as { items: unknown[] };
        assert.match(JSON.stringify(notices), /The attachment to 127.0.0.1 for contoso.example is down since/);
        await admin.ask("PUT", `/attachments/${name}`, { ...input, secret: SECRET });
        await linked();
      });

      test("its user sees a foreign contact", async () => {
        alice = await HostUser.signIn(host, "alice");
        await alice.presence("subscribe", BOB);
        await alice.gotPresence(BOB, "subscribed");
        await alice.gotPresence(BOB);
      });

      test("the contact sees her once she allows it, and what she becomes", async () => {
        await edge.watch("bob", jid);
        await alice.gotPresence(BOB, "subscribe");
        await alice.presence("subscribed", BOB);
        await sees(/<basic>open/);
        await alice.show("dnd");
        await sees(/busy/);
      });

      test("messages and typing pass both ways", async () => {
        await alice.type(BOB, "composing");
        await alice.say(BOB, `from ${name}`);
        await hears(`from ${name}`);
        assert.equal((await edge.say("bob", jid, `to ${name}`)).status, 202);
        await alice.gotText(BOB, `to ${name}`);
        await edge.type("bob", jid, "type");
        await alice.got(BOB, (stanza) => stanza.getChild("composing") !== undefined);
        await alice.type(BOB, "composing");
        await eventually(() => assert.equal(edge.typing.findLast(({ from }) => from === jid)?.status, "type"));
      });

      test("a user it does not know is no user of ours", async () => {
        const answer = await edge.say("bob", `nobody@${domain}`, "Who is there?");
        assert.equal(answer.status, 403);
      });

      test("it is told what its component is (XEP-0030)", async () => {
        const info = await alice.ask(DOMAIN, DISCO);
        assert.equal(info?.getChild("identity")?.attrs.category, "gateway");
      });

      test("is it gone, messages are refused; is it back, all goes on", async () => {
        await alice.end();
        await host.stop();
        await eventually(async () => assert.equal((await link()).state, "down"));
        const answer = await edge.say("bob", jid, "Nobody home");
        assert.equal(answer.status, 480);
        await host.start();
        await linked();
        alice = await HostUser.signIn(host, "alice");
        await alice.gotPresence(BOB);
        await sees(/<basic>open/);
        await alice.say(BOB, `back from ${name}`);
        await hears(`back from ${name}`);
        await edge.say("bob", jid, `back to ${name}`);
        await alice.gotText(BOB, `back to ${name}`);
      });

      test("she takes the contact off, and his server hears it", async () => {
        await alice.presence("unsubscribe", BOB);
        await eventually(() => assert.ok(edge.requests.some(({ message }) => isEndOf(message, jid))));
        await alice.gotPresence(BOB, "unavailable");
      });

      test("when we leave, its users see their contacts no more (XEP-0100 §7)", async () => {
        await alice.presence("subscribe", BOB);
        await alice.gotPresence(BOB, "subscribed");
        await alice.gotPresence(BOB);
        await bed.node.admin.ask("DELETE", `/attachments/${name}`);
        await alice.gotPresence(BOB, "unavailable");
      });

      const hears = (text: string) =>
        eventually(() =>
          assert.deepEqual(
            edge.texts.findLast(({ from }) => from === jid),
            { from: jid, to: BOB, text },
          ),
        );
      const sees = (state: RegExp) =>
        eventually(() => assert.match(edge.seen.findLast(({ of }) => of === `sip:${jid}`)?.body ?? "", state));
    });
  }
});

/** A SUBSCRIBE that ends the user's subscription (RFC 6665 §4.1.2.3). */
function isEndOf({ method, from, expires }: SipRequest, jid: string): boolean {
  return method === "SUBSCRIBE" && from.uri === `sip:${jid}` && expires === 0;
}
