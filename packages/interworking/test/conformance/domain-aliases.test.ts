import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { settled } from "@interpres/testkit";
import { jid } from "../fakes/fake-local-domain.ts";
import { request } from "../fakes/fake-user-agent.ts";
import { AIM, AOL, GatewayUnderTest } from "../fakes/gateway-under-test.ts";
import { invite } from "../fakes/im-conversation.ts";

const ALICE = "alice@example.com";
const DESK = `${ALICE}/desk`;
const [AT_AOL, AT_AIM] = [`bob@${AOL}`, `bob@${AIM}`];
const WIRE = `sip:bob@${AOL}`;

/** A gateway whose user alice has these contacts. */
async function knowing(...contacts: readonly string[]): Promise<GatewayUnderTest> {
  const node = await GatewayUnderTest.started();
  node.local.signIn(DESK);
  node.local.rosters.set(ALICE, contacts.map(jid));
  return node;
}

/** From whom the one message or presence came that alice was given. */
function sender(node: GatewayUnderTest): string | undefined {
  return /from='([^']+)'/.exec(node.heard().join())?.[1];
}

describe("users of aim.com are those of aol.com (facts R9)", () => {
  test("R9: a contact of aim.com is watched and called at aol.com", async () => {
    const node = await knowing(AT_AIM);
    assert.ok(node.gateway.takes(AIM));
    node.presence("subscribe", ALICE, AT_AIM);
    assert.equal(node.agent.subscriptions[0]?.init.remoteUri, WIRE);
    node.say(DESK, AT_AIM, "hello");
    assert.equal(node.agent.invited[0]?.init?.to, WIRE);
  });

  test("R9: what the network says of aol.com reaches alice from the contact she has", async () => {
    const node = await knowing(AT_AIM);
    node.presence("subscribe", ALICE, AT_AIM);
    node.agent.subscriptions[0]?.notify("active");
    assert.deepEqual(node.local.told(), [`subscribed ${AT_AIM} ${ALICE}`]);
  });

  const known = [
    { roster: [AT_AIM], from: WIRE, as: AT_AIM },
    { roster: [AT_AIM], from: `sip:bob@${AIM}`, as: AT_AIM },
    { roster: [AT_AOL], from: `sip:bob@${AIM}`, as: AT_AOL },
    { roster: [], from: `sip:bob@${AIM}`, as: AT_AOL },
    { roster: [AT_AIM, AT_AOL], from: `sip:bob@${AIM}`, as: AT_AOL },
  ];
  for (const { roster, from, as } of known) {
    const whose = roster.length === 0 ? "nobody" : roster.join(" and ");
    test(`R9: to one who knows ${whose}, ${from} writes as ${as}`, async () => {
      const node = await knowing(...roster);
      const page = { from, to: `sip:${ALICE}`, headers: [["Content-Type", "text/plain"]] as const, body: "hello" };
      node.agent.page(request("MESSAGE", page));
      await settled();
      assert.equal(sender(node), as);
    });

    test(`R9: to one who knows ${whose}, ${from} asks to watch as ${as}`, async () => {
      const node = await knowing(...roster);
      node.agent.subscribe(from, `sip:${ALICE}`);
      await settled();
      assert.deepEqual(node.local.told(), [`subscribe ${as} ${ALICE}`]);
    });
  }

  test("R9: permission given to the one name is permission for the other", async () => {
    const node = await knowing(AT_AIM);
    node.local.verdicts.set(`${AT_AIM} ${ALICE}`, "granted");
    const { watch } = node.agent.subscribe(WIRE, `sip:${ALICE}`);
    await settled();
    assert.equal(watch, undefined);
    assert.deepEqual(node.agent.watches[0]?.told(), ["active open"]);
  });

  test("R9: his call joins the conversation that alice began, though he is no contact of hers", async () => {
    const node = await knowing();
    node.say(DESK, AT_AIM, "hello");
    node.agent.invited[0]?.establish();
    const { session } = node.agent.invite(invite({ from: WIRE }));
    session?.establish();
    const inDialog = { from: WIRE, to: `sip:${ALICE}`, headers: [["Content-Type", "text/plain"]] as const };
    session?.user.request(request("MESSAGE", { ...inDialog, body: "hello alice" }), () => undefined);
    assert.equal(sender(node), AT_AIM);
    assert.deepEqual(
      node.gateway.imSessions().map(({ foreign }) => foreign),
      [AT_AIM],
    );
  });

  test("R9: when aol.com leaves, so do those of aim.com", async () => {
    const node = await knowing(AT_AIM);
    node.presence("subscribe", ALICE, AT_AIM);
    node.agent.subscriptions[0]?.notify("active");
    node.remove(AOL);
    assert.equal(node.agent.subscriptions[0]?.state, "unsubscribing");
    assert.equal(node.gateway.takes(AIM), false);
  });
});
