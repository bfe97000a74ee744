import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bare, World } from "../world.ts";

const [ALICE, BOB, CAROL] = ["alice@local.example", "bob@sip.example", "carol@local.example"];
const request = (from: string) => `<presence type='subscribe' from='${from}' to='${ALICE}'/>`;

/** Alice, whom bob watches already, and who may have one watcher. */
async function watchedByBob(): Promise<World> {
  const world = await World.create();
  await world.befriend(ALICE, BOB);
  world.settings = { ...world.settings, maxWatchers: 1 };
  return world;
}

describe("a user with as many watchers as are allowed", () => {
  test("is not asked again: one more foreign watcher is told no, with the reason, and nothing is kept", async () => {
    const world = await watchedByBob();
    const alice = await world.login("alice", "desk");
    await alice.take();
    world.gateway.take();
    assert.equal(await world.core.local.mayWatch(bare("eve@sip.example"), bare(ALICE)), "full");
    world.presence(request("eve@sip.example"));
    await world.rest();
    assert.deepEqual(await alice.take(), []);
    const [refusal = ""] = world.gateway.take();
    assert.match(refusal, /type='unsubscribed'.*<status>This user has as many watchers as are allowed/);
    assert.equal(world.repositories.rosters.rows.get(ALICE)?.entries.length, 1);
  });

  test("refuses a local one too, even where nobody has to ask", async () => {
    const world = await watchedByBob();
    world.settings = { ...world.settings, subscriptionApproval: "automatic" };
    const carol = await world.login("carol", "desk");
    await carol.take();
    carol.send(`<presence type='subscribe' to='${ALICE}'/>`);
    const told = (await carol.take()).join();
    assert.match(told, /type='unsubscribed'/);
    assert.match(told, /jid='alice@local\.example' subscription='none'\/>/);
  });

  test("goes on being seen by those who see her", async () => {
    const world = await watchedByBob();
    assert.equal(await world.core.local.mayWatch(bare(BOB), bare(ALICE)), "granted");
    world.presence(request(BOB));
    await world.rest();
    assert.deepEqual(world.gateway.flow(), [`presence subscribed ${ALICE} > ${BOB}`]);
  });

  test("cannot say yes to an older request until there is room", async () => {
    const world = await World.create();
    const alice = await world.login("alice", "desk");
    for (const from of [BOB, "eve@sip.example"]) world.presence(request(from));
    await alice.take();
    world.settings = { ...world.settings, maxWatchers: 1 };
    alice.send(`<presence type='subscribed' to='${BOB}'/>`);
    await alice.take();
    alice.send("<presence type='subscribed' id='s' to='eve@sip.example'/>");
    assert.match((await alice.take()).join(), /type='error' id='s'.*resource-constraint/);
    assert.equal(await world.core.local.mayWatch(bare("eve@sip.example"), bare(ALICE)), "pending");
    alice.send(`<presence type='unsubscribed' to='${BOB}'/>`);
    alice.send("<presence type='subscribed' to='eve@sip.example'/>");
    await alice.take();
    assert.equal(await world.core.local.mayWatch(bare("eve@sip.example"), bare(ALICE)), "granted");
  });

  test("has no limit where there is none", async () => {
    const world = await watchedByBob();
    world.settings = { ...world.settings, maxWatchers: Number.POSITIVE_INFINITY };
    assert.equal(await world.core.local.mayWatch(bare("eve@sip.example"), bare(ALICE)), "none");
    assert.equal(await world.core.local.mayWatch(bare(CAROL), bare(ALICE)), "none");
  });
});
