import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { XmppClient } from "@interpres/testkit";
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
});
