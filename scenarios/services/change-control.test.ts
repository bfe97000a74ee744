import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import type { MicrosoftEdge, XmppClient } from "@interpres/testkit";
import { eventually } from "../harness/eventually.ts";
import { askOnce, CLOSED } from "../harness/one-request.ts";
import { PEER_AUTH } from "../harness/peer-subjects.ts";
import { EDGE, FOREIGN, LOCAL, RoadBed } from "../harness/road-bed.ts";
import { isBody, isPresence } from "../harness/stanzas.ts";
import { countOf, fateOf, order, pendingRestarts, SECOND, secondEdge, shown } from "./services-bed.ts";

const ALICE = `alice@${LOCAL}`;
const BOB = `bob@${FOREIGN}`;
const ROB = `rob@${SECOND}`;
const NOT_FEDERATED = /^remote-server-not-found/;

/** Contract §6: the same changes in both modes, on live traffic of a Microsoft domain and of a second one. */
class Traffic {
  readonly bed: RoadBed;
  readonly second: MicrosoftEdge;
  alice: XmppClient;

  private constructor(bed: RoadBed, second: MicrosoftEdge, alice: XmppClient) {
    this.bed = bed;
    this.second = second;
    this.alice = alice;
  }

  static async start(): Promise<Traffic> {
    await using started = new AsyncDisposableStack();
    const bed = started.adopt(await RoadBed.start(), (each) => each.end());
    const second = await secondEdge(bed);
    await bed.edge.setState("bob", "available");
    await second.setState("rob", "available");
    const traffic = new Traffic(bed, second, await bed.arrive("alice"));
    traffic.alice.send(`<presence type='subscribe' to='${BOB}'/>`);
    await traffic.alice.waitFor((stanza) => isPresence(stanza, undefined, BOB));
    started.move();
    return traffic;
  }

  end(): Promise<void> {
    return this.bed.end();
  }

  async control(changeControl: "live" | "on-restart"): Promise<void> {
    await this.bed.node.admin.ask("PATCH", "/cluster/settings", { changeControl });
  }

  async add(domain: string): Promise<void> {
    await this.bed.node.admin.ask("POST", "/sip-federated-domains", { domain, integrationType: "microsoft" });
  }

  async remove(domain: string): Promise<void> {
    await this.bed.node.admin.ask("DELETE", `/sip-federated-domains/${domain}`);
  }

  toBob(): Promise<string> {
    return fateOf(this.alice, this.bed.edge, BOB);
  }

  toRob(): Promise<string> {
    return fateOf(this.alice, this.second, ROB);
  }

  async restartRouter(): Promise<void> {
    await order(this.bed, "xmpp-router", "restart");
    await this.alice.waitForEnd();
    this.alice = await this.bed.arrive("alice");
  }

  /** What the edge's certificate gets for a request: a status, or nothing. */
  async handshake(): Promise<string> {
    const from = `bob@${FOREIGN}`;
    const answer = await askOnce(this.bed.node.ports.sipTls, this.bed.edgeKeys, { method: "OPTIONS", from, to: ALICE });
    return answer === CLOSED ? CLOSED : (answer.split(" ")[1] ?? "");
  }

  /** What the routing of an address asks, step by step. */
  async stepsFor(uri: string): Promise<string> {
    const path = `/routes/explain?uri=${encodeURIComponent(uri)}`;
    const { steps } = (await this.bed.node.admin.ask("GET", path)) as { readonly steps: readonly object[] };
    return JSON.stringify(steps);
  }

  /** Where the node wants answers of its newest INVITE or SUBSCRIBE sent: the host of its Contact. */
  contactHost(): string {
    const newest = this.bed.edge.requests.findLast(({ message }) => ["INVITE", "SUBSCRIBE"].includes(message.method));
    return /@?([^@:;>]+):\d+/.exec(newest?.message.contacts[0]?.uri ?? "")?.[1] ?? "";
  }
}

describe("live changes", { timeout: 60_000 }, () => {
  let traffic: Traffic;
  before(async () => {
    traffic = await Traffic.start();
  });
  after(() => traffic?.end());

  const LIVE_WITHIN_MS = 1000;
  async function withinASecond<Result>(change: () => Promise<void>, see: () => Promise<Result>): Promise<Result> {
    await change();
    const saved = performance.now();
    const seen = await see();
    assert.ok(performance.now() - saved < LIVE_WITHIN_MS);
    return seen;
  }

  test("a new domain federates at once, a removed one no more; nobody else notices (counted)", async () => {
    const { bed, alice } = traffic;
    await bed.signIn("carol");
    assert.match(await traffic.toRob(), NOT_FEDERATED);
    const clients = await bed.node.admin.ask("GET", "/metrics");
    const { watchers, requests } = bed.edge;
    const before = requests.length;
    assert.equal(
      await withinASecond(
        () => traffic.add(SECOND),
        () => traffic.toRob(),
      ),
      "arrived",
    );
    alice.send(`<presence type='subscribe' to='${ROB}'/>`);
    await alice.waitFor((stanza) => isPresence(stanza, undefined, ROB));
    assert.match(
      await withinASecond(
        () => traffic.remove(SECOND),
        () => traffic.toRob(),
      ),
      NOT_FEDERATED,
    );
    await alice.waitFor((stanza) => isPresence(stanza, "unavailable", ROB));
    await eventually(() => assert.equal(traffic.second.watchers, 0));
    assert.equal(xmppConnections(await bed.node.admin.ask("GET", "/metrics")), xmppConnections(clients));
    assert.deepEqual([bed.edge.watchers, requests.length], [watchers, before], "the other domain heard of it");
    assert.equal(await countOf(bed, `/subscriptions?peer=${FOREIGN}`), 1);
    assert.equal(await traffic.toBob(), "arrived");
  });

  test("added again, its contacts are watched again without a new sign-in", async () => {
    await traffic.add(SECOND);
    await traffic.alice.waitFor((stanza) => isPresence(stanza, undefined, ROB));
  });

  test("a deselected subject is refused at its next handshake (R51, R54), and in again once selected", async () => {
    const { admin } = traffic.bed.node;
    assert.equal(await traffic.handshake(), "200");
    await admin.ask("PUT", PEER_AUTH, { peerSubjects: [`sip.${SECOND}`] });
    assert.equal(await traffic.handshake(), CLOSED);
    await admin.ask("PUT", PEER_AUTH, { peerSubjects: [EDGE, `sip.${SECOND}`] });
    assert.equal(await traffic.handshake(), "200");
  });

  test("nothing waits for a restart", async () => {
    assert.deepEqual(await pendingRestarts(traffic.bed), []);
  });
});

describe("changes on restart", { timeout: 90_000 }, () => {
  let traffic: Traffic;
  before(async () => {
    traffic = await Traffic.start();
    await traffic.control("on-restart");
  });
  after(() => traffic?.end());
  beforeEach(() => {
    traffic.alice.received.length = 0;
  });

  test("domains: a removed one still federates, a new one is refused, until the router restarts (R16)", async () => {
    const { bed } = traffic;
    await traffic.add(SECOND);
    await traffic.remove(FOREIGN);
    assert.match(await traffic.toRob(), NOT_FEDERATED);
    assert.equal(await traffic.toBob(), "arrived");
    await bed.edge.hangUp();
    await bed.edge.say("bob", ALICE, "I am still here");
    await traffic.alice.waitFor(isBody("I am still here"));
    const [waiting, ...others] = await pendingRestarts(bed);
    assert.match(String(waiting), new RegExp(`^xmpp-router .*${SECOND} added.*${FOREIGN} removed`));
    assert.deepEqual(others, []);
    assert.equal((await shown(bed, "xmpp-router")).pendingRestart, true);
    await order(bed, "sip-proxy", "restart");
    assert.equal(await traffic.toBob(), "arrived");
    await traffic.restartRouter();
    assert.equal(await traffic.toRob(), "arrived");
    assert.match(await traffic.toBob(), NOT_FEDERATED);
    await eventually(() => assert.equal(bed.edge.watchers, 0, "the removed domain's dialog was not ended"));
    assert.deepEqual(await pendingRestarts(bed), []);
  });

  test("routing FQDN: the old one in Contact until a restart, and both services say so (R41)", async () => {
    await traffic.add(FOREIGN);
    await traffic.restartRouter();
    const body = { federationRoutingFqdn: "imp1-public.example.com" };
    await traffic.bed.edge.hangUp();
    await traffic.bed.node.admin.ask("PATCH", "/service-parameters/sip-proxy", body);
    assert.equal(await traffic.toBob(), "arrived");
    assert.equal(traffic.contactHost(), "imp1.example.com");
    const waiting = (await pendingRestarts(traffic.bed)).map((line) => line.split(" ")[0]);
    assert.deepEqual(waiting, ["sip-proxy", "xmpp-router"]);
    await traffic.restartRouter();
    assert.equal(await traffic.toBob(), "arrived");
    assert.equal(traffic.contactHost(), "imp1-public.example.com");
    await order(traffic.bed, "sip-proxy", "restart");
    assert.deepEqual(await pendingRestarts(traffic.bed), []);
  });

  test("default federation routing domain: the old clearing house until the router restarts (R62)", async () => {
    const { node } = traffic.bed;
    await node.admin.ask("POST", "/sip-federated-domains", { domain: "hosted.example", integrationType: "aol" });
    await traffic.restartRouter();
    const body = { defaultFederationRoutingDomain: "house.example" };
    await node.admin.ask("PATCH", "/service-parameters/sip-proxy", body);
    assert.match(await traffic.stepsFor("sip:rob@hosted.example"), /aol\.com/);
    assert.match((await pendingRestarts(traffic.bed)).join(), /^xmpp-router .*defaultFederationRoutingDomain changed/);
    await traffic.restartRouter();
    assert.match(await traffic.stepsFor("sip:rob@hosted.example"), /house\.example/);
    assert.deepEqual(await pendingRestarts(traffic.bed), []);
  });

  test("TLS: a deselected subject comes in until the proxy restarts, a router's restart does not count (R54)", async () => {
    const { bed } = traffic;
    await bed.node.admin.ask("PUT", PEER_AUTH, { peerSubjects: [`sip.${SECOND}`] });
    await traffic.restartRouter();
    assert.equal(await traffic.handshake(), "200");
    assert.match((await pendingRestarts(bed)).join(), /^sip-proxy .*Peer_Auth_TLS_Context changed/);
    await order(bed, "sip-proxy", "restart");
    assert.equal(await traffic.handshake(), CLOSED);
    assert.equal(await traffic.toRob(), "arrived");
  });

  test("a static route counts at once: the book asks no restart for it", async () => {
    const { node } = traffic.bed;
    const route = { destinationPattern: SECOND, nextHop: `sip.${SECOND}`, nextHopPort: traffic.second.port };
    await node.admin.ask("POST", "/static-routes", { ...route, blocked: true });
    assert.match(await traffic.toRob(), /403/);
    assert.deepEqual(await pendingRestarts(traffic.bed), []);
  });

  test("switched back to live, what waits counts at once, and no client is disturbed", async () => {
    await traffic.remove(SECOND);
    assert.match(await traffic.toRob(), /403/);
    await traffic.control("live");
    assert.match(await traffic.toRob(), NOT_FEDERATED);
    assert.equal(traffic.alice.streamError, undefined);
    assert.deepEqual(await pendingRestarts(traffic.bed), []);
  });
});

function xmppConnections(metrics: unknown): string {
  return /^interpres_xmpp_connections (\d+)/m.exec(String(metrics))?.[1] ?? "none";
}
