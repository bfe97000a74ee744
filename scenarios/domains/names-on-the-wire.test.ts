import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { XmppClient } from "@interpres/testkit";
import { attribute, child } from "@interpres/xmpp/xml";
import { eventually } from "../harness/eventually.ts";
import { PlainPeer } from "../harness/plain-peer.ts";
import { RawEdge } from "../harness/raw-edge.ts";
import { FOREIGN, LOCAL, NODE_FQDN, RoadBed } from "../harness/road-bed.ts";
import { bodyOf, isPresence, reasonOf, sender } from "../harness/stanzas.ts";

const ALICE = `alice@${LOCAL}`;
const BOB = `bob@${FOREIGN}`;
const PUBLIC = "imp1-public.example.com";
const STANZAS = "urn:ietf:params:xml:ns:xmpp-stanzas";
const PARAMETERS = "/service-parameters/sip-proxy";

/** What we call ourselves in Via and Contact, where peers come back to it, and what Direct Federation changes (facts R14, R38–R40). */
describe("the names this node uses on the wire", () => {
  let bed: RoadBed;
  let alice: XmppClient;
  let raw: RawEdge;

  before(async () => {
    bed = await RoadBed.start({ withTcpAndUdp: "tcp-and-udp" });
    alice = await bed.signIn("alice");
    alice.send("<iq type='get' id='r1'><query xmlns='jabber:iq:roster'/></iq><presence/>");
    await alice.waitFor((stanza) => attribute(stanza, "id") === "r1");
    await bed.edge.setState("bob", "available");
    alice.send(`<presence type='subscribe' to='${BOB}'/>`);
    await alice.waitFor((stanza) => isPresence(stanza, undefined, BOB));
    await bed.edge.watch("bob", ALICE);
    raw = await RawEdge.connect(bed);
  });

  after(() => bed?.end());

  /** Contact of the newest request of that method, and the sent-by of its Via. */
  async function names(method: string, seen: number): Promise<{ readonly contact: string; readonly sentBy: string }> {
    let found: { contact: string; sentBy: string } | undefined;
    await eventually(() => {
      const message = bed.edge.requests.slice(seen).findLast((each) => each.message.method === method)?.message;
      assert.ok(message, `no ${method} came`);
      found = { contact: message.contacts[0]?.uri ?? "", sentBy: message.topVia.host };
    });
    return found ?? { contact: "", sentBy: "" };
  }

  async function set(parameters: object): Promise<number> {
    const seen = bed.edge.requests.length;
    await bed.node.admin.ask("PATCH", PARAMETERS, parameters);
    return seen;
  }

  const contactAt = (host: string): string => `sip:alice@${host}:${bed.node.ports.sipTls};transport=tls`;

  test("R37: at first it is the publisher's own FQDN", async () => {
    const parameters = (await bed.node.admin.ask("GET", PARAMETERS)) as Record<string, { readonly value: unknown }>;
    assert.equal(parameters.federationRoutingFqdn?.value, NODE_FQDN);
    assert.equal((await names("SUBSCRIBE", 0)).contact, contactAt(NODE_FQDN));
  });

  test("R38: a changed routing FQDN is told in every dialog that stands, both ways", async () => {
    const seen = await set({ federationRoutingFqdn: PUBLIC });
    assert.deepEqual(await names("SUBSCRIBE", seen), { contact: contactAt(PUBLIC), sentBy: PUBLIC });
    assert.deepEqual(await names("NOTIFY", seen), { contact: contactAt(PUBLIC), sentBy: PUBLIC });
    assert.deepEqual(bed.edge.deviations, []);
  });

  test("R40: requests within dialogs come back to it, and to the name before it", async () => {
    await bed.edge.setState("bob", "busy");
    await alice.waitFor((stanza) => sender(stanza) === BOB && child(stanza, "show") !== undefined);
    assert.equal((await bed.edge.refresh("bob", ALICE)).status, 200);
  });

  test("R40: a Request-URI that names this server means the user at the domain of To", async () => {
    const asked = { to: `sip:${ALICE}`, headers: ["Content-Type: text/plain"], body: "by the front box" };
    for (const host of [PUBLIC, NODE_FQDN])
      assert.equal((await raw.ask("MESSAGE", `sip:alice@${host}`, asked)).status, 200);
    await alice.waitFor((stanza) => bodyOf(stanza) === "by the front box");
    const elsewhere = { ...asked, to: "sip:alice@third.example" };
    assert.equal((await raw.ask("MESSAGE", `sip:alice@${PUBLIC}`, elsewhere)).status, 404);
    assert.equal(
      (await raw.ask("MESSAGE", `sip:nobody@${PUBLIC}`, { ...asked, to: `sip:nobody@${LOCAL}` })).status,
      404,
    );
  });

  test("B11: serverName is one more name of this server", async () => {
    const asked = { to: `sip:${ALICE}`, headers: ["Content-Type: text/plain"], body: "by the balancer" };
    const uri = "sip:alice@lb.example.com";
    assert.equal((await raw.ask("MESSAGE", uri, asked)).status, 404);
    await set({ serverName: "LB.example.com" });
    assert.equal((await raw.ask("MESSAGE", uri, asked)).status, 200);
  });

  test("R14: with Direct Federation the node's own name stands there", async () => {
    const seen = bed.edge.requests.length;
    await direct("with", { nextHop: "127.0.0.1", nextHopPort: bed.edge.port });
    const own = { contact: contactAt(NODE_FQDN), sentBy: NODE_FQDN };
    assert.deepEqual(await names("SUBSCRIBE", seen), own);
    assert.deepEqual(await names("NOTIFY", seen), own);
  });

  test("R14: with Direct Federation no SRV record is asked for", async () => {
    await clear();
    const words = "nowhere to go";
    alice.send(`<message to='bill@${FOREIGN}' type='chat' id='direct'><body>${words}</body></message>`);
    const error = await alice.waitFor((stanza) => attribute(stanza, "id") === "direct");
    assert.match(reasonOf(error), /no static route, which direct federation needs/);
    const { steps } = (await bed.node.admin.ask("GET", `/routes/explain?uri=sip:${BOB}`)) as {
      readonly steps: readonly { readonly rule: string; readonly outcome: string }[];
    };
    assert.deepEqual(
      steps.map(({ rule, outcome }) => [rule, outcome]),
      [
        ["static-route", "none"],
        ["dns-srv", "skipped"],
      ],
    );
    const seen = bed.edge.requests.length;
    await direct("without");
    assert.equal((await names("NOTIFY", seen)).sentBy, PUBLIC);
  });

  test("B16 row 6: useTransportInRecordRoute decides whether Contact says the transport", async () => {
    const off = await set({ useTransportInRecordRoute: false });
    assert.equal((await names("NOTIFY", off)).contact, `sip:alice@${PUBLIC}:${bed.node.ports.sipTls}`);
    const on = await set({ useTransportInRecordRoute: true });
    assert.equal((await names("NOTIFY", on)).contact, contactAt(PUBLIC));
  });

  test("B16 row 6: over TCP, Contact leads to the TCP listener", async () => {
    const partner = "partner.example";
    const nodePort = bed.node.ports.sipTcp ?? 0;
    const peer = bed.own(await PlainPeer.start({ user: `carol@${partner}`, nodePort }));
    await bed.node.admin.ask("POST", "/sip-federated-domains", { domain: partner, integrationType: "standard" });
    const route = { destinationPattern: partner, nextHop: "127.0.0.1", nextHopPort: peer.port, protocol: "tcp" };
    await bed.node.admin.ask("POST", "/static-routes", route);
    await bed.node.admin.ask("POST", "/incoming-acl", { pattern: "Allow from 127.0.0.1" });
    assert.equal(await peer.subscribe(ALICE), 200);
    await eventually(() => assert.ok(peer.notifies.length > 0));
    const notify = peer.notifies[0];
    assert.equal(notify?.contacts[0]?.uri, `sip:alice@${PUBLIC}:${nodePort};transport=tcp`);
    assert.equal(notify?.topVia.port, nodePort);
  });

  async function direct(how: "with" | "without", route?: object): Promise<void> {
    const { admin } = bed.node;
    if (route !== undefined) await admin.ask("POST", "/static-routes", { destinationPattern: FOREIGN, ...route });
    const domain = { integrationType: "microsoft", directFederation: how === "with" };
    await admin.ask("PUT", `/sip-federated-domains/${FOREIGN}`, domain);
  }

  async function clear(): Promise<void> {
    const { items } = (await bed.node.admin.ask("GET", "/static-routes")) as {
      readonly items: readonly { id: string }[];
    };
    for (const { id } of items) await bed.node.admin.ask("DELETE", `/static-routes/${id}`);
  }
});

/** The IM gateway switch (facts B2.7, B9). */
describe("the IM gateway, switched off while people talk", () => {
  let bed: RoadBed;
  let alice: XmppClient;

  before(async () => {
    bed = await RoadBed.start();
    alice = await bed.signIn("alice");
    alice.send("<presence/>");
    await bed.edge.say("bob", ALICE, "hello");
    await alice.waitFor((stanza) => bodyOf(stanza) === "hello");
    await bed.node.admin.ask("PATCH", PARAMETERS, { imGateway: false });
  });

  after(() => bed?.end());

  test("B2.7: the session that stood is ended with BYE", async () => {
    await eventually(() => assert.ok(bed.edge.requests.some(({ message }) => message.method === "BYE")));
  });

  test("B2.7: a message of ours comes back with the reason, and none leaves", async () => {
    const before = bed.edge.requests.length;
    alice.send(`<message to='${BOB}' type='chat' id='off'><body>are you there</body></message>`);
    const error = await alice.waitFor((stanza) => attribute(stanza, "id") === "off");
    assert.equal(reasonOf(error), "Instant Messages Are Switched Off");
    assert.ok(child(child(error, "error") ?? error, "service-unavailable", STANZAS));
    assert.equal(bed.edge.requests.length, before);
  });

  test("B2.7: an invitation of theirs is 403, presence goes on both ways", async () => {
    const raw = await RawEdge.connect(bed);
    const offer = { headers: ["Content-Type: application/sdp"], body: "v=0\r\n" };
    assert.equal((await raw.ask("INVITE", `sip:${ALICE}`, offer)).status, 403);
    const page = { headers: ["Content-Type: text/plain"], body: "psst" };
    assert.equal((await raw.ask("MESSAGE", `sip:${ALICE}`, page)).status, 403);
    assert.equal((await bed.edge.watch("bob", ALICE)).status, 200);
    await bed.edge.setState("bob", "available");
    alice.send(`<presence type='subscribe' to='${BOB}'/>`);
    await alice.waitFor((stanza) => isPresence(stanza, undefined, BOB));
  });

  test("B2.7: on again, they talk", async () => {
    await bed.node.admin.ask("PATCH", PARAMETERS, { imGateway: true });
    alice.send(`<message to='${BOB}' type='chat'><body>there you are</body></message>`);
    await eventually(() => assert.equal(bed.edge.texts.at(-1)?.text, "there you are"));
  });
});
