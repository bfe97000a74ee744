import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { MicrosoftEdge, type XmppClient } from "@interpres/testkit";
import { eventually } from "../harness/eventually.ts";
import { bodyOf, isPresence, sender } from "../harness/stanzas.ts";
import { type ChangeControl, ChapterBed, LOCAL, PUBLIC_FQDN } from "./chapter-bed.ts";

const PEER = "contoso.example";
const EDGE = "sip.contoso.example";
const ALICE = `alice@${LOCAL}`;
const ALICE_MAIL = "alice.liddell@mail.example";
const BOB = `bob@${PEER}`;

/**
 * The procedures of the book's chapter in its order, command line and API in place of screens, by somebody who knows only
 * the book and restarts what it says. Both ways of applying changes must end in traffic that flows.
 */
for (const changeControl of ["live", "on-restart"] as const)
  describe(`the chapter for an OCS or Lync edge, followed literally (changeControl ${changeControl})`, () => {
    let bed: ChapterBed;
    let edge: MicrosoftEdge;
    let alice: XmppClient;

    before(async () => {
      bed = await ChapterBed.start(changeControl);
      const nodePort = (): number => bed.node.ports.sipTls;
      edge = await MicrosoftEdge.start({ domain: PEER, fqdn: EDGE, tls: await bed.keysOf(EDGE), nodePort });
      bed.zone.host(EDGE, "127.0.0.1").host(PUBLIC_FQDN, "127.0.0.1");
      await bed.addUser("alice");
    });

    after(async () => {
      await edge?.close();
      await bed?.end();
    });

    test("Service Activation: the federation service is switched on and the SIP proxy runs (R78 to R80)", async () => {
      await bed.cli.do("service", "deactivate", "Cisco XCP SIP Federation Connection Manager");
      assert.equal(await stateOf("sip-federation"), "stopped");
      await bed.cli.do("service", "activate", "Cisco XCP SIP Federation Connection Manager");
      assert.equal(await stateOf("sip-federation"), "running");
      assert.equal(await stateOf("sip-proxy"), "running");
    });

    test("the node's domain is set in the shell, to that of the proxy (R31 to R36)", async () => {
      const asked = await bed.cli.run(["shell"], `set network domain ${LOCAL}\nn\nshow network eth0\nquit\n`);
      assert.match(asked.out, /imp1\.lab\.example -> imp1\.example\.com/);
      assert.match(asked.out, /Domain +: lab\.example\n/);
      await bed.cli.run(["shell"], `set network domain ${LOCAL}\ny\nquit\n`);
      const { out } = await bed.cli.run(["shell"], "show network eth0\nutils service list\nquit\n");
      assert.match(out, /Domain +: example\.com\n/);
      assert.match(out, /^sip-proxy\[STARTED\]$/m);
      assert.match(out, /^sip-federation\[STARTED\]$/m);
    });

    test("Add a SIP Federated Domain, with an access-list entry nobody may delete (R4 to R6, R10 to R16)", async () => {
      await bed.cli.do("domain", "add", PEER, "--type", "microsoft", "--description", "Contoso");
      const owned = await entryOf(PEER);
      const refused = await bed.node.admin.try("DELETE", `/incoming-acl/${owned}`);
      assert.equal(refused.status, 409);
      assert.match(JSON.stringify(refused.body), /acl-entry-owned.*contoso\.example/);
      await restart("xmpp-router", "Cisco XCP Router");
    });

    test("Static Routes: a peer that public DNS does not name needs one (R23 to R30)", async () => {
      const uri = `sip:${BOB}`;
      assert.equal(await verdict(uri), "no-route");
      const added = (await bed.cli.json("route", "add", PEER, "--next-hop", `${EDGE}:${edge.port}`)) as Route;
      assert.deepEqual(
        [added.destinationPattern, added.routeType, added.protocol],
        [".example.contoso.*", "domain", "tls"],
      );
      assert.equal(await verdict(uri), "route");
    });

    test("Service Parameters: the routing FQDN is the public name, never that of a node with users (R37 to R41)", async () => {
      const path = "/service-parameters/sip-proxy";
      const seeded = (await bed.node.admin.ask("GET", path)) as Parameters;
      assert.equal(seeded.federationRoutingFqdn.value, `imp1.${LOCAL}`);
      await bed.node.admin.ask("PATCH", path, { federationRoutingFqdn: PUBLIC_FQDN });
      const own = await bed.node.admin.try("PATCH", path, { federationRoutingFqdn: `imp1.${LOCAL}` });
      assert.equal(own.status, 409);
      await restart("xmpp-router", "Cisco XCP Router");
    });

    test("Security: a peer subject counts once it is selected in the context, with every cipher (R42 to R54)", async () => {
      await bed.trustAuthority();
      await bed.cli.do("tls", "subject", "add", EDGE, "--description", "Access Edge");
      await bed.selectPeerSubjects(EDGE);
      await restart("sip-proxy", "Cisco SIP Proxy");
      assert.deepEqual(await bed.waitingRestarts(), []);
    });

    test("and alice sees bob, by a subscription whose answers come back to the public name", async () => {
      alice = await bed.signIn("alice");
      await edge.setState("bob", "available");
      alice.send(`<presence type='subscribe' to='${BOB}'/>`);
      await alice.waitFor((stanza) => isPresence(stanza, undefined, BOB));
      const subscribe = edge.requests.find(({ message }) => message.method === "SUBSCRIBE")?.message;
      assert.match(subscribe?.contacts[0]?.uri ?? "", new RegExp(`@${PUBLIC_FQDN}[:;]`));
      await edge.setState("bob", "offline");
      await alice.waitFor((stanza) => isPresence(stanza, "unavailable", BOB));
    });

    test("and bob sees alice once she accepts", async () => {
      await edge.watch("bob", ALICE);
      await alice.waitFor((stanza) => isPresence(stanza, "subscribe", BOB));
      alice.send(`<presence type='subscribed' to='${BOB}'/>`);
      await eventually(() => assert.match(edge.seen.at(-1)?.body ?? "", /<basic>open<\/basic>/));
    });

    test("and messages pass both ways", async () => {
      alice.send(`<message to='${BOB}' type='chat'><body>Hello Bob</body></message>`);
      await eventually(() => assert.equal(edge.texts.at(-1)?.text, "Hello Bob"));
      await edge.say("bob", ALICE, "Hello Alice");
      await alice.waitFor((stanza) => bodyOf(stanza) === "Hello Alice" && sender(stanza) === BOB);
    });

    test("and the edge found nothing to object to", () => assert.deepEqual(edge.deviations, []));

    test("Presence Settings: mail addresses, after the warning is acknowledged and the router restarted (R63 to R77)", async () => {
      await bed.node.admin.ask("PUT", `/users/${ALICE}`, { mailId: ALICE_MAIL });
      const path = "/presence-settings";
      const unread = await bed.node.admin.try("PATCH", path, { useEmailAddressWhenFederating: true });
      assert.equal(unread.status, 409);
      await bed.node.admin.ask("PATCH", path, { useEmailAddressWhenFederating: true, acknowledgeWarning: true });
      await restart("xmpp-router", "Cisco XCP Router");
      await edge.hangUp();
      alice = await bed.signIn("alice");
      alice.send(`<message to='${BOB}' type='chat'><body>By mail address</body></message>`);
      await eventually(() => assert.equal(edge.texts.at(-1)?.text, "By mail address"));
      assert.equal(edge.texts.at(-1)?.from, ALICE_MAIL);
      assert.equal((await edge.watch("bob", ALICE)).status, 404);
      assert.equal((await edge.watch("bob", ALICE_MAIL)).status, 200);
    });

    test("the domain is deleted: bob sees alice go, at once or when the router restarts", async () => {
      await bed.cli.do("domain", "remove", PEER);
      if (changeControl === "on-restart") {
        await edge.say("bob", ALICE_MAIL, "Still here");
        await alice.waitFor((stanza) => bodyOf(stanza) === "Still here");
        await restart("xmpp-router", "Cisco XCP Router");
      }
      await eventually(() => assert.equal(edge.seen.at(-1)?.state, "terminated"));
      assert.equal(await verdict(`sip:${BOB}`), "not-federated");
    });

    async function stateOf(name: string): Promise<string | undefined> {
      const services = (await bed.cli.json("service", "list")) as readonly NamedState[];
      return services.find((service) => service.name === name)?.state;
    }

    async function verdict(uri: string): Promise<string> {
      return ((await bed.cli.json("route", "explain", uri)) as { readonly verdict: string }).verdict;
    }

    async function entryOf(domain: string): Promise<string> {
      const page = (await bed.node.admin.ask("GET", "/incoming-acl")) as AclPage;
      const entry = page.items.find(({ origin }) => origin.domain === domain);
      assert.equal(entry?.pattern, `Allow from ${domain}`);
      return entry?.id ?? "";
    }

    /** As the book says at the end of a procedure; only where changes wait does anything hang on it. */
    async function restart(service: string, name: string): Promise<void> {
      assert.equal((await bed.waitingRestarts()).includes(service), waits(changeControl));
      await bed.cli.do("service", "restart", name);
      assert.equal((await bed.waitingRestarts()).includes(service), false);
    }
  });

interface NamedState {
  readonly name: string;
  readonly state: string;
}

interface Route {
  readonly destinationPattern: string;
  readonly routeType: string;
  readonly protocol: string;
}

interface Parameters {
  readonly federationRoutingFqdn: { readonly value: string };
}

interface AclPage {
  readonly items: readonly {
    readonly id: string;
    readonly pattern: string;
    readonly origin: { readonly domain?: string };
  }[];
}

function waits(changeControl: ChangeControl): boolean {
  return changeControl === "on-restart";
}
