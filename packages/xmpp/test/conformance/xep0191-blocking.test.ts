import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bare, type FakeClient, World } from "../world.ts";

const [ALICE, CAROL, BOB] = ["alice@local.example", "carol@local.example", "bob@sip.example"];

async function change(
  client: FakeClient,
  name: "block" | "unblock",
  ...jids: readonly string[]
): Promise<readonly string[]> {
  const items = jids.map((jid) => `<item jid='${jid}'/>`).join("");
  client.send(`<iq type='set' id='b'><${name} xmlns='urn:xmpp:blocking'>${items}</${name}></iq>`);
  return await client.take();
}

async function blocked(...jids: readonly string[]): Promise<{ readonly world: World; readonly alice: FakeClient }> {
  const world = await World.create();
  await world.befriend(ALICE, BOB);
  await world.befriend(ALICE, CAROL);
  const alice = await world.login("alice", "desk");
  await change(alice, "block", ...jids);
  world.gateway.take();
  return { world, alice };
}

describe("blocking (XEP-0191)", () => {
  test("result, and a push to those who asked for the list", async () => {
    const world = await World.create();
    const [desk, phone, quiet] = [
      await world.login("alice", "desk"),
      await world.login("alice", "phone"),
      await world.login("alice", "quiet"),
    ];
    for (const client of [desk, phone])
      client.send("<iq type='get' id='l'><blocklist xmlns='urn:xmpp:blocking'/></iq>");
    for (const client of [desk, phone, quiet]) await client.take();
    assert.equal((await change(desk, "block", BOB)).length, 2);
    assert.match(
      (await phone.take()).join(),
      /<iq type='set'[^>]*><block xmlns='urn:xmpp:blocking'><item jid='bob@sip\.example'\/>/,
    );
    assert.deepEqual(await quiet.take(), []);
    quiet.send("<iq type='get' id='l'><blocklist xmlns='urn:xmpp:blocking'/></iq>");
    assert.match(
      (await quiet.take()).join(),
      /<blocklist xmlns='urn:xmpp:blocking'><item jid='bob@sip\.example'\/><\/blocklist>/,
    );
  });

  test("the contact sees the user leave, then nothing", async () => {
    const world = await World.create();
    await world.befriend(ALICE, BOB);
    const alice = await world.login("alice", "desk");
    world.gateway.take();
    await change(alice, "block", BOB);
    assert.deepEqual(world.gateway.flow(), [`presence unavailable ${ALICE}/desk > ${BOB}`]);
    alice.send("<presence><show>away</show></presence>");
    alice.die();
    await world.rest();
    assert.deepEqual(world.gateway.flow(), []);
    assert.equal(await world.core.local.mayWatch(bare(BOB), bare(ALICE)), "blocked");
    assert.equal(await world.core.local.isWatching(bare(ALICE), bare(BOB)), false);
  });

  test("who only got directed presence sees the user leave too, once", async () => {
    const world = await World.create();
    const alice = await world.login("alice", "desk");
    alice.send(`<presence to='${BOB}/pc'/>`);
    await alice.take();
    world.gateway.take();
    await change(alice, "block", BOB);
    await change(alice, "unblock", BOB);
    alice.die();
    assert.deepEqual(world.gateway.flow(), [`presence unavailable ${ALICE}/desk > ${BOB}/pc`]);
  });

  test("no message, presence or IQ comes through; messages and IQs are answered service-unavailable", async () => {
    const { world, alice } = await blocked(BOB);
    const sent = world.deliver(`<message from='${BOB}/pc' to='${ALICE}' type='chat'><body>x</body></message>`);
    world.presence(`<presence from='${BOB}/pc' to='${ALICE}'/>`);
    world.presence(`<presence type='subscribe' from='${BOB}' to='${ALICE}'/>`);
    world.presence(`<presence type='probe' from='${BOB}' to='${ALICE}'/>`);
    world.iq(`<iq type='get' id='x' from='${BOB}/pc' to='${ALICE}/desk'><ping xmlns='urn:xmpp:ping'/></iq>`);
    assert.deepEqual(await alice.take(), []);
    assert.deepEqual(sent.outcomes, [{ kind: "refused", type: "cancel", condition: "service-unavailable" }]);
    assert.deepEqual(world.gateway.flow(), [`iq error ${ALICE}/desk > ${BOB}/pc`]);
  });

  test("offline messages are refused too", async () => {
    const { world, alice } = await blocked(BOB);
    alice.die();
    await world.restart();
    const sent = world.deliver(`<message from='${BOB}' to='${ALICE}' type='chat'><body>x</body></message>`);
    await world.rest();
    assert.equal(sent.outcomes[0]?.kind, "refused");
    assert.equal(world.repositories.offline.rows.size, 0);
  });

  test("what the user sends there comes back not-acceptable, blocked", async () => {
    const { world, alice } = await blocked(BOB);
    alice.send(`<message to='${BOB}' type='chat'><body>x</body></message>`);
    alice.send(`<presence to='${BOB}'/>`);
    alice.send(`<presence to='${BOB}' type='subscribe'/>`);
    alice.send(`<iq type='get' id='x' to='${BOB}/pc'><ping xmlns='urn:xmpp:ping'/></iq>`);
    const errors = await alice.take();
    assert.equal(errors.length, 4);
    for (const error of errors)
      assert.match(error, /<not-acceptable [^>]*\/><blocked xmlns='urn:xmpp:blocking:errors'\/>/);
    assert.deepEqual(world.gateway.take(), []);
  });

  test("between local users", async () => {
    const { world, alice } = await blocked(CAROL);
    const carol = await world.login("carol", "one");
    carol.send(`<message to='${ALICE}' type='chat'><body>x</body></message>`);
    assert.deepEqual(await alice.take(), []);
    assert.deepEqual(await carol.flow(), [`message error ${ALICE}`]);
    alice.send("<presence><show>away</show></presence>");
    assert.deepEqual(await carol.take(), []);
  });

  const rules: readonly (readonly [item: string, from: string, isBlocked: boolean])[] = [
    ["bob@sip.example/pc", "bob@sip.example/pc", true],
    ["bob@sip.example/pc", "bob@sip.example/phone", false],
    ["bob@sip.example", "bob@sip.example/phone", true],
    ["sip.example", "bob@sip.example/phone", true],
    ["sip.example", "bob@sub.sip.example", true],
    ["sip.example", "bob@notsip.example", false],
    ["sip.example/pc", "sip.example/pc", true],
    ["sip.example/pc", "sip.example", false],
  ];
  for (const [item, from, isBlocked] of rules) {
    test(`"${item}" ${isBlocked ? "blocks" : "does not block"} ${from}`, async () => {
      const { world, alice } = await blocked(item);
      world.deliver(`<message from='${from}' to='${ALICE}' type='chat'><body>x</body></message>`);
      assert.equal((await alice.take()).length, isBlocked ? 0 : 1);
    });
  }

  test("unblocked: the contact sees the user come, the user asks for the contact's presence", async () => {
    const { world, alice } = await blocked(BOB);
    await change(alice, "unblock", BOB);
    assert.deepEqual(world.gateway.flow(), [
      `presence ${ALICE}/desk > ${BOB}`,
      `presence probe ${ALICE}/desk > ${BOB}`,
    ]);
    assert.equal(await world.core.local.mayWatch(bare(BOB), bare(ALICE)), "granted");
  });

  test("unblock all", async () => {
    const { world, alice } = await blocked(BOB, CAROL, "x.example");
    await change(alice, "unblock");
    assert.deepEqual(world.repositories.blocks.rows.get(ALICE) ?? [], []);
    assert.equal(await world.core.local.mayWatch(bare(BOB), bare(ALICE)), "granted");
  });

  test("survives a restart", async () => {
    const { world } = await blocked(BOB);
    await world.restart();
    assert.equal(await world.core.local.mayWatch(bare(BOB), bare(ALICE)), "blocked");
  });

  test("nothing to block, no JID, oneself, too many", async () => {
    const world = await World.create();
    world.settings = { ...world.settings, maxBlocked: 1 };
    const alice = await world.login("alice", "desk");
    for (const [jids, condition] of [
      [[], "bad-request"],
      [["@"], "jid-malformed"],
      [[ALICE], "not-allowed"],
      [[BOB, CAROL], "resource-constraint"],
    ] as const)
      assert.match((await change(alice, "block", ...jids)).join(), new RegExp(`<${condition} `));
  });
});
