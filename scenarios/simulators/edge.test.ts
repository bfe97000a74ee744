import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { XmppClient } from "@interpres/testkit";
import { attribute } from "@interpres/xmpp/xml";
import { isBody, isPresence } from "../harness/stanzas.ts";
import { eventsOf, LOCAL, SimBed } from "./sim-bed.ts";

const DOMAIN = "contoso.example";
const ALICE = `alice@${LOCAL}`;
const BOB = `bob@${DOMAIN}`;

/** The command as somebody uses it who has no Lync: a process of its own, a script, an exit code. */
describe("interpres-sim edge against a node", () => {
  let bed: SimBed;
  let alice: XmppClient;

  before(async () => {
    const words = ["edge", "--domain", DOMAIN, "--user", "bob"];
    bed = await SimBed.start({ words, fqdn: `sip.${DOMAIN}`, integrationType: "microsoft", domains: [DOMAIN] });
    alice = await bed.signIn("alice");
  });

  after(() => bed?.end());

  test("presence, messages and typing pass both ways, every probe is answered right, nothing to object to", async () => {
    const sim = bed.play(
      [
        "state bob available",
        `wait watcher ${ALICE}`,
        `watch bob ${ALICE}`,
        `wait presence ${ALICE} open`,
        `say bob ${ALICE} "Good morning"`,
        `type bob ${ALICE} type`,
        `wait message ${ALICE} Hello Bob`,
        "state bob busy",
        `probe all bob ${ALICE}`,
        `unwatch bob ${ALICE}`,
        "hang-up",
      ],
      ["--json"],
    );
    await sim.shows(/listening/);
    alice.send(`<presence type='subscribe' to='${BOB}'/>`);
    await alice.waitFor((stanza) => isPresence(stanza, undefined, BOB));
    await alice.waitFor((stanza) => isPresence(stanza, "subscribe", BOB));
    alice.send(`<presence type='subscribed' to='${BOB}'/>`);
    await alice.waitFor(isBody("Good morning"));
    alice.send(`<message to='${BOB}' type='chat'><body>Hello Bob</body></message>`);
    const run = await sim.ended();
    assert.equal(run.code, 0, run.out + run.err);
    assert.deepEqual(
      eventsOf(run).filter(({ event }) => event === "deviation"),
      [],
    );
    assert.equal(alice.received.filter(isBody("Good morning")).length, 0, "it came twice");
  });

  test("a user who is busy: alice learns it, and the script that waits in vain ends with 1 and says for what", async () => {
    const sim = bed.play([`wait session ${ALICE}`], ["--fault", "answer=INVITE:486", "--within", "3"]);
    await sim.shows(/listening|listens/);
    alice.send(`<message to='${BOB}' type='chat' id='busy'><body>Are you there?</body></message>`);
    const error = await alice.waitFor((stanza) => attribute(stanza, "id") === "busy");
    assert.equal(attribute(error, "type"), "error");
    const run = await sim.ended();
    assert.equal(run.code, 1);
    assert.match(run.err, /failed: wait session alice@example\.com: no session alice@example\.com in 3 s/);
  });

  test("a crash without BYE: what alice says in the dead session comes in a new one, once", async () => {
    const sim = bed.play(
      [`say bob ${ALICE} "Before it"`, "crash", `wait message ${ALICE} after it`, `say bob ${ALICE} "Got it"`],
      ["--json"],
    );
    await alice.waitFor(isBody("Before it"));
    await sim.shows(/"step":"crash"/);
    alice.send(`<message to='${BOB}' type='chat'><body>after it</body></message>`);
    await alice.waitFor(isBody("Got it"));
    const run = await sim.ended();
    assert.equal(run.code, 0, run.out + run.err);
    assert.equal(eventsOf(run).filter(({ text }) => text === "after it").length, 1);
    assert.ok(eventsOf(run).some(({ summary }) => summary === "481 (MESSAGE)"));
  });

  test("faults of the wire: two signed routes, compact headers, pieces, HTML; nothing is lost and nothing objected to", async () => {
    const faults = ["routes=2", "header-case=compact", "leading-crlf", "pieces=100", "text=html", "connections=2"];
    const sim = bed.play(
      [`say bob ${ALICE} "Bits & pieces"`, `wait message ${ALICE} Whole`, "hang-up"],
      faults.flatMap((fault) => ["--fault", fault]),
    );
    await alice.waitFor(isBody("Bits & pieces"));
    alice.send(`<message to='${BOB}' type='chat'><body>Whole</body></message>`);
    const run = await sim.ended();
    assert.equal(run.code, 0, run.out + run.err);
  });

  test("a certificate under another name: the node refuses, the step says so", async () => {
    const run = await bed.play([`watch bob ${ALICE}`], ["--fault", "certificate=wrong-name"]).ended();
    assert.equal(run.code, 1);
    assert.match(run.err, /failed: watch bob/);
  });

  test("a delayed answer: alice's text waits for the session", async () => {
    const sim = bed.play([`wait message ${ALICE} Patience`], ["--fault", "delay=INVITE:2"]);
    await sim.shows(/listens/);
    const asked = performance.now();
    alice.send(`<message to='${BOB}' type='chat'><body>Patience</body></message>`);
    const run = await sim.ended();
    assert.equal(run.code, 0, run.out + run.err);
    assert.ok(performance.now() - asked >= 2000);
  });

  test("a second device that answers late gets ACK and BYE", async () => {
    const sim = bed.play([`wait message ${ALICE} Fork`, "expect no deviations"], ["--fault", "fork=late"]);
    await sim.shows(/listens/);
    alice.send(`<message to='${BOB}' type='chat'><body>Fork</body></message>`);
    const run = await sim.ended();
    assert.equal(run.code, 0, run.out + run.err);
    assert.match(run.out, /---> BYE/);
  });

  test("a connection that breaks under MESSAGE: alice learns that her text did not get there", async () => {
    const sim = bed.play([`say bob ${ALICE} "Mind the gap"`, "fault drop=MESSAGE", "pause 2"]);
    await alice.waitFor(isBody("Mind the gap"));
    await sim.shows(/ok {2}fault/);
    alice.send(`<message to='${BOB}' type='chat' id='gap'><body>Minded</body></message>`);
    const fate = await alice.waitFor((stanza) => attribute(stanza, "id") === "gap");
    assert.equal(attribute(fate, "type"), "error");
    const run = await sim.ended();
    assert.equal(run.code, 0, run.out + run.err);
    assert.doesNotMatch(run.out, /Minded/);
  });

  test("a script with mistakes is wrong usage: each is named, and nothing runs", async () => {
    const run = await bed.play(["say bob", "dance", "wait nothing", "pause soon"]).ended();
    assert.equal(run.code, 2);
    for (const place of [
      "[0]: it is written: say USER TARGET TEXT",
      "[1]: there is no step",
      "[2]: wait: nothing is none of",
      "[3]: pause takes seconds",
    ])
      assert.ok(run.err.includes(place), run.err);
    assert.equal(run.out, "");
  });
});
