import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { XmppClient } from "@interpres/testkit";
import { eventually } from "../harness/eventually.ts";
import { FOREIGN, RoadBed } from "../harness/road-bed.ts";
import { isBody } from "../harness/stanzas.ts";
import { ALICE, ALICE_MAIL, addUsers, BOB, befriend, lastSeen, requests, say, useMailAddresses } from "./people.ts";

/** Mail addresses are switched on, and for a while JIDs are accepted too (facts C11). */
describe("a time in which JIDs still work", () => {
  let bed: RoadBed;
  let alice: XmppClient;
  let switchedAt = 0;

  before(async () => {
    bed = await RoadBed.start({ integrationType: "standard" });
    await addUsers(bed, { alice: ALICE_MAIL });
    alice = await bed.arrive("alice");
    await befriend(bed, alice, ALICE);
    switchedAt = bed.edge.requests.length;
    await useMailAddresses(bed, { acceptJidUntil: new Date(Date.now() + 3_600_000).toISOString() });
  });

  after(() => bed?.end());

  test("who watches her by the JID goes on, and his document says where she is to be reached now", async () => {
    const count = bed.edge.seen.length;
    alice.send("<presence><show>away</show></presence>");
    await eventually(() => assert.equal(bed.edge.seen.length, count + 1));
    const { state, body } = lastSeen(bed);
    assert.equal(state, "active");
    assert.match(body, new RegExp(`entity="sip:${ALICE}"`));
    assert.match(body, new RegExp(`<contact[^>]*>sip:${ALICE_MAIL}</contact>`));
  });

  test("he reaches her by either address, and she answers from the mail address", async () => {
    for (const address of [ALICE, ALICE_MAIL]) {
      assert.equal((await bed.edge.say("bob", address, `to ${address}`)).status, 200);
      await alice.waitFor(isBody(`to ${address}`));
      await bed.edge.hangUp();
    }
    say(alice, "answer");
    await eventually(() => assert.equal(bed.edge.texts.at(-1)?.text, "answer"));
    assert.equal(bed.edge.texts.at(-1)?.from, `${ALICE_MAIL};gr=desk`);
    assert.equal(requests(bed, "NOTIFY", switchedAt).filter(isLast).length, 0);
  });

  test("when the time is over the JID is nobody's", async () => {
    await bed.node.admin.ask("PATCH", "/presence-settings", {
      acceptJidUntil: new Date(Date.now() + 1500).toISOString(),
    });
    assert.equal((await bed.edge.watch("bob", ALICE)).status, 200);
    await eventually(() => assert.equal(requests(bed, "NOTIFY", switchedAt).filter(isLast).length, 2));
    assert.equal((await bed.edge.watch("bob", ALICE)).status, 404);
    assert.equal((await bed.edge.watch("bob", ALICE_MAIL)).status, 200);
  });

  test("nobody was dropped while both were accepted", async () => {
    const { items } = (await bed.node.admin.ask("GET", `/presence-settings/email-drops?peer=${FOREIGN}`)) as {
      readonly items: readonly { readonly count: number; readonly sender: string }[];
    };
    assert.deepEqual(
      items.map(({ sender, count }) => [sender, count]),
      [[BOB, 1]],
    );
  });
});

function isLast(notify: { first(name: string): string | undefined }): boolean {
  return /terminated;.*noresource/.test(notify.first("Subscription-State") ?? "");
}
