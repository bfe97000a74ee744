import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { SipRequest } from "@interpres/sip";
import type { XmppClient } from "@interpres/testkit";
import { attribute } from "@interpres/xmpp/xml";
import { eventually } from "../harness/eventually.ts";
import { FOREIGN, LOCAL, RoadBed } from "../harness/road-bed.ts";

const ALICE = `alice@${LOCAL}`;

/** What a watcher is told at set-up, NOTIFY by NOTIFY. Alice's change at the end shows that nothing else was on its way. */
for (const integrationType of ["microsoft", "standard"] as const) {
  describe(`the first NOTIFY to a ${integrationType} watcher (RFC 6665 §4.2.1.2)`, () => {
    let bed: RoadBed;
    let alice: XmppClient;

    before(async () => {
      bed = await RoadBed.start({ integrationType });
      alice = await bed.signIn("alice");
      alice.send("<iq type='get' id='r1'><query xmlns='jabber:iq:roster'/></iq>");
      await alice.waitFor((stanza) => attribute(stanza, "id") === "r1");
      alice.send("<presence/>");
    });

    after(() => bed?.end());

    test("who was approved beforehand: one, active, with the state", async () => {
      alice.send(`<presence type='subscribed' to='pia@${FOREIGN}'/>`);
      await alice.waitFor((stanza) => stanza.name === "iq" && attribute(stanza, "type") === "set");
      assert.deepEqual(await toldAround("pia", "away"), ["active open", "active open away"]);
    });

    test("whom the contact list grants it: one, active, with the state", async () => {
      assert.deepEqual(await toldAround("pia", "dnd"), ["active open away", "active open busy"]);
    });

    test("who has to be asked for: what is so until then, and the state after her yes", async () => {
      const { callId } = await bed.edge.watch("quinn", ALICE);
      await alice.waitFor((stanza) => attribute(stanza, "type") === "subscribe");
      alice.send(`<presence type='subscribed' to='quinn@${FOREIGN}'/>`);
      await eventually(() => assert.equal(notifies(bed, callId).length, 2));
      const meanwhile = integrationType === "microsoft" ? "active closed" : "pending";
      assert.deepEqual(notifies(bed, callId).map(told), [meanwhile, "active open busy"]);
    });

    /** All NOTIFYs of a dialog that `watcher` begins, up to the one for Alice's change to `show`. */
    async function toldAround(watcher: string, show: "away" | "dnd"): Promise<readonly string[]> {
      const { callId } = await bed.edge.watch(watcher, ALICE);
      await eventually(() => assert.ok(notifies(bed, callId).length > 0, "no NOTIFY came"));
      alice.send(`<presence><show>${show}</show></presence>`);
      const activity = show === "dnd" ? "busy" : show;
      await eventually(() => assert.match(notifies(bed, callId).map(told).at(-1) ?? "", new RegExp(activity)));
      return notifies(bed, callId).map(told);
    }
  });
}

function notifies(bed: RoadBed, callId: string): readonly SipRequest[] {
  return bed.edge.requests.map(({ message }) => message).filter((message) => message.callId === callId);
}

/** State of the subscription, basic status, activity. */
function told(notify: SipRequest): string {
  const body = Buffer.from(notify.body).toString("utf8");
  const basic = /<basic>(\w+)</.exec(body)?.[1];
  const activity = /<ep:activity>(\w+)<|<(?:\w+:)?(away|busy)\/>/.exec(body);
  return [notify.subscriptionState?.state, basic, activity?.[1] ?? activity?.[2]]
    .filter((word) => word !== undefined)
    .join(" ");
}
