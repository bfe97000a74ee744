import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { XmppClient } from "@interpres/testkit";
import { isBody, isPresence, showOf } from "../harness/stanzas.ts";
import { eventsOf, LOCAL, NODE_FQDN, SimBed, simulator } from "./sim-bed.ts";

const ALICE = `alice@${LOCAL}`;
const ANN = "ann@aol.com";
const CARL = "carl@hosteddomain.com";

describe("interpres-sim clearing-house against a node", () => {
  let bed: SimBed;
  let alice: XmppClient;

  before(async () => {
    const words = ["clearing-house", "--domain", "aol.com", "--alias", "aim.com", "--hosted", "hosteddomain.com"];
    const domains = ["aol.com", "hosteddomain.com"];
    bed = await SimBed.start({ words, fqdn: "sip.aol.com", integrationType: "aol", domains, found: ["aol.com"] });
    alice = await bed.signIn("alice");
  });

  after(() => bed?.end());

  test("presence and messages pass both ways, for its own domain and one it hosts; nothing to object to", async () => {
    const sim = bed.play(
      [
        "state ann away",
        `state ${CARL} available`,
        `wait watcher ${ALICE}`,
        `wait watcher ${ALICE}`,
        `watch ann ${ALICE}`,
        `wait presence ${ALICE} open`,
        `say ${CARL} ${ALICE} "From Carl"`,
        `wait message ${ALICE} Hello Carl`,
        `type ${CARL} ${ALICE} type`,
        "hang-up",
        `probe lost-refresh ann ${ALICE}`,
        `probe stranger ann ${ALICE}`,
      ],
      ["--json"],
    );
    await sim.shows(/listening/);
    for (const to of [ANN, CARL]) alice.send(`<presence type='subscribe' to='${to}'/>`);
    await alice.waitFor((stanza) => isPresence(stanza, undefined, ANN) && showOf(stanza) === "away");
    await alice.waitFor((stanza) => isPresence(stanza, undefined, CARL));
    await alice.waitFor((stanza) => isPresence(stanza, "subscribe", ANN));
    alice.send(`<presence type='subscribed' to='${ANN}'/>`);
    await alice.waitFor(isBody("From Carl"));
    alice.send(`<message to='${CARL}' type='chat'><body>Hello Carl</body></message>`);
    const run = await sim.ended();
    assert.equal(run.code, 0, run.out + run.err);
    assert.deepEqual(
      eventsOf(run).filter(({ event }) => event === "deviation"),
      [],
    );
  });

  test("who is not registered under that name is cut off, and the certificate's name is told", async () => {
    const steps = [`wait deviation certificate-name`, "expect certificate-name"];
    const sim = bed.play(steps, ["--json", "--peer-name", "imp2.example.com", "--allow", "contact-name"]);
    await sim.shows(/listening/);
    alice.send(`<message to='${ANN}' type='chat'><body>Who am I?</body></message>`);
    const run = await sim.ended();
    assert.equal(run.code, 0, run.out + run.err);
    assert.ok(eventsOf(run).some(({ detail }) => String(detail).includes(NODE_FQDN)));
  });

  test("a customer must be named: wrong usage without", async () => {
    const run = await simulator(["clearing-house", "--domain", "aol.com"]).ended();
    assert.equal(run.code, 2);
    assert.match(run.err, /--peer-name and --peer-domain/);
  });

  test("what only an edge does is no fault of a clearing house", async () => {
    const words = [
      "clearing-house",
      "--domain",
      "aol.com",
      "--peer-name",
      "x",
      "--peer-domain",
      "y",
      "--fault",
      "fork=late",
    ];
    const run = await simulator(words).ended();
    assert.equal(run.code, 2);
    assert.match(run.err, /--fault: there is no fault fork/);
  });
});
