import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import type { MicrosoftEdge, XmppClient } from "@interpres/testkit";
import { attribute, child } from "@interpres/xmpp/xml";
import { eventually } from "../harness/eventually.ts";
import { LOCAL, RoadBed } from "../harness/road-bed.ts";
import { bodyOf, isPresence, reasonOf, sender } from "../harness/stanzas.ts";

const [FIRST, SECOND] = ["edge1.domaina.com", "edge2.domaina.com"];

interface Made {
  readonly id: string;
  readonly destinationPattern: string;
  readonly warnings?: readonly { readonly path: string }[];
}

/** Static routes (facts R24–R30, B2.3) in force on messages to two simulated edges; no domain here has an SRV record. */
describe("static routes", () => {
  let bed: RoadBed;
  let alice: XmppClient;
  let first: MicrosoftEdge;
  let second: MicrosoftEdge;
  let made: string[] = [];
  let sequence = 0;

  before(async () => {
    bed = await RoadBed.start();
    alice = await bed.signIn("alice");
    alice.send("<presence/>");
    first = await bed.addEdge(FIRST, "domaina.com");
    second = await bed.addEdge(SECOND, "domaina.com");
    bed.zone.host(FIRST, "127.0.0.1").host(SECOND, "127.0.0.1");
    for (const domain of ["domaina.com", "sub.domaina.com", "domainab.com"])
      await bed.node.admin.ask("POST", "/sip-federated-domains", { domain, integrationType: "microsoft" });
  });

  beforeEach(async () => {
    for (const id of made) await bed.node.admin.ask("DELETE", `/static-routes/${id}`);
    made = [];
  });

  after(() => bed?.end());

  async function route(pattern: string, to: MicrosoftEdge, rest: object = {}): Promise<Made> {
    const nextHop = to === first ? FIRST : SECOND;
    const input = { destinationPattern: pattern, nextHop, nextHopPort: to.port, ...rest };
    const route = (await bed.node.admin.ask("POST", "/static-routes", input)) as Made;
    made.push(route.id);
    return route;
  }

  /** Writes to a user alice never wrote to, and says where it went: an edge, or the text of the error. */
  async function goes(domain: string, user?: string): Promise<string> {
    sequence += 1;
    const words = `message ${sequence}`;
    const to = `${user ?? `bob${sequence}`}@${domain}`;
    alice.send(`<message to='${to}' type='chat' id='${sequence}'><body>${words}</body></message>`);
    const id = String(sequence);
    let went: string | undefined;
    await eventually(() => {
      const error = alice.received.find((stanza) => attribute(stanza, "id") === id);
      const edge = [first, second].find((one) => one.texts.some((each) => each.text === words));
      went = error === undefined ? edge && (edge === first ? FIRST : SECOND) : reasonOf(error);
      assert.ok(went !== undefined, `${words} went nowhere`);
    });
    return went ?? "";
  }

  test("R23: without route or record the sender is told precisely that", async () => {
    assert.match(await goes("domaina.com"), /no static route and no SRV record for domaina\.com/);
  });

  test("R26: a plain domain is reversed; it and all below it match, by whole labels", async () => {
    assert.equal((await route("DomainA.com", first)).destinationPattern, ".com.domaina.*");
    assert.equal(await goes("domaina.com"), FIRST);
    assert.equal(await goes("sub.domaina.com"), FIRST);
    assert.match(await goes("domainab.com"), /no static route/);
  });

  test("R26: without a star the name itself and nothing below it", async () => {
    await route(".com.domaina", first);
    assert.equal(await goes("domaina.com"), FIRST);
    assert.match(await goes("sub.domaina.com"), /no static route/);
  });

  test("R26: the pattern with most labels wins; .* is everything", async () => {
    await route(".*", first);
    await route(".com.domaina.sub", second);
    assert.deepEqual(
      [await goes("domainab.com"), await goes("domaina.com"), await goes("sub.domaina.com")],
      [FIRST, FIRST, SECOND],
    );
  });

  test("R27: a next hop may be an address; its certificate is then known by the peer subject", async () => {
    await route("domaina.com", first, { nextHop: "127.0.0.1" });
    assert.equal(await goes("domaina.com"), FIRST);
  });

  test("R27, B2.3: port 0 is an SRV name", async () => {
    bed.zone.service("_sip._tls.pool.domaina.com", SECOND, second.port);
    await route("domaina.com", second, { nextHop: "_sip._tls.pool.domaina.com", nextHopPort: 0 });
    assert.equal(await goes("domaina.com"), SECOND);
  });

  test("R28, R29, R30: TLS at 5060, a user route that looks like a domain, and no TLS are warned of", async () => {
    const unsuited = { nextHopPort: 5060, routeType: "user", inService: false };
    const { warnings = [] } = await route(".com.domaina.*", first, unsuited);
    assert.deepEqual(
      warnings.map(({ path }) => path),
      ["nextHopPort", "routeType"],
    );
    const plain = await route("domaina.com", first, { protocol: "tcp", inService: false });
    assert.deepEqual(
      plain.warnings?.map(({ path }) => path),
      ["protocol"],
    );
  });

  test("B2.3: a backup of higher priority number is used only while the first cannot be reached", async () => {
    const main = await bed.addEdge("main.domaina.com", "domaina.com");
    bed.zone.host("main.domaina.com", "127.0.0.1");
    await route("domaina.com", second, { priority: 2 });
    await route("domaina.com", main, { nextHop: "main.domaina.com", priority: 1 });
    for (let count = 0; count < 3; count += 1) {
      sequence += 1;
      const words = `to the main edge ${sequence}`;
      alice.send(`<message to='main${sequence}@domaina.com' type='chat'><body>${words}</body></message>`);
      await eventually(() => assert.equal(main.texts.at(-1)?.text, words));
    }
    assert.equal(second.texts.filter(({ text: words }) => words.startsWith("to the main edge")).length, 0);
    await main.close();
    assert.deepEqual([await goes("domaina.com"), await goes("domaina.com")], [SECOND, SECOND]);
  });

  test("B2.3: equal priorities share by weight", async () => {
    await route("domaina.com", first, { weight: 1 });
    await route("domaina.com", second, { weight: 65_535 });
    const went = new Set<string>();
    for (let count = 0; count < 5; count += 1) went.add(await goes("domaina.com"));
    assert.deepEqual([...went], [SECOND]);
  });

  test("B2.3: less specific routes follow when a specific one fails, where it allows them", async () => {
    const dead = { nextHop: FIRST, nextHopPort: 1 };
    await route(".com.domaina", first, dead);
    await route(".com.domaina.*", second);
    assert.equal(await goes("domaina.com"), SECOND);
    await route(".com.domaina.sub", first, { ...dead, allowLessSpecific: false });
    assert.match(await goes("sub.domaina.com"), /503|504|408/);
  });

  test("B2.3: what is out of service is as if it were not there; what is blocked goes nowhere", async () => {
    const { id } = await route("domaina.com", first);
    const stored = (await bed.node.admin.ask("GET", `/static-routes/${id}`)) as object;
    await bed.node.admin.ask("PUT", `/static-routes/${id}`, { ...stored, inService: false });
    assert.match(await goes("domaina.com"), /no static route/);
    await bed.node.admin.ask("PUT", `/static-routes/${id}`, { ...stored, blocked: true });
    assert.match(await goes("domaina.com"), /\.com\.domaina\.\* is blocked/);
  });

  test("B2.3: a route of type user is chosen by the user part of the Request-URI", async () => {
    await route("domaina.com", first);
    await route("vip*", second, { routeType: "user" });
    assert.equal(await goes("domaina.com", `vip${sequence}`), SECOND);
    assert.equal(await goes("domaina.com", `notvip${sequence}`), FIRST);
  });

  test("R24: routes are for SIP federation; local traffic does not see them", async () => {
    const carol = await bed.signIn("carol");
    carol.send("<presence/>");
    await route(".*", first, { blocked: true });
    alice.send(`<message to='carol@${LOCAL}' type='chat'><body>hello carol</body></message>`);
    await carol.waitFor((stanza) => bodyOf(stanza) === "hello carol");
  });

  test("R25: a change counts at once, and disturbs no dialog that stands", async () => {
    await route("domaina.com", first);
    alice.send("<presence type='subscribe' to='dan@domaina.com'/>");
    await first.setState("dan", "available");
    await alice.waitFor((stanza) => isPresence(stanza, undefined, "dan@domaina.com"));
    await route(".com.domaina", second);
    assert.equal(await goes("domaina.com"), SECOND);
    await first.setState("dan", "busy");
    await alice.waitFor((stanza) => sender(stanza) === "dan@domaina.com" && child(stanza, "show") !== undefined);
  });
});
