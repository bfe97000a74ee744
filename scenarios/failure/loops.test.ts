import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { FakeZone, XmppClient } from "@interpres/testkit";
import { attribute, child, childrenNamed, type Element, serializeElement, withChildren } from "@interpres/xmpp/xml";
import { eventually } from "../harness/eventually.ts";
import { NodeProcess } from "../harness/node-process.ts";
import { selectPeerSubjects } from "../harness/peer-subjects.ts";
import { PASSWORD } from "../harness/road-bed.ts";
import { isBody, reasonOf } from "../harness/stanzas.ts";

const HERE = { domain: "example.com", fqdn: "imp1.example.com" };
const THERE = { domain: "partner.example", fqdn: "imp1.partner.example" };
const TRAIL = "urn:interpres:trail:0";

interface Told {
  readonly kind: string;
  readonly peer?: string;
  readonly result: string;
  readonly decisions: readonly { readonly rule: string; readonly inputs: Readonly<Record<string, unknown>> }[];
}

/** Two nodes that federate with each other by static routes, and with whatever domain a test sends round. */
describe("routes and people that lead in a circle (RFC 7247 §8)", () => {
  const started = new AsyncDisposableStack();
  let here: NodeProcess;
  let there: NodeProcess;
  let alice: XmppClient;
  let dave: XmppClient;

  before(async () => {
    const zone = new FakeZone().host(HERE.fqdn, "127.0.0.1").host(THERE.fqdn, "127.0.0.1");
    const dns = await zone.listen();
    started.defer(() => dns.close());
    const start = async (site: typeof HERE): Promise<NodeProcess> => {
      const node = new NodeProcess({ localDomain: site.domain, fqdn: site.fqdn, dnsServer: `127.0.0.1:${dns.port}` });
      started.defer(() => node.remove());
      await node.start();
      return node;
    };
    [here, there] = await Promise.all([start(HERE), start(THERE)]);
    await befriend(here, { node: there, ...THERE });
    await befriend(there, { node: here, ...HERE });
    await federate(here, THERE.domain, { node: there, ...THERE });
    await federate(there, HERE.domain, { node: here, ...HERE });
    alice = await signIn(here, HERE.domain, "alice");
    dave = await signIn(there, THERE.domain, "dave");
  });
  after(() => started.disposeAsync());

  async function signIn(node: NodeProcess, domain: string, user: string): Promise<XmppClient> {
    await node.admin.ask("POST", "/users", { jid: `${user}@${domain}`, password: PASSWORD });
    const at = { port: node.ports.xmppClient, domain };
    const client = await XmppClient.login(at, { user, password: PASSWORD, resource: "desk" });
    started.defer(() => client.abort());
    client.send("<presence/>");
    return client;
  }

  /** What alice is told of a message that does not get there. */
  async function errorTo(client: XmppClient, id: string): Promise<string> {
    const error = await client.waitFor(
      (stanza) => attribute(stanza, "id") === id && attribute(stanza, "type") === "error",
    );
    return reasonOf(error);
  }

  test("a domain whose route leads back to the node: 482 by the first request, and the decision says what came back", async () => {
    await befriend(here, { node: here, ...HERE });
    await federate(here, "circle.example", { node: here, ...HERE });
    const before = await requestsIn(here);
    alice.send("<message to='x@circle.example' id='own'><body>round</body></message>");
    assert.match(await errorTo(alice, "own"), /^482 /);
    assert.equal((await requestsIn(here)) - before, 1);
    const [told] = (await decisions(here, "circle.example")).filter(({ kind }) => kind === "request");
    assert.deepEqual([told?.result, told?.decisions[0]?.rule], ["refused 482", "loop"]);
    assert.match(String(told?.decisions[0]?.inputs.presented), /^our own MESSAGE to sip:x@circle\.example/);
  });

  test("a domain that each node takes to be the other's: one request, 404, nothing comes back", async () => {
    await federate(here, "nobodys.example", { node: there, ...THERE });
    await federate(there, "nobodys.example", { node: here, ...HERE });
    const before = [await requestsIn(here), await requestsIn(there)];
    alice.send("<message to='x@nobodys.example' id='each'><body>round</body></message>");
    assert.match(await errorTo(alice, "each"), /^404 /);
    const after = [await requestsIn(here), await requestsIn(there)];
    assert.deepEqual([after[0], after[1]], [before[0], (before[1] ?? 0) + 1]);
    const [told] = (await decisions(there, HERE.domain)).filter(({ result }) => result === "refused 404");
    assert.equal(told?.decisions[0]?.rule, "no-relay");
  });

  test("a user whose client passes everything on to where it came from: it does not leave a second time", async () => {
    const before = [await requestsIn(here), await requestsIn(there)];
    alice.send(`<message to='dave@${THERE.domain}' type='chat' id='m1'><body>to and fro</body></message>`);
    const received = await dave.waitFor(isBody("to and fro"));
    dave.send(passedOn(received, `alice@${HERE.domain}`, "fro"));
    assert.match(await errorTo(dave, "fro"), /Loop Detected/);
    const after = [await requestsIn(here), await requestsIn(there)];
    assert.deepEqual(after, [before[0], (before[1] ?? 0) + 1]);
    const told = (await decisions(there, `alice@${HERE.domain}`)).find(({ result }) => result === "refused 482");
    assert.equal(told?.decisions[0]?.rule, "loop");
  });

  test("one who hides where it has been last: it ends at the gateway before", async () => {
    const before = [await requestsIn(here), await requestsIn(there)];
    alice.send(`<message to='dave@${THERE.domain}' type='chat' id='m2'><body>once more</body></message>`);
    const received = await dave.waitFor(isBody("once more"));
    dave.send(passedOn(withoutLastMark(received), `alice@${HERE.domain}`, "hidden"));
    assert.match(await errorTo(dave, "hidden"), /^482 /);
    const after = [await requestsIn(here), await requestsIn(there)];
    assert.deepEqual(
      after,
      before.map((count) => count + 1),
    );
    await eventually(async () => {
      const told = (await decisions(here, `dave@${THERE.domain}`)).find(({ result }) => result === "refused 482");
      assert.equal(told?.decisions[0]?.rule, "loop");
    });
    assert.equal(alice.received.filter(isBody("once more")).length, 0);
  });
});

interface Site {
  readonly node: NodeProcess;
  readonly domain: string;
  readonly fqdn: string;
}

/** Trusts the other node's authority and selects its name. */
async function befriend({ admin }: NodeProcess, { node, fqdn }: Site): Promise<void> {
  await admin.try("POST", "/certificates/trust", { pem: node.authorityPem });
  await admin.try("POST", "/tls-peer-subjects", { name: fqdn, description: fqdn });
  await selectPeerSubjects(admin, fqdn);
}

/** The domain's route leads to the site. */
async function federate({ admin }: NodeProcess, domain: string, { node, fqdn }: Site): Promise<void> {
  await admin.ask("POST", "/sip-federated-domains", { domain, integrationType: "standard" });
  const nextHopPort = node.ports.sipTls;
  await admin.ask("POST", "/static-routes", { destinationPattern: domain, nextHop: fqdn, nextHopPort });
}

/** Requests that a node has answered since its start. */
async function requestsIn({ admin }: NodeProcess): Promise<number> {
  const metrics = String(await admin.ask("GET", "/metrics"));
  const counted = metrics.matchAll(/^interpres_sip_requests_total\{direction="inbound"[^}]*\} (\d+)$/gm);
  return [...counted].reduce((sum, [, count]) => sum + Number(count), 0);
}

async function decisions({ admin }: NodeProcess, peer: string): Promise<readonly Told[]> {
  return ((await admin.ask("GET", `/decisions?peer=${peer}`)) as { readonly items: readonly Told[] }).items;
}

/** The same stanza to somebody else, as a client would pass it on that does not look at what it passes on. */
function passedOn(stanza: Element, to: string, id: string): string {
  const content = stanza.children.map((node) =>
    typeof node === "string" ? node : serializeElement(node, "jabber:client"),
  );
  return `<message to='${to}' type='chat' id='${id}'>${content.join("")}</message>`;
}

function withoutLastMark(stanza: Element): Element {
  const trail = child(stanza, "trail", TRAIL);
  assert.ok(trail);
  const marks = childrenNamed(trail, "gateway");
  assert.equal(marks.length, 2);
  const shorter = withChildren(trail, marks.slice(0, 1));
  return withChildren(
    stanza,
    stanza.children.map((node) => (node === trail ? shorter : node)),
  );
}
