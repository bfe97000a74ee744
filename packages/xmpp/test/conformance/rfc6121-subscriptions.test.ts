import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bare, World } from "../world.ts";

const [ALICE, BOB] = ["alice@local.example", "bob@sip.example"];

describe("subscribing to a foreign contact (RFC 6121 §3.1)", () => {
  test("the request goes out from the bare JID, once durable, then the push", async () => {
    const world = await World.create();
    const alice = await world.login("alice", "desk");
    world.repositories.gate.close();
    const taken = alice.send("<presence type='subscribe' id='q' to='bob@sip.example/x'/>");
    assert.deepEqual(await alice.take(), []);
    assert.deepEqual([world.gateway.flow(), taken.count], [[], 0]);
    world.repositories.gate.open();
    const [push] = await alice.take();
    assert.match(push ?? "", /<item jid='bob@sip\.example' subscription='none' ask='subscribe'\/>/);
    assert.deepEqual(world.gateway.flow(), [`presence subscribe ${ALICE} > ${BOB}`]);
    assert.equal(taken.count, 1);
  });

  test("§3.1.6 approval: stanza to interested resources, then push, then presence", async () => {
    const world = await World.create();
    const alice = await world.login("alice", "desk");
    alice.send("<presence type='subscribe' to='bob@sip.example'/>");
    await alice.take();
    world.presence(`<presence type='subscribed' from='${BOB}' to='${ALICE}'/>`);
    const told = await alice.take();
    assert.match(told[0] ?? "", /^<presence type='subscribed' from='bob@sip\.example'/);
    assert.match(told[1] ?? "", /subscription='to'/);
    world.presence(`<presence from='${BOB}/pc' to='${ALICE}'><show>away</show></presence>`);
    assert.deepEqual(await alice.flow(), [`presence ${BOB}/pc`]);
  });

  test("an approval nobody asked for changes nothing", async () => {
    const world = await World.create();
    const alice = await world.login("alice", "desk");
    world.presence(`<presence type='subscribed' from='${BOB}' to='${ALICE}'/>`);
    assert.deepEqual(await alice.take(), []);
    assert.equal(world.repositories.rosters.rows.size, 0);
  });

  test("a request that was never answered is sent again at the next login, not for a second resource", async () => {
    const world = await World.create();
    const alice = await world.login("alice", "desk");
    alice.send("<presence type='subscribe' to='bob@sip.example'/>");
    await alice.take();
    await world.restart();
    world.gateway.take();
    await world.login("alice", "desk");
    await world.login("alice", "phone");
    assert.deepEqual(world.gateway.flow(), [`presence subscribe ${ALICE} > ${BOB}`]);
  });

  test("a domain nobody reaches, and a local account that is not there", async () => {
    const world = await World.create();
    const alice = await world.login("alice", "desk");
    alice.send("<presence type='subscribe' to='x@nowhere.example'/>");
    alice.send("<presence type='subscribe' to='nobody@local.example'/>");
    const errors = await alice.take();
    assert.match(errors[0] ?? "", /remote-server-not-found.*nowhere\.example is nowhere/);
    assert.match(errors[1] ?? "", /item-not-found/);
    assert.equal(world.repositories.rosters.rows.size, 0);
  });

  test("a request taken back leaves the item in the roster", async () => {
    const world = await World.create();
    const alice = await world.login("alice", "desk");
    alice.send("<presence type='subscribe' to='bob@sip.example'/>");
    await alice.take();
    alice.send("<presence type='unsubscribe' to='bob@sip.example'/>");
    assert.match((await alice.take()).join(), /<item jid='bob@sip\.example' subscription='none'\/>/);
  });

  test("§3.2.3 cancelled by the contact: stanza, then push", async () => {
    const world = await World.create();
    await world.befriend(ALICE, BOB);
    const alice = await world.login("alice", "desk");
    world.presence(`<presence type='unsubscribed' from='${BOB}' to='${ALICE}'/>`);
    const told = await alice.take();
    assert.match(told[0] ?? "", /^<presence type='unsubscribed'/);
    assert.match(told[1] ?? "", /subscription='from'/);
  });
});

describe("a foreign contact asks (RFC 6121 §3.1.3)", () => {
  const request = `<presence type='subscribe' from='${BOB}' to='${ALICE}'><nick xmlns='http://jabber.org/protocol/nick'>Bob</nick></presence>`;

  test("is shown to available resources, does not enter the roster", async () => {
    const world = await World.create();
    const alice = await world.login("alice", "desk");
    const quiet = world.bind("alice", "quiet");
    world.presence(request);
    assert.deepEqual(await alice.flow(), [`presence subscribe ${BOB}`]);
    assert.deepEqual(await quiet.take(), []);
    alice.send("<iq type='get' id='g'><query xmlns='jabber:iq:roster'/></iq>");
    assert.doesNotMatch((await alice.take()).join(), /<item/);
    assert.equal(await world.core.local.mayWatch(bare(BOB), bare(ALICE)), "pending");
  });

  test("offline it is kept whole, once, and shown at each login until answered", async () => {
    const world = await World.create();
    world.presence(request);
    world.presence(request);
    await world.rest();
    await world.restart();
    for (const resource of ["one", "two"]) {
      const alice = world.bind("alice", resource);
      alice.send("<presence/>");
      const shown = (await alice.take()).filter((xml) => xml.includes("type='subscribe'"));
      assert.equal(shown.length, 1);
      assert.match(shown[0] ?? "", /<nick xmlns='http:\/\/jabber\.org\/protocol\/nick'>Bob<\/nick>/);
    }
  });

  test("§3.1.5 approved: durable before it is told; then push, then the presence of each resource", async () => {
    const world = await World.create();
    const alice = await world.login("alice", "desk");
    world.presence(request);
    await alice.take();
    world.gateway.take();
    world.repositories.gate.close();
    alice.send("<presence type='subscribed' to='bob@sip.example'/>");
    await world.rest();
    assert.deepEqual(world.gateway.flow(), []);
    let verdict = "not told yet";
    void world.core.local.mayWatch(bare(BOB), bare(ALICE)).then((now) => {
      verdict = now;
    });
    await world.rest();
    assert.equal(verdict, "not told yet");
    world.repositories.gate.open();
    assert.match((await alice.take()).join(), /jid='bob@sip\.example' subscription='from'/);
    assert.deepEqual(world.gateway.flow(), [
      `presence subscribed ${ALICE} > ${BOB}`,
      `presence ${ALICE}/desk > ${BOB}`,
    ]);
    assert.equal(await world.core.local.mayWatch(bare(BOB), bare(ALICE)), "granted");
  });

  test("an approval that could not be saved is told to nobody", async () => {
    const world = await World.create();
    const alice = await world.login("alice", "desk");
    world.presence(request);
    await alice.take();
    world.gateway.take();
    world.repositories.gate.break(new Error("disk full"));
    alice.send("<presence type='subscribed' to='bob@sip.example'/>");
    assert.match((await alice.take()).join(), /internal-server-error/);
    assert.deepEqual(world.gateway.flow(), []);
    assert.equal(await world.core.local.mayWatch(bare(BOB), bare(ALICE)), "pending");
  });

  test("§3.2 denied: unsubscribed goes out, the request is gone", async () => {
    const world = await World.create();
    const alice = await world.login("alice", "desk");
    world.presence(request);
    await alice.take();
    world.gateway.take();
    alice.send("<presence type='unsubscribed' to='bob@sip.example'/>");
    await alice.take();
    assert.deepEqual(world.gateway.flow(), [`presence unsubscribed ${ALICE} > ${BOB}`]);
    assert.equal(await world.core.local.mayWatch(bare(BOB), bare(ALICE)), "none");
  });

  test("§A.3.1 note 2: who is subscribed already is told so", async () => {
    const world = await World.create();
    await world.befriend(ALICE, BOB);
    world.presence(request);
    await world.rest();
    assert.deepEqual(world.gateway.flow(), [`presence subscribed ${ALICE} > ${BOB}`]);
  });

  test("§3.4 pre-approved: answered at once, never shown", async () => {
    const world = await World.create();
    const alice = await world.login("alice", "desk");
    alice.send("<presence type='subscribed' to='bob@sip.example'/>");
    assert.match((await alice.take()).join(), /jid='bob@sip\.example' subscription='none' approved='true'/);
    assert.deepEqual(world.gateway.flow(), []);
    world.presence(request);
    const told = await alice.take();
    assert.ok(!told.some((xml) => xml.includes("type='subscribe'")));
    assert.match(told.join(), /subscription='from' approved='true'/);
    assert.deepEqual(world.gateway.flow(), [
      `presence subscribed ${ALICE} > ${BOB}`,
      `presence ${ALICE}/desk > ${BOB}`,
    ]);
  });

  test("§3.4 whether a contact may watch is known before he asks", async () => {
    const world = await World.create();
    const may = () => world.core.local.mayWatch(bare(BOB), bare(ALICE));
    assert.equal(await may(), "none");
    const alice = await world.login("alice", "desk");
    alice.send("<presence type='subscribed' to='bob@sip.example'/>");
    assert.equal(await may(), "approved");
    world.presence(request);
    assert.equal(await may(), "granted");
    alice.send("<presence type='unsubscribed' to='bob@sip.example'/>");
    assert.equal(await may(), "none");
    world.settings = { ...world.settings, subscriptionApproval: "automatic" };
    assert.equal(await may(), "none");
  });

  test("§3.1.3 rule 1 c: automatic approval of local users, where the administrator says so", async () => {
    const world = await World.create();
    world.settings = { ...world.settings, subscriptionApproval: "automatic" };
    const alice = await world.login("alice", "desk");
    const carol = await world.login("carol", "desk");
    await alice.take();
    carol.send(`<presence type='subscribe' to='${ALICE}'/>`);
    assert.match((await carol.take()).join(), /type='subscribed'.*<presence[^>]*from='alice@local\.example\/desk'/);
    assert.doesNotMatch((await alice.take()).join(), /type='subscribe'/);
  });

  test("automatic approval is not for foreign users: they ask (facts B2.8)", async () => {
    const world = await World.create();
    world.settings = { ...world.settings, subscriptionApproval: "automatic" };
    const alice = await world.login("alice", "desk");
    await alice.take();
    world.presence(request);
    assert.match((await alice.take()).join(), /type='subscribe'/);
    assert.deepEqual(world.gateway.flow(), []);
  });

  test("open requests are bounded", async () => {
    const world = await World.create();
    world.settings = { ...world.settings, maxSubscriptionRequests: 2 };
    for (const n of [1, 2, 3]) world.presence(`<presence type='subscribe' from='spam${n}@sip.example' to='${ALICE}'/>`);
    await world.rest();
    assert.equal(world.repositories.rosters.rows.get(ALICE)?.entries.length, 2);
  });

  test("a huge request is kept without its content", async () => {
    const world = await World.create();
    world.presence(
      `<presence type='subscribe' from='${BOB}' to='${ALICE}'><status>${"x".repeat(9000)}</status></presence>`,
    );
    await world.rest();
    const [entry] = world.repositories.rosters.rows.get(ALICE)?.entries ?? [];
    assert.ok((entry?.request?.length ?? 9000) < 200);
  });

  test("§3.3.3 unsubscribes: shown, pushed, unavailable, unsubscribed", async () => {
    const world = await World.create();
    await world.befriend(ALICE, BOB);
    const alice = await world.login("alice", "desk");
    world.gateway.take();
    world.presence(`<presence type='unsubscribe' from='${BOB}' to='${ALICE}'/>`);
    const told = await alice.take();
    assert.match(told[0] ?? "", /type='unsubscribe'/);
    assert.match(told[1] ?? "", /subscription='to'/);
    assert.deepEqual(world.gateway.flow(), [
      `presence unavailable ${ALICE}/desk > ${BOB}`,
      `presence unsubscribed ${ALICE} > ${BOB}`,
    ]);
  });

  test("§8.5.1 for an account that does not exist nothing happens", async () => {
    const world = await World.create();
    world.presence(`<presence type='subscribe' from='${BOB}' to='nobody@local.example'/>`);
    await world.rest();
    assert.deepEqual(world.gateway.flow(), []);
    assert.equal(world.repositories.rosters.rows.size, 0);
  });

  test("a local 'from' out there is forged", async () => {
    const world = await World.create();
    const alice = await world.login("alice", "desk");
    world.presence(`<presence type='subscribe' from='carol@local.example' to='${ALICE}'/>`);
    assert.deepEqual(await alice.take(), []);
  });
});

describe("between two local users (RFC 6121 §3, §7)", () => {
  test("request, approval, presence both ways", async () => {
    const world = await World.create();
    const [alice, carol] = [await world.login("alice", "desk"), await world.login("carol", "one")];
    alice.send("<presence type='subscribe' to='carol@local.example'/>");
    assert.deepEqual(await carol.flow(), [`presence subscribe ${ALICE}`]);
    await alice.take();
    carol.send("<presence type='subscribed' to='alice@local.example'/>");
    assert.deepEqual(await alice.flow(), [
      "presence subscribed carol@local.example",
      "iq set alice@local.example",
      "presence carol@local.example/one",
    ]);
    await carol.take();
    carol.send("<presence type='subscribe' to='alice@local.example'/>");
    await world.rest();
    alice.send("<presence type='subscribed' to='carol@local.example'/>");
    await world.rest();
    const states = ["alice", "carol"].map(
      (user) => world.repositories.rosters.rows.get(`${user}@local.example`)?.entries[0]?.state,
    );
    assert.deepEqual(states, ["both", "both"]);
    await carol.take();
    alice.send("<presence><show>dnd</show></presence>");
    assert.match((await carol.take()).join(), /from='alice@local\.example\/desk' to='carol@local\.example'><show>dnd/);
  });

  test("§2.5.2 removal tells the contact and leaves both without subscriptions", async () => {
    const world = await World.create();
    await world.befriend(ALICE, "carol@local.example");
    const [alice, carol] = [await world.login("alice", "desk"), await world.login("carol", "one")];
    await alice.take();
    alice.send(
      "<iq type='set' id='r'><query xmlns='jabber:iq:roster'><item jid='carol@local.example' subscription='remove'/></query></iq>",
    );
    const seen = await carol.flow();
    assert.ok(seen.includes(`presence unavailable ${ALICE}/desk`));
    assert.ok(seen.includes(`presence unsubscribed ${ALICE}`));
    const [entry] = world.repositories.rosters.rows.get("carol@local.example")?.entries ?? [];
    assert.equal(entry?.state, "none");
  });
});

describe("a removed account", () => {
  test("ends its subscriptions, closes its sessions, leaves nothing", async () => {
    const world = await World.create();
    await world.befriend(ALICE, BOB);
    const alice = await world.login("alice", "desk");
    world.gateway.take();
    await world.core.accounts.remove(bare(ALICE));
    await world.rest();
    assert.equal(alice.closedWith, "not-authorized");
    const flow = world.gateway.flow();
    assert.ok(flow.includes(`presence unavailable ${ALICE}/desk > ${BOB}`));
    assert.ok(flow.includes(`presence unsubscribed ${ALICE} > ${BOB}`));
    assert.ok(flow.includes(`presence unsubscribe ${ALICE} > ${BOB}`));
    assert.equal(world.repositories.rosters.rows.size, 1);
    assert.equal(world.repositories.rosters.rows.get(ALICE), undefined);
  });

  test("disabled: sessions closed, contacts see her leave, no login", async () => {
    const world = await World.create();
    await world.befriend(ALICE, BOB);
    const alice = await world.login("alice", "desk");
    world.gateway.take();
    const account = world.core.accounts.find(bare(ALICE));
    assert.ok(account !== undefined);
    await world.core.accounts.put({ ...account, enabled: false });
    await world.rest();
    assert.equal(alice.closedWith, "not-authorized");
    assert.deepEqual(world.gateway.flow(), [`presence unavailable ${ALICE}/desk > ${BOB}`]);
    assert.throws(() => world.bind("alice", "again"));
  });
});
