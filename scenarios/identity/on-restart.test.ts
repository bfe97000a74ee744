import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { XmppClient } from "@interpres/testkit";
import { eventually } from "../harness/eventually.ts";
import { RoadBed } from "../harness/road-bed.ts";
import { isPresence } from "../harness/stanzas.ts";
import {
  ALICE,
  ALICE_MAIL,
  addUsers,
  BOB,
  befriend,
  fromOf,
  lastSeen,
  requests,
  say,
  useMailAddresses,
} from "./people.ts";

/** The book's way: saved, then nothing until the router restarts, and its users sign in again (R77, R73e). */
describe("mail addresses where changes wait for a restart", () => {
  let bed: RoadBed;
  let alice: XmppClient;

  before(async () => {
    bed = await RoadBed.start();
    await bed.node.admin.ask("PATCH", "/cluster/settings", { changeControl: "on-restart" });
    await addUsers(bed, { alice: ALICE_MAIL });
    alice = await bed.arrive("alice");
    await befriend(bed, alice, ALICE);
    await useMailAddresses(bed);
  });

  after(() => bed?.end());

  test("until then she is known by her JID, and a notification names what waits and for what", async () => {
    say(alice, "as ever");
    await eventually(() => assert.equal(bed.edge.texts.at(-1)?.from, ALICE));
    assert.equal((await bed.edge.say("bob", ALICE, "to the JID")).status, 200);
    const user = (await bed.node.admin.ask("GET", `/users/${ALICE}`)) as { readonly federationAddress: string };
    assert.equal(user.federationAddress, ALICE);
    const { items } = (await bed.node.admin.ask("GET", "/notifications?find=service:is:xmpp-router")) as {
      readonly items: readonly { readonly text: string }[];
    };
    assert.match(items[0]?.text ?? "", /useEmailAddressWhenFederating/);
  });

  test("after the restart she signs in again, and her contacts are asked in the new name", async () => {
    const skipped = bed.edge.requests.length;
    await bed.node.admin.ask("POST", "/nodes/imp1/services/xmpp-router/restart");
    await alice.waitForEnd();
    const again = await bed.arrive("alice");
    await again.waitFor((stanza) => isPresence(stanza, undefined, BOB));
    const asked = requests(bed, "SUBSCRIBE", skipped).filter(
      ({ to, expires }) => to.tag === undefined && expires !== 0,
    );
    assert.deepEqual(asked.map(fromOf), [ALICE_MAIL]);
    assert.equal(bed.edge.watchers, 1);
    assert.deepEqual([lastSeen(bed).of, lastSeen(bed).state], [`sip:${ALICE}`, "terminated"]);
    say(again, "under my new name");
    await eventually(() => assert.equal(bed.edge.texts.at(-1)?.from, ALICE_MAIL));
    assert.equal((await bed.edge.watch("bob", ALICE)).status, 404);
    assert.equal((await bed.edge.watch("bob", ALICE_MAIL)).status, 200);
  });
});
