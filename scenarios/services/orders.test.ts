import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { after, before, beforeEach, describe, test } from "node:test";
import type { XmppClient } from "@interpres/testkit";
import { attribute, child } from "@interpres/xmpp/xml";
import { eventually } from "../harness/eventually.ts";
import { FOREIGN, LOCAL, RoadBed } from "../harness/road-bed.ts";
import { isBody, isPresence } from "../harness/stanzas.ts";
import {
  countOf,
  errorText,
  fateOf,
  isListening,
  order,
  SERVICES,
  servicesOf,
  shown,
  statesOf,
} from "./services-bed.ts";

const ALICE = `alice@${LOCAL}`;
const BOB = `bob@${FOREIGN}`;

/** Facts B3, B4, R78 to R80 on a real node that federates with a simulated edge. */
describe("orders to the services of a node", { timeout: 120_000 }, () => {
  let bed: RoadBed;
  let alice: XmppClient;

  before(async () => {
    bed = await RoadBed.start();
    await bed.edge.setState("bob", "available");
    alice = await bed.arrive("alice");
    alice.send(`<presence type='subscribe' to='${BOB}'/>`);
    await alice.waitFor((stanza) => isPresence(stanza, undefined, BOB));
  });
  after(() => bed?.end());
  beforeEach(() => {
    alice.received.length = 0;
  });

  const isReady = async () => (await bed.node.admin.try("GET", "/readyz")).status === 200;

  test("a stop of sip-proxy closes its listener and connections; federation is degraded and says so to its users (R80)", async () => {
    assert.equal(await fateOf(alice, bed.edge, BOB), "arrived");
    const { startedAt } = await shown(bed, "sip-federation");
    await order(bed, "sip-proxy", "stop");
    assert.equal(await isListening(bed.node.ports.sipTls), false);
    assert.equal(await countOf(bed, "/connections"), 0);
    assert.equal(await isReady(), false);
    const federation = await shown(bed, "sip-federation");
    assert.deepEqual([federation.state, federation.startedAt], ["degraded", startedAt]);
    assert.equal(
      await fateOf(alice, bed.edge, BOB),
      "recipient-unavailable 480 The SIP proxy of this server is stopped",
    );
  });

  test("started again it federates at once, in the dialogs it had", async () => {
    await order(bed, "sip-proxy", "start");
    assert.equal((await shown(bed, "sip-federation")).state, "running");
    assert.equal(await isReady(), true);
    assert.equal(await fateOf(alice, bed.edge, BOB), "arrived");
    await bed.edge.setState("bob", "busy");
    await alice.waitFor((stanza) => isPresence(stanza, undefined, BOB));
    assert.equal(bed.edge.watchers, 1);
  });

  test("a stop of sip-federation refuses its users' stanzas and the peer's requests, and touches nobody else (R78)", async () => {
    const carol = await bed.arrive("carol");
    await order(bed, "sip-federation", "stop");
    await alice.waitFor((stanza) => isPresence(stanza, "unavailable", BOB));
    assert.equal(await fateOf(alice, bed.edge, BOB), "recipient-unavailable SIP Federation Is Stopped");
    const { status, reason } = await bed.edge.watch("bill", ALICE);
    assert.deepEqual([status, String(reason)], [480, "SIP Federation Is Stopped"]);
    carol.send(`<message to='${ALICE}' type='chat'><body>among us</body></message>`);
    await alice.waitFor(isBody("among us"));
    await carol.close();
  });

  test("started again its users see their contacts, and messages pass both ways", async () => {
    await order(bed, "sip-federation", "start");
    await alice.waitFor((stanza) => isPresence(stanza, undefined, BOB));
    assert.equal(await fateOf(alice, bed.edge, BOB), "arrived");
    await bed.edge.hangUp();
    await bed.edge.say("bob", ALICE, "back again");
    await alice.waitFor(isBody("back again"));
    assert.equal(bed.edge.watchers, 1);
  });

  test("a restart of sip-federation takes no contact out of sight, and news of them comes as before", async () => {
    await order(bed, "sip-federation", "restart");
    await bed.edge.setState("bob", "away");
    await alice.waitFor((stanza) => isPresence(stanza, undefined, BOB) && child(stanza, "show") !== undefined);
    assert.deepEqual(
      alice.received.filter((stanza) => isPresence(stanza, "unavailable", BOB)),
      [],
    );
    await bed.edge.setState("bob", "available");
    assert.equal(bed.edge.watchers, 1);
  });

  test("a message under way when sip-federation restarts is sent again, and arrives once", async () => {
    await bed.edge.hangUp();
    bed.edge.faults.set("silent=INVITE");
    const waiting = bed.edge.requests.length;
    alice.send(`<message to='${BOB}' type='chat' id='kept'><body>do not lose me</body></message>`);
    await eventually(() => assert.ok(bed.edge.requests.length > waiting));
    bed.edge.faults.clear("silent");
    await order(bed, "sip-federation", "restart");
    const copies = () => bed.edge.texts.filter(({ text }) => text === "do not lose me").length;
    await eventually(() => assert.equal(copies(), 1));
    assert.equal(await fateOf(alice, bed.edge, BOB), "arrived");
    assert.equal(copies(), 1);
  });

  test("a message under way when sip-proxy stops comes back to its sender", async () => {
    await bed.edge.hangUp();
    bed.edge.faults.set("silent=INVITE");
    const waiting = bed.edge.requests.length;
    alice.send(`<message to='${BOB}' type='chat' id='cut'><body>cut off</body></message>`);
    await eventually(() => assert.ok(bed.edge.requests.length > waiting));
    await order(bed, "sip-proxy", "stop");
    const error = await alice.waitFor((stanza) => attribute(stanza, "id") === "cut");
    assert.match(errorText(error), /^internal-server-error 503/);
    bed.edge.faults.clear("silent");
    await order(bed, "sip-proxy", "start");
    assert.equal(await fateOf(alice, bed.edge, BOB), "arrived");
  });

  test("a stop of xmpp-client tells the clients, and keeps what comes for them", async () => {
    await order(bed, "xmpp-client", "stop");
    await alice.waitForEnd();
    assert.equal(alice.streamError, "system-shutdown");
    assert.equal(await isListening(bed.node.ports.xmppClient), false);
    await bed.edge.hangUp();
    assert.equal((await bed.edge.say("bob", ALICE, "while you were out")).status, 202);
    await order(bed, "xmpp-client", "start");
    alice = await bed.arrive("alice");
    await alice.waitFor(isBody("while you were out"));
  });

  test("a restart of the router restarts the XMPP services, and no other (B4)", async () => {
    const before = await Promise.all(["sip-proxy", "xmpp-router", "sip-federation"].map((name) => shown(bed, name)));
    await order(bed, "xmpp-router", "restart");
    await alice.waitForEnd();
    const later = await Promise.all(before.map(({ name }) => shown(bed, name)));
    assert.deepEqual(
      later.map(({ state, startedAt }, index) => [state, startedAt === before[index]?.startedAt]),
      [
        ["running", true],
        ["running", false],
        ["running", false],
      ],
    );
    alice = await bed.arrive("alice");
    await alice.waitFor((stanza) => isPresence(stanza, undefined, BOB));
    assert.equal(await fateOf(alice, bed.edge, BOB), "arrived");
    assert.equal(bed.edge.watchers, 1);
  });

  test("a stop of the router stops them all, a start brings back the router only (B4)", async () => {
    const answer = await order(bed, "xmpp-router", "stop");
    assert.match(JSON.stringify(answer), /stopped with it: sip-federation, xmpp-client, web-client/);
    await alice.waitForEnd();
    assert.equal((await bed.edge.watch("bill", ALICE)).status, 480);
    await order(bed, "xmpp-router", "start");
    const states = await statesOf(bed);
    assert.deepEqual(
      [states["xmpp-router"], states["sip-federation"], states["xmpp-client"], states["sip-proxy"]],
      ["running", "stopped", "stopped", "running"],
    );
    for (const name of ["sip-federation", "xmpp-client", "web-client"]) await order(bed, name, "start");
    alice = await bed.arrive("alice");
    assert.equal(await fateOf(alice, bed.edge, BOB), "arrived");
  });

  test("while config is stopped saved changes wait, and its start brings them", async () => {
    await order(bed, "config", "stop");
    assert.equal((await shown(bed, "sip-proxy")).state, "degraded");
    await bed.node.admin.ask("DELETE", `/sip-federated-domains/${FOREIGN}`);
    assert.equal(await fateOf(alice, bed.edge, BOB), "arrived");
    await order(bed, "config", "start");
    assert.match(await fateOf(alice, bed.edge, BOB), /^remote-server-not-found/);
    await bed.node.admin.ask("POST", "/sip-federated-domains", { domain: FOREIGN, integrationType: "microsoft" });
    assert.equal(await fateOf(alice, bed.edge, BOB), "arrived");
  });

  test("twenty restarts of each leave no socket, no listener and no dialog behind", { timeout: 90_000 }, async () => {
    await alice.close();
    const names = ["sip-proxy", "sip-federation", "xmpp-client", "presence-datastore", "config"];
    const openFiles = () => (process.platform === "linux" ? readdirSync(`/proc/${bed.node.pid}/fd`).length : 0);
    const round = async () => {
      for (const name of names) assert.equal((await order(bed, name, "restart")).state, "running");
    };
    await round();
    const before = openFiles();
    for (let time = 0; time < 20; time += 1) await round();
    await eventually(() => assert.ok(openFiles() <= before + 2, `${before} files open, then ${openFiles()}`));
    assert.equal(await isReady(), true);
    alice = await bed.arrive("alice");
    assert.equal(await fateOf(alice, bed.edge, BOB), "arrived");
    await eventually(() => assert.equal(bed.edge.watchers, 1));
    assert.equal(await countOf(bed, "/subscriptions"), 1);
  });

  test("a node restart is a restart of all that is activated; the API stays (R35)", async () => {
    await bed.node.admin.ask("PATCH", `${SERVICES}/xmpp-client`, { activated: false });
    const before = (await servicesOf(bed)).filter(({ state }) => state === "running");
    assert.ok(before.length > 5);
    await bed.node.admin.ask("POST", "/nodes/imp1/restart");
    for (const { name, startedAt } of before) {
      const later = await shown(bed, name);
      assert.deepEqual([name, later.state, later.startedAt === startedAt], [name, "running", false]);
    }
    assert.equal((await shown(bed, "xmpp-client")).state, "stopped");
    await bed.node.admin.ask("PATCH", `${SERVICES}/xmpp-client`, { activated: true });
    alice = await bed.arrive("alice");
    assert.equal(await fateOf(alice, bed.edge, BOB), "arrived");
  });

  test("the edge found nothing to object to", () => {
    assert.deepEqual(bed.edge.deviations, []);
  });

  test("nothing of it was taken for a failure", () => {
    assert.doesNotMatch(bed.node.output, /"level":(50|"error")/);
  });
});

describe("activation (R79)", { timeout: 60_000 }, () => {
  let bed: RoadBed;
  before(async () => {
    bed = await RoadBed.start();
  });
  after(() => bed?.end());

  test("a deactivated service stays off over a restart of the process, its users get an error; activated it serves", async () => {
    await bed.node.admin.ask("PATCH", `${SERVICES}/sip-federation`, { activated: false });
    await bed.node.stop();
    await bed.node.start();
    const service = await shown(bed, "sip-federation");
    assert.deepEqual([service.activated, service.state], [false, "stopped"]);
    assert.equal((await bed.node.admin.try("GET", "/readyz")).status, 200);
    const alice = await bed.arrive("alice");
    assert.equal(await fateOf(alice, bed.edge, BOB), "recipient-unavailable SIP Federation Is Stopped");
    assert.equal((await bed.edge.watch("bob", ALICE)).status, 480);
    await bed.node.admin.ask("PATCH", `${SERVICES}/sip-federation`, { activated: true });
    assert.equal(await fateOf(alice, bed.edge, BOB), "arrived");
    await bed.node.stop();
    await bed.node.start();
    assert.equal((await shown(bed, "sip-federation")).state, "running");
  });
});
