import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { XmppClient } from "@interpres/testkit";
import { child, text } from "@interpres/xmpp/xml";
import { eventually } from "../harness/eventually.ts";
import { FOREIGN, LOCAL, RoadBed } from "../harness/road-bed.ts";
import { isPresence, showOf } from "../harness/stanzas.ts";

const ALICE = `alice@${LOCAL}`;
const BOB = `bob@${FOREIGN}`;
const DIALECT = `/sip-federated-domains/${FOREIGN}/dialect`;

describe("which availability stands for which, changed for one domain while people see each other", () => {
  let bed: RoadBed;
  let alice: XmppClient;

  before(async () => {
    bed = await RoadBed.start();
    alice = await bed.signIn("alice");
    alice.send("<presence><show>dnd</show></presence>");
    await bed.edge.setState("bob", "busy");
    alice.send(`<presence type='subscribe' to='${BOB}'/>`);
    const busy = await alice.waitFor((stanza) => isPresence(stanza, undefined, BOB));
    assert.equal(showOf(busy), "away");
    await bed.edge.watch("bob", ALICE);
    await alice.waitFor((stanza) => isPresence(stanza, "subscribe", BOB));
    alice.send(`<presence type='subscribed' to='${BOB}'/>`);
    await toldBob("busy");
  });
  after(() => bed?.end());

  async function toldBob(activity: string): Promise<void> {
    const words = new RegExp(`<ep:activity>${activity}</ep:activity>`);
    await eventually(() => assert.match(bed.edge.seen.at(-1)?.body ?? "", words));
  }

  test("bob is told at once in the new word", async () => {
    await bed.node.admin.ask("PUT", DIALECT, { mapping: { told: { dnd: "away" } } });
    await toldBob("away");
  });

  test("alice sees bob at once by the other set, and by a row of the administrator's", async () => {
    await bed.node.admin.ask("PUT", DIALECT, { mapping: { set: "faithful" } });
    const faithful = await alice.waitFor((stanza) => isPresence(stanza, undefined, BOB));
    assert.equal(showOf(faithful), "dnd");
    await bed.node.admin.ask("PUT", DIALECT, { mapping: { seen: { busy: { show: "xa", status: "Occupied" } } } });
    const occupied = await alice.waitFor((stanza) => isPresence(stanza, undefined, BOB));
    const status = child(occupied, "status");
    assert.deepEqual([showOf(occupied), status === undefined ? "" : text(status)], ["xa", "Occupied"]);
  });

  test("what bob cannot be told is refused with its path, and nothing is told", async () => {
    await toldBob("busy");
    const { length } = bed.edge.seen;
    const mapping = { told: { dnd: "meeting" } };
    const refused = await bed.node.admin.try("PUT", DIALECT, { mapping });
    assert.equal(refused.status, 400);
    assert.match(JSON.stringify(refused.body), /mapping\.told\.dnd/);
    alice.send("<presence><show>away</show></presence>");
    await toldBob("away");
    assert.equal(bed.edge.seen.length, length + 1);
  });

  test("the edge found nothing to object to", () => assert.deepEqual(bed.edge.deviations, []));
});
