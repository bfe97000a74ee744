import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type ClearingHouse, HouseDomains, type XmppClient } from "@interpres/testkit";
import { attribute, child, text } from "@interpres/xmpp/xml";
import { eventually } from "../harness/eventually.ts";
import { refusalBy } from "../harness/refusal.ts";
import { LOCAL, RoadBed } from "../harness/road-bed.ts";
import { bodyOf, isPresence, sender, showOf } from "../harness/stanzas.ts";

const ALICE = `alice@${LOCAL}`;
const [HOUSE, OTHER] = ["sip.oscar.aol.com", "gw.hosteddomain.com"];
const [BOB, CARL, DORA] = ["bob@aol.com", "carl@hosteddomain.com", "dora@acompany.com"];
const SRV = "_sipfederationtls._tcp";
const STANZAS = "urn:ietf:params:xml:ns:xmpp-stanzas";

interface Explanation {
  readonly verdict: string;
  readonly steps: readonly { readonly rule: string; readonly name: string; readonly outcome: string }[];
  readonly nextHops: readonly { readonly host: string }[];
}

/** Public communities, a hosted domain and an enterprise that federates, all behind one clearing house (facts A8). */
describe("domains behind a clearing house", () => {
  let bed: RoadBed;
  let alice: XmppClient;
  let house: ClearingHouse;
  const houses: ClearingHouse[] = [];

  before(async () => {
    bed = await RoadBed.start();
    bed.zone.negativeTtlSeconds = 1;
    alice = await bed.signIn("alice");
    alice.send("<iq type='get' id='r1'><query xmlns='jabber:iq:roster'/></iq><presence/>");
    await alice.waitFor((stanza) => attribute(stanza, "id") === "r1");
    house = await open(HOUSE, new HouseDomains("aol.com", ["aim.com"], ["hosteddomain.com", "acompany.com"]));
    bed.zone.service(`${SRV}.aol.com`, HOUSE, house.port);
    await add("aol.com", "aol");
  });

  after(() => bed?.end());

  async function add(domain: string, integrationType: string): Promise<void> {
    await bed.node.admin.ask("POST", "/sip-federated-domains", { domain, integrationType });
  }

  async function explain(user: string): Promise<Explanation> {
    return (await bed.node.admin.ask("GET", `/routes/explain?uri=sip:${user}`)) as Explanation;
  }

  async function write(to: string, words: string): Promise<void> {
    alice.send(`<message to='${to}' type='chat' id='${words}'><body>${words}</body></message>`);
  }

  async function arrives(at: ClearingHouse, to: string, words: string): Promise<void> {
    await write(to, words);
    await eventually(() => assert.deepEqual(at.texts.at(-1), { from: ALICE, to, text: words }));
  }

  test("R8: an entry for aol.com admits nobody of acompany.com, in either direction", async () => {
    await write(DORA, "nobody there");
    const error = await alice.waitFor((stanza) => attribute(stanza, "id") === "nobody there");
    assert.ok(child(child(error, "error") ?? error, "remote-server-not-found", STANZAS));
    assert.equal((await house.watch(DORA, ALICE)).status, 403);
  });

  test("R7: the refusal says what is to be added", async () => {
    const inputs = await refusalBy("domain-not-federated", bed.node.admin);
    assert.equal(inputs.presented, "acompany.com");
    assert.match(inputs.expected ?? "", /of type aol to be reached by aol\.com/);
  });

  test("R55, R56: each added by itself, all three are reached by the one clearing house, both ways", async () => {
    for (const domain of ["hosteddomain.com", "acompany.com"]) await add(domain, "aol");
    for (const user of [BOB, CARL, DORA]) {
      await house.setState(user, "available");
      alice.send(`<presence type='subscribe' to='${user}'/>`);
      await alice.waitFor((stanza) => isPresence(stanza, undefined, user));
      await house.setState(user, "idle");
      const idle = await alice.waitFor((stanza) => isPresence(stanza, undefined, user) && showOf(stanza) !== "");
      assert.equal(showOf(idle), "away");
      await arrives(house, user, `hello ${user}`);
      assert.equal((await house.say(user, ALICE, `this is ${user}`)).status, 200);
      await alice.waitFor((stanza) => bodyOf(stanza) === `this is ${user}`);
      assert.equal((await house.watch(user, ALICE)).status, 200);
      await alice.waitFor((stanza) => isPresence(stanza, "subscribe", user));
    }
    assert.deepEqual(house.deviations, []);
  });

  test("R9: a contact of aim.com is addressed at aol.com, and answers as the contact alice has", async () => {
    const ann = "ann@aim.com";
    await house.setState("ann@aol.com", "available");
    alice.send(`<presence type='subscribe' to='${ann}'/>`);
    await alice.waitFor((stanza) => isPresence(stanza, undefined, ann));
    assert.ok(house.received.includes("SUBSCRIBE ann@aol.com"));
    await write(ann, "hello ann");
    await eventually(() => assert.deepEqual(house.texts.at(-1), { from: ALICE, to: "ann@aol.com", text: "hello ann" }));
    await house.say("ann@aol.com", ALICE, "hello from ann");
    const answer = await alice.waitFor((stanza) => bodyOf(stanza) === "hello from ann");
    assert.equal(sender(answer), ann);
    assert.equal((await house.watch("ann@aim.com", ALICE)).status, 200);
    await alice.waitFor((stanza) => isPresence(stanza, "subscribe", ann));
    assert.deepEqual(house.deviations, []);
  });

  test("R9: adding aim.com beside it is advised against", async () => {
    const input = { domain: "aim.com", integrationType: "aol" };
    const { warnings } = (await bed.node.admin.ask("POST", "/sip-federated-domains", input)) as {
      readonly warnings: readonly { readonly message: string }[];
    };
    assert.match(warnings[0]?.message ?? "", /aol\.com.*not needed/);
    await bed.node.admin.ask("DELETE", "/sip-federated-domains/aim.com");
  });

  test("a screen name is the same with blanks and without; AIM's HTML is text", async () => {
    const john = "john\\20doe@aol.com";
    await house.setState("johndoe@aol.com", "available");
    alice.send(`<presence type='subscribe' to='${john}'/>`);
    await alice.waitFor((stanza) => isPresence(stanza, undefined, john));
    assert.ok(house.received.includes("SUBSCRIBE johndoe@aol.com"));
    await write(john, "hello john");
    const told = { from: ALICE, to: "johndoe@aol.com", text: "hello john" };
    await eventually(() => assert.deepEqual(house.texts.at(-1), told));
    await house.say("johndoe@aol.com", ALICE, '<HTML><BODY BGCOLOR="#ffffff">from <B>john</B></BODY></HTML>');
    const answer = await alice.waitFor((stanza) => bodyOf(stanza) === "from john");
    assert.equal(sender(answer), john);
  });

  test("R58: a domain of another type never falls back to the clearing house", async () => {
    await add("lonely.example", "microsoft");
    const before = house.received.length;
    await write("eve@lonely.example", "anybody there");
    const error = await alice.waitFor((stanza) => attribute(stanza, "id") === "anybody there");
    assert.match(
      text(child(child(error, "error") ?? error, "text", STANZAS) ?? error),
      /no static route and no SRV record/,
    );
    assert.equal(house.received.length, before);
    const { steps, verdict } = await explain("eve@lonely.example");
    assert.equal(verdict, "no-route");
    assert.deepEqual(
      steps.map(({ name }) => name),
      ["lonely.example", `${SRV}.lonely.example`],
    );
  });

  test("R59: (4) SRV of the clearing house, (3) its static route, (2) SRV of the domain, (1) its static route", async () => {
    const other = await open(OTHER, new HouseDomains("hosteddomain.com", [], ["aol.com"]));
    const question = ["hosteddomain.com", `${SRV}.hosteddomain.com`, "aol.com", `${SRV}.aol.com`];
    const stages = [
      { answers: 3, by: house, host: HOUSE, prepare: async () => undefined },
      { answers: 2, by: other, host: OTHER, prepare: () => route("aol.com", other) },
      { answers: 1, by: house, host: HOUSE, prepare: () => published("hosteddomain.com", house) },
      { answers: 0, by: other, host: OTHER, prepare: () => route("hosteddomain.com", other) },
    ];
    for (const { answers, by, host, prepare } of stages) {
      await prepare();
      const { steps, nextHops } = await explain(CARL);
      assert.deepEqual(
        steps.map(({ name }) => name),
        question,
      );
      const outcomes = steps.map((_, step) => (step < answers ? "none" : step === answers ? "matched" : "skipped"));
      assert.deepEqual(
        steps.map(({ outcome }) => outcome),
        outcomes,
      );
      assert.equal(nextHops[0]?.host, host);
      await quiet();
      await arrives(by, CARL, `step ${answers + 1}`);
    }
    await clear();
  });

  test("R60: (6) SRV of the clearing house, (5) its static route; its own domain is asked for nothing else", async () => {
    const other = await open("gw2.hosteddomain.com", new HouseDomains("aol.com", [], []));
    assert.deepEqual(
      (await explain(BOB)).steps.map(({ name, outcome }) => [name, outcome]),
      [
        ["aol.com", "none"],
        [`${SRV}.aol.com`, "matched"],
      ],
    );
    await arrives(house, BOB, "step 6");
    await quiet();
    await route("aol.com", other, "gw2.hosteddomain.com");
    await arrives(other, BOB, "step 5");
    await clear();
  });

  test("R57, R61: the default federation routing domain decides which clearing house that is", async () => {
    const parameters = "/service-parameters/sip-proxy";
    const before = (await bed.node.admin.ask("GET", parameters)) as {
      readonly [name: string]: { readonly value: unknown };
    };
    assert.equal(before.defaultFederationRoutingDomain?.value, "aol.com");
    const fqdn = "sip.clearing.example";
    const other = await open(fqdn, new HouseDomains("clearing.example", [], ["acompany.com"]));
    bed.zone.service(`${SRV}.clearing.example`, fqdn, other.port);
    await quiet();
    await bed.node.admin.ask("PATCH", parameters, { defaultFederationRoutingDomain: "clearing.example" });
    await arrives(other, DORA, "by the new one");
    await bed.node.admin.ask("PATCH", parameters, { defaultFederationRoutingDomain: "aol.com" });
  });

  async function route(domain: string, to: ClearingHouse, nextHop = OTHER): Promise<void> {
    await bed.node.admin.ask("POST", "/static-routes", {
      destinationPattern: domain,
      nextHop,
      nextHopPort: to.port,
    });
  }

  async function published(domain: string, by: ClearingHouse): Promise<void> {
    bed.zone.service(`${SRV}.${domain}`, HOUSE, by.port);
    await eventually(async () => assert.equal((await explain(CARL)).steps[1]?.outcome, "matched"));
  }

  async function open(fqdn: string, domains: HouseDomains): Promise<ClearingHouse> {
    const opened = await bed.addHouse(fqdn, domains);
    bed.zone.host(fqdn, "127.0.0.1");
    houses.push(opened);
    return opened;
  }

  /** Ends every conversation, so that the next message is routed anew. */
  async function quiet(): Promise<void> {
    for (const one of houses) await one.hangUp();
    await eventually(async () => {
      const { items } = (await bed.node.admin.ask("GET", "/im-sessions")) as { readonly items: readonly unknown[] };
      assert.deepEqual(items, []);
    });
  }

  /** While a route stands, whom it leads to may speak: the conversations go first. */
  async function clear(): Promise<void> {
    await quiet();
    const { items } = (await bed.node.admin.ask("GET", "/static-routes")) as {
      readonly items: readonly { id: string }[];
    };
    for (const { id } of items) await bed.node.admin.ask("DELETE", `/static-routes/${id}`);
  }
});
