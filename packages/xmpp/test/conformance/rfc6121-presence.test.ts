import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bare, World } from "../world.ts";

const [ALICE, CAROL, BOB] = ["alice@local.example", "carol@local.example", "bob@sip.example"];

describe("broadcast presence (RFC 6121 §4.2, §4.4, §4.5)", () => {
  test("initial presence: to itself, to contacts once, probes to foreign ones from the full JID", async () => {
    const world = await World.create();
    await world.befriend(ALICE, BOB);
    await world.befriend(ALICE, CAROL);
    const carol = await world.login("carol", "one");
    const alice = await world.login("alice", "desk", "connected");
    alice.send("<presence><status>here</status></presence>");
    assert.deepEqual(await alice.flow(), [`presence ${ALICE}/desk`, `presence ${CAROL}/one`]);
    assert.deepEqual(await carol.flow(), [`presence ${ALICE}/desk`]);
    assert.deepEqual(world.gateway.flow(), [
      `presence ${ALICE}/desk > ${BOB}`,
      `presence probe ${ALICE}/desk > ${BOB}`,
    ]);
  });

  test("subsequent presence: to all own resources and contacts, no probes", async () => {
    const world = await World.create();
    await world.befriend(ALICE, BOB);
    const [desk, phone] = [await world.login("alice", "desk"), await world.login("alice", "phone")];
    await desk.take();
    world.gateway.take();
    phone.send("<presence><show>away</show></presence>");
    assert.deepEqual(await desk.flow(), [`presence ${ALICE}/phone`]);
    assert.deepEqual(await phone.flow(), [`presence ${ALICE}/phone`]);
    assert.deepEqual(world.gateway.take(), [
      `<presence from='${ALICE}/phone' to='${BOB}'><show>away</show></presence>`,
    ]);
  });

  test("a second resource learns of the first", async () => {
    const world = await World.create();
    await world.login("alice", "desk");
    const phone = await world.login("alice", "phone", "connected");
    phone.send("<presence/>");
    assert.deepEqual(await phone.flow(), [`presence ${ALICE}/phone`, `presence ${ALICE}/desk`]);
  });

  test("unavailable: the full stanza to contacts, own resources and itself; then it is offline", async () => {
    const world = await World.create();
    await world.befriend(ALICE, BOB);
    const [desk, phone] = [await world.login("alice", "desk"), await world.login("alice", "phone")];
    await desk.take();
    world.gateway.take();
    desk.send("<presence type='unavailable'><status>bye</status></presence>");
    assert.deepEqual(await desk.flow(), [`presence unavailable ${ALICE}/desk`]);
    assert.deepEqual(await phone.flow(), [`presence unavailable ${ALICE}/desk`]);
    assert.match(world.gateway.take().join(), /type='unavailable'[^>]*><status>bye</);
    desk.send("<presence type='unavailable'/>");
    assert.deepEqual(world.gateway.take(), []);
    assert.equal(world.core.local.availability(bare(ALICE), bare(BOB)).length, 1);
  });

  test("a lost session is made unavailable", async () => {
    const world = await World.create();
    await world.befriend(ALICE, BOB);
    const desk = await world.login("alice", "desk");
    world.gateway.take();
    desk.die();
    assert.deepEqual(world.gateway.flow(), [`presence unavailable ${ALICE}/desk > ${BOB}`]);
    assert.deepEqual(world.core.local.availability(bare(ALICE), bare(BOB)), []);
  });

  test("a suspended session stays available (XEP-0198 §5)", async () => {
    const world = await World.create();
    await world.befriend(ALICE, BOB);
    const desk = await world.login("alice", "desk");
    world.gateway.take();
    desk.suspend();
    desk.resume();
    assert.deepEqual(world.gateway.flow(), []);
    assert.equal(world.core.local.availability(bare(ALICE), bare(BOB)).length, 1);
  });

  test("a local contact who no longer shares presence is not shown at login", async () => {
    const world = await World.create();
    const entry = { jid: CAROL, kind: "item", state: "to", approval: "not-approved", groups: [], version: 1 } as const;
    await world.repositories.rosters.save(ALICE, { version: 1, floor: 1, put: entry, drop: [] });
    await world.login("carol", "one");
    const alice = await world.login("alice", "desk", "connected");
    alice.send("<presence/>");
    assert.deepEqual(await alice.flow(), [`presence ${ALICE}/desk`]);
  });

  test("who is not subscribed gets nothing", async () => {
    const world = await World.create();
    const dave = await world.login("dave", "x");
    const alice = await world.login("alice", "desk");
    alice.send("<presence><show>away</show></presence>");
    assert.deepEqual(await dave.take(), []);
  });

  test("a contact whose domain is no longer federated is not answered with errors", async () => {
    const world = await World.create();
    await world.befriend(ALICE, BOB);
    world.gateway.domains.clear();
    const alice = await world.login("alice", "desk");
    alice.send("<presence><show>away</show></presence>");
    assert.deepEqual(await alice.flow(), [`presence ${ALICE}/desk`]);
  });

  test("availability has the latest presence of each resource", async () => {
    const world = await World.create();
    const desk = await world.login("alice", "desk");
    await world.login("alice", "phone");
    await world.login("alice", "silent", "connected");
    desk.send("<presence><show>dnd</show></presence>");
    const shown = world.core.local
      .availability(bare(ALICE), bare(BOB))
      .map(({ from, element }) => [String(from), element.children.length]);
    assert.deepEqual(shown, [
      [`${ALICE}/desk`, 1],
      [`${ALICE}/phone`, 0],
    ]);
  });

  test("a newer session with the same resource replaces the older (RFC 6120 §7.7.2.2)", async () => {
    const world = await World.create();
    const older = await world.login("alice", "desk");
    const newer = await world.login("alice", "desk");
    assert.equal(older.closedWith, "conflict");
    assert.equal(world.core.sessions.size, 1);
    assert.equal(world.core.local.availability(bare(ALICE), bare(BOB)).length, 1);
    await newer.take();
    newer.send("<iq type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>");
    assert.deepEqual(await newer.flow(), [`iq result ${ALICE}`]);
  });

  test("the resources of a user are bounded", async () => {
    const world = await World.create();
    world.settings = { ...world.settings, maxResources: 1 };
    await world.login("alice", "desk");
    assert.throws(() => world.bind("alice", "phone"));
  });
});

describe("inbound presence (RFC 6121 §8.5)", () => {
  test("to the bare JID: all available resources; to a full JID: that one", async () => {
    const world = await World.create();
    const [desk, phone] = [await world.login("alice", "desk"), await world.login("alice", "phone")];
    const quiet = await world.login("alice", "quiet", "connected");
    await desk.take();
    world.presence(`<presence from='${BOB}/pc' to='${ALICE}'/>`);
    world.presence(`<presence from='${BOB}/pc' to='${ALICE}/phone'/>`);
    assert.deepEqual([(await desk.take()).length, (await phone.take()).length, (await quiet.take()).length], [1, 2, 0]);
  });
});

describe("directed presence (RFC 6121 §4.6)", () => {
  test("to a stranger: delivered, no later broadcast, but the end of the session", async () => {
    const world = await World.create();
    const alice = await world.login("alice", "desk");
    alice.send(`<presence to='${BOB}'><show>chat</show></presence>`);
    alice.send("<presence><show>away</show></presence>");
    assert.deepEqual(world.gateway.flow(), [`presence ${ALICE}/desk > ${BOB}`]);
    alice.die();
    assert.deepEqual(world.gateway.flow(), [`presence unavailable ${ALICE}/desk > ${BOB}`]);
  });

  test("taken back: no second unavailable", async () => {
    const world = await World.create();
    const alice = await world.login("alice", "desk");
    alice.send(`<presence to='${BOB}'/>`);
    alice.send(`<presence to='${BOB}' type='unavailable'/>`);
    world.gateway.take();
    alice.die();
    assert.deepEqual(world.gateway.flow(), []);
  });

  test("to a contact: one unavailable, not two", async () => {
    const world = await World.create();
    await world.befriend(ALICE, BOB);
    const alice = await world.login("alice", "desk");
    alice.send(`<presence to='${BOB}'/>`);
    world.gateway.take();
    alice.die();
    assert.deepEqual(world.gateway.flow(), [`presence unavailable ${ALICE}/desk > ${BOB}`]);
  });

  test("to a contact's full JID before initial presence: one unavailable all the same", async () => {
    const world = await World.create();
    await world.befriend(ALICE, BOB);
    const alice = await world.login("alice", "desk", "connected");
    alice.send(`<presence to='${BOB}/pc'/>`);
    alice.send("<presence/>");
    await alice.take();
    world.gateway.take();
    alice.die();
    assert.deepEqual(world.gateway.flow(), [`presence unavailable ${ALICE}/desk > ${BOB}`]);
  });

  test("who goes away first is not told of our going (§4.6.1)", async () => {
    const world = await World.create();
    const alice = await world.login("alice", "desk");
    alice.send(`<presence to='${BOB}/pc'/>`);
    world.presence(`<presence type='unavailable' from='${BOB}/pc' to='${ALICE}/desk'/>`);
    world.gateway.take();
    alice.die();
    assert.deepEqual(world.gateway.flow(), []);
  });

  test("before initial presence: the end is told all the same", async () => {
    const world = await World.create();
    const alice = await world.login("alice", "desk", "connected");
    alice.send(`<presence to='${BOB}'/>`);
    await alice.take();
    world.gateway.take();
    alice.die();
    assert.deepEqual(world.gateway.flow(), [`presence unavailable ${ALICE}/desk > ${BOB}`]);
  });

  test("is bounded", async () => {
    const world = await World.create();
    world.settings = { ...world.settings, maxDirectedPresence: 2 };
    const alice = await world.login("alice", "desk");
    for (const n of [1, 2, 3]) alice.send(`<presence to='x${n}@sip.example'/>`);
    assert.equal(world.gateway.flow().length, 2);
    assert.match((await alice.take()).join(), /resource-constraint/);
    alice.send("<presence to='x1@sip.example'/>");
    assert.equal(world.gateway.flow().length, 1);
  });
});

describe("probes (RFC 6121 §4.3.2, §4.6.6)", () => {
  const probe = (to: string) => `<presence type='probe' id='p' from='${BOB}' to='${to}'/>`;

  test("from a contact: the full presence of each available resource", async () => {
    const world = await World.create();
    await world.befriend(ALICE, BOB);
    const alice = await world.login("alice", "desk");
    alice.send("<presence><show>dnd</show></presence>");
    world.gateway.take();
    world.presence(probe(ALICE));
    await world.rest();
    assert.deepEqual(world.gateway.take(), [`<presence from='${ALICE}/desk' to='${BOB}'><show>dnd</show></presence>`]);
  });

  test("to a full JID: that resource, without details", async () => {
    const world = await World.create();
    await world.befriend(ALICE, BOB);
    const [desk] = [await world.login("alice", "desk"), await world.login("alice", "phone")];
    desk.send("<presence><show>dnd</show></presence>");
    world.gateway.take();
    world.presence(probe(`${ALICE}/desk`));
    await world.rest();
    assert.deepEqual(world.gateway.take(), [`<presence from='${ALICE}/desk' to='${BOB}'/>`]);
  });

  test("from a contact while offline: unavailable with the probe's id", async () => {
    const world = await World.create();
    await world.befriend(ALICE, BOB);
    world.presence(probe(ALICE));
    await world.rest();
    assert.deepEqual(world.gateway.take(), [`<presence type='unavailable' id='p' from='${ALICE}' to='${BOB}'/>`]);
  });

  test("from a stranger: unsubscribed, from the bare JID", async () => {
    const world = await World.create();
    await world.login("alice", "desk");
    world.presence(probe(ALICE));
    await world.rest();
    assert.deepEqual(world.gateway.take(), [`<presence type='unsubscribed' id='p' from='${ALICE}' to='${BOB}'/>`]);
  });

  test("from who got directed presence: that resource is there, no more", async () => {
    const world = await World.create();
    const [desk] = [await world.login("alice", "desk"), await world.login("alice", "phone")];
    desk.send(`<presence to='${BOB}'><show>dnd</show></presence>`);
    world.gateway.take();
    world.presence(probe(ALICE));
    await world.rest();
    assert.deepEqual(world.gateway.take(), [`<presence from='${ALICE}/desk' to='${BOB}'/>`]);
  });
});

describe("priority (RFC 6121 §4.7.2.3)", () => {
  for (const [written, reachable] of [
    ["5", true],
    ["-5", false],
    ["junk", true],
    ["-129", true],
    [" 7 ", true],
    ["0.8", true],
  ] as const) {
    test(`"${written}" ${reachable ? "gets" : "gets no"} messages`, async () => {
      const world = await World.create();
      const carol = world.bind("carol", "one");
      carol.send(`<presence><priority>${written}</priority></presence>`);
      await carol.take();
      world.deliver(`<message from='${BOB}' to='${CAROL}' type='chat'><body>x</body></message>`);
      assert.equal((await carol.take()).length, reachable ? 1 : 0);
    });
  }
});
