import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { MicrosoftEdge } from "@interpres/testkit";
import { eventually } from "../harness/eventually.ts";
import { missingPeers } from "../harness/peers.ts";
import type { PersonsClient, SignIn } from "./clients/persons-client.ts";
import { ProfanityClient } from "./clients/profanity-client.ts";
import { SlixmppClient } from "./clients/slixmpp-client.ts";
import { XmppJsClient } from "./clients/xmppjs-client.ts";
import { InteropBed, LOCAL, PASSWORD } from "./interop-bed.ts";

const DOMAIN = "contoso.example";
const FQDN = "sip.contoso.example";
const BOB = `bob@${DOMAIN}`;

interface Kind {
  readonly name: string;
  readonly user: string;
  readonly skip: string | false;
  readonly signIn: (login: SignIn, webSocketPort: number) => Promise<PersonsClient>;
}

const kinds: readonly Kind[] = [
  { name: "xmpp.js", user: "julia", skip: false, signIn: XmppJsClient.signIn },
  { name: "xmpp.js over WebSocket", user: "wanda", skip: false, signIn: XmppJsClient.signInByWebSocket },
  { name: "slixmpp", user: "sven", skip: missingSlixmpp(), signIn: SlixmppClient.signIn },
  { name: "profanity", user: "petra", skip: missingPeers("profanity", "tmux"), signIn: ProfanityClient.signIn },
];

describe("XMPP clients that people use", () => {
  let bed: InteropBed;
  let edge: MicrosoftEdge;
  const clients = new Map<string, PersonsClient>();

  before(async () => {
    bed = await InteropBed.start();
    const { certPem: cert, keyPem: key } = await bed.authority.issue({ cn: FQDN, dnsNames: [FQDN] });
    const tls = { cert, key, ca: bed.node.authorityPem };
    edge = await MicrosoftEdge.start({ domain: DOMAIN, fqdn: FQDN, tls, nodePort: () => bed.node.ports.sipTls });
    await bed.federate({ domain: DOMAIN, integrationType: "microsoft", fqdn: FQDN, port: edge.port });
    await edge.setState("bob", "available");
  });

  after(async () => {
    for (const client of clients.values()) await client.end();
    await edge?.close();
    await bed?.end();
  });

  for (const { name, user, skip, signIn } of kinds) {
    test(`${name} signs in, sees a foreign user and talks with him`, { skip }, async () => {
      const jid = await bed.addUser(user);
      const authorityFile = join(bed.node.dataDirectory, "ca.pem");
      const { ports } = bed.node;
      const client = await signIn({ jid, password: PASSWORD, port: ports.xmppClient, authorityFile }, ports.admin);
      clients.set(user, client);
      await client.watch(BOB);
      await client.sees(BOB);
      await client.say(BOB, `Hello from ${name}`);
      const expected = { from: jid, to: BOB, text: `Hello from ${name}` };
      await eventually(() => assert.deepEqual(edge.texts.at(-1), expected));
      await edge.say("bob", jid, `Hello ${name}`);
      await client.hears(BOB, `Hello ${name}`);
    });
  }

  test("they talk with each other", {
    skip: kinds.some(({ skip }) => skip !== false) && "a client is missing",
  }, async () => {
    for (const [user, client] of clients) {
      for (const [other, receiver] of clients) {
        if (other === user) continue;
        await client.say(`${other}@${LOCAL}`, `from ${user} to ${other}`);
        await receiver.hears(`${user}@${LOCAL}`, `from ${user} to ${other}`);
      }
    }
    assert.equal(clients.size, kinds.length);
  });

  test("the edge found nothing to object to", () => {
    assert.deepEqual(edge.deviations, []);
  });
});

/** The Python of the system and the package that Debian installs for it. */
function missingSlixmpp(): string | false {
  return missingPeers("python3", "/usr/lib/python3/dist-packages/slixmpp");
}
