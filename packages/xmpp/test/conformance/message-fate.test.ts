import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bare, World } from "../world.ts";

const CHAT = "<message from='bob@sip.example' to='carol@local.example' type='chat'><body>hi</body></message>";
const TYPING =
  "<message from='bob@sip.example' to='carol@local.example' type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>";

describe("what a foreign sender is told", () => {
  test("delivered only once a client with stream management acknowledged", async () => {
    const world = await World.create();
    const carol = await world.login("carol", "one");
    carol.holds = true;
    const sent = world.deliver(CHAT);
    assert.equal((await carol.take()).length, 1);
    assert.deepEqual(sent.outcomes, []);
    carol.acknowledge();
    assert.deepEqual(sent.outcomes, [{ kind: "delivered" }]);
    await world.clock.elapse(60_000);
    assert.equal(sent.outcomes.length, 1);
    assert.equal(world.repositories.offline.rows.size, 0);
  });

  test("a client that does not acknowledge in 25 s has the message stored beside it", async () => {
    const world = await World.create();
    const carol = await world.login("carol", "one");
    carol.holds = true;
    const sent = world.deliver(CHAT);
    await world.clock.elapse(24_900);
    assert.deepEqual(sent.outcomes, []);
    await world.clock.elapse(200);
    assert.deepEqual(sent.outcomes, [{ kind: "stored" }]);
    assert.equal(world.repositories.offline.rows.get("carol@local.example")?.length, 1);
  });

  test("a late acknowledgement takes it out of the store again", async () => {
    const world = await World.create();
    const carol = await world.login("carol", "one");
    carol.holds = true;
    const sent = world.deliver(CHAT);
    await world.clock.elapse(26_000);
    carol.acknowledge();
    await world.rest();
    assert.equal(world.repositories.offline.rows.size, 0);
    assert.equal(sent.outcomes.length, 1);
  });

  test("an acknowledgement that overtakes the write still takes it out", async () => {
    const world = await World.create();
    const carol = await world.login("carol", "one");
    carol.holds = true;
    world.repositories.gate.close();
    const sent = world.deliver(CHAT);
    await world.clock.elapse(26_000);
    carol.acknowledge();
    assert.deepEqual(sent.outcomes, [{ kind: "delivered" }]);
    world.repositories.gate.open();
    await world.rest();
    assert.equal(world.repositories.offline.rows.size, 0);
  });

  test("stored only when it is durable", async () => {
    const world = await World.create();
    world.repositories.gate.close();
    const sent = world.deliver(CHAT);
    await world.rest();
    assert.deepEqual(sent.outcomes, []);
    world.repositories.gate.open();
    await world.rest();
    assert.deepEqual(sent.outcomes, [{ kind: "stored" }]);
  });

  test("a store that fails is an error, not a loss", async () => {
    const world = await World.create();
    world.repositories.gate.break(new Error("disk full"));
    const sent = world.deliver(CHAT);
    await world.rest();
    assert.deepEqual(sent.outcomes, [{ kind: "refused", type: "wait", condition: "internal-server-error" }]);
  });

  test("a full store refuses", async () => {
    const world = await World.create();
    world.settings = { ...world.settings, maxOfflineMessages: 1 };
    const [first, second] = [world.deliver(CHAT), world.deliver(CHAT)];
    await world.rest();
    assert.deepEqual(first.outcomes, [{ kind: "stored" }]);
    const [refused] = second.outcomes;
    assert.ok(refused?.kind === "refused" && refused.condition === "service-unavailable");
  });

  test("typing to somebody who is away is accepted and forgotten", async () => {
    const world = await World.create();
    const sent = world.deliver(TYPING);
    await world.rest();
    assert.deepEqual(sent.outcomes, [{ kind: "stored" }]);
    assert.equal(world.repositories.offline.rows.size, 0);
  });

  test("no such account", async () => {
    const world = await World.create();
    const sent = world.deliver("<message from='bob@sip.example' to='nobody@local.example'><body>x</body></message>");
    assert.deepEqual(sent.outcomes, [{ kind: "refused", type: "cancel", condition: "service-unavailable" }]);
  });

  test("a local 'from' out there is forged and refused", async () => {
    const world = await World.create();
    const carol = await world.login("carol", "one");
    const sent = world.deliver("<message from='alice@local.example' to='carol@local.example'><body>x</body></message>");
    assert.deepEqual(sent.outcomes, [{ kind: "refused", type: "auth", condition: "forbidden" }]);
    assert.deepEqual(await carol.take(), []);
  });
});

describe("a session that dies with messages unacknowledged (XEP-0198)", () => {
  test("gives them to another session", async () => {
    const world = await World.create();
    const one = await world.login("carol", "one");
    const two = world.bind("carol", "two");
    two.send("<presence><priority>-1</priority></presence>");
    one.holds = true;
    const sent = world.deliver(CHAT);
    await world.rest();
    two.send("<presence><priority>1</priority></presence>");
    await two.take();
    one.die();
    assert.deepEqual(
      await two.flow(),
      ["presence unavailable carol@local.example/one", "message chat bob@sip.example"].toReversed(),
    );
    assert.deepEqual(sent.outcomes, [{ kind: "delivered" }]);
  });

  test("has them stored where no other session is", async () => {
    const world = await World.create();
    const one = await world.login("carol", "one");
    one.holds = true;
    const sent = world.deliver("<message from='bob@sip.example' to='carol@local.example/one'><body>1</body></message>");
    world.deliver(CHAT);
    one.die();
    await world.rest();
    assert.deepEqual(sent.outcomes, [{ kind: "stored" }]);
    assert.equal(world.repositories.offline.rows.get("carol@local.example")?.length, 2);
  });

  test("does not store again what the time limit stored", async () => {
    const world = await World.create();
    const one = await world.login("carol", "one");
    one.holds = true;
    world.deliver(CHAT);
    await world.clock.elapse(26_000);
    one.die();
    await world.rest();
    assert.equal(world.repositories.offline.rows.get("carol@local.example")?.length, 1);
  });

  test("is not missed where another client of the same priority has the message too", async () => {
    const world = await World.create();
    const [one, two] = [await world.login("carol", "one"), await world.login("carol", "two")];
    for (const client of [one, two]) client.holds = true;
    const sent = world.deliver(CHAT);
    await world.rest();
    await two.take();
    one.die();
    assert.deepEqual(await two.flow(), ["presence unavailable carol@local.example/one"]);
    assert.deepEqual(sent.outcomes, []);
    two.acknowledge();
    assert.deepEqual(sent.outcomes, [{ kind: "delivered" }]);
  });

  test("its messages, delivered again, make no second copy", async () => {
    const world = await World.create();
    const [one, two, copied] = [
      await world.login("carol", "one"),
      await world.login("carol", "two"),
      await world.login("carol", "copied", "connected"),
    ];
    copied.send("<iq type='set' id='c'><enable xmlns='urn:xmpp:carbons:2'/></iq>");
    await copied.take();
    one.holds = true;
    world.deliver("<message from='bob@sip.example' to='carol@local.example/one' type='chat'><body>x</body></message>");
    assert.equal((await copied.take()).length, 1);
    await two.take();
    one.die();
    assert.equal((await two.take()).filter((xml) => xml.startsWith("<message")).length, 1);
    assert.deepEqual(await copied.take(), []);
  });

  test("connected resources come before suspended ones", async () => {
    const world = await World.create();
    const [one, two] = [await world.login("carol", "one"), await world.login("carol", "two")];
    one.send("<presence><priority>9</priority></presence>");
    await two.take();
    one.suspend();
    world.deliver(CHAT);
    assert.deepEqual(await two.flow(), ["message chat bob@sip.example"]);
  });
});

describe("what a local sender's stream management counts as handled", () => {
  test("a message to a foreign user when the gateway took it", async () => {
    const world = await World.create();
    const alice = await world.login("alice", "desk");
    world.gateway.holds = true;
    const taken = alice.send("<message to='bob@sip.example' type='chat'><body>x</body></message>");
    assert.deepEqual(world.gateway.flow(), ["message chat alice@local.example/desk > bob@sip.example"]);
    assert.equal(taken.count, 0);
    world.gateway.releaseTaken();
    assert.equal(taken.count, 1);
  });

  test("a message to a local user when it is durable", async () => {
    const world = await World.create();
    const alice = await world.login("alice", "desk");
    world.repositories.gate.close();
    const taken = alice.send("<message to='carol@local.example' type='chat'><body>x</body></message>");
    await world.rest();
    assert.equal(taken.count, 0);
    world.repositories.gate.open();
    await world.rest();
    assert.equal(taken.count, 1);
  });

  test("a message to a local client that does not acknowledge after 5 s, stored", async () => {
    const world = await World.create();
    const [alice, carol] = [await world.login("alice", "desk"), await world.login("carol", "one")];
    carol.holds = true;
    const taken = alice.send("<message to='carol@local.example' type='chat'><body>x</body></message>");
    await world.clock.elapse(4_900);
    assert.equal(taken.count, 0);
    await world.clock.elapse(200);
    assert.equal(taken.count, 1);
    assert.equal(world.repositories.offline.rows.size, 1);
  });

  test("presence and IQ at once", async () => {
    const world = await World.create();
    const alice = await world.login("alice", "desk");
    assert.equal(alice.send("<presence><show>away</show></presence>").count, 1);
    assert.equal(alice.send("<iq type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>").count, 1);
  });
});

describe("stored messages (XEP-0160)", () => {
  test("come with the first presence of non-negative priority, oldest first, with a stamp", async () => {
    const world = await World.create();
    for (const n of [1, 2])
      world.deliver(`<message from='bob@sip.example' to='carol@local.example' type='chat'><body>${n}</body></message>`);
    await world.rest();
    await world.clock.elapse(60_000);
    const carol = world.bind("carol", "one");
    carol.send("<presence><priority>-1</priority></presence>");
    assert.deepEqual(
      (await carol.take()).filter((xml) => xml.startsWith("<message")),
      [],
    );
    carol.send("<presence/>");
    const messages = (await carol.take()).filter((xml) => xml.startsWith("<message"));
    assert.deepEqual(
      messages.map((xml) => /<body>(\d)/.exec(xml)?.[1]),
      ["1", "2"],
    );
    assert.match(
      messages[0] ?? "",
      /<delay xmlns='urn:xmpp:delay' from='local\.example' stamp='2026-01-05T08:00:00\.000Z'\/>/,
    );
    assert.equal(world.repositories.offline.rows.size, 0);
  });

  test("stay in the store until the client acknowledged", async () => {
    const world = await World.create();
    world.deliver(CHAT);
    await world.rest();
    const carol = world.bind("carol", "one");
    carol.holds = true;
    carol.send("<presence/>");
    assert.deepEqual(
      (await carol.flow()).filter((line) => line.startsWith("message")),
      ["message chat bob@sip.example"],
    );
    assert.equal(world.repositories.offline.rows.size, 1);
    carol.acknowledge();
    await world.rest();
    assert.equal(world.repositories.offline.rows.size, 0);
  });

  test("go to the next client when the first lost them, and to no second one meanwhile", async () => {
    const world = await World.create();
    world.deliver(CHAT);
    await world.rest();
    const one = world.bind("carol", "one");
    one.holds = true;
    one.send("<presence/>");
    await one.take();
    const two = await world.login("carol", "two");
    assert.deepEqual(
      (await two.flow()).filter((line) => line.startsWith("message")),
      [],
    );
    one.die();
    assert.deepEqual(
      (await two.flow()).filter((line) => line.startsWith("message")),
      ["message chat bob@sip.example"],
    );
  });

  test("stay before live ones", async () => {
    const world = await World.create();
    world.deliver("<message from='bob@sip.example' to='carol@local.example' type='chat'><body>old</body></message>");
    await world.rest();
    const carol = world.bind("carol", "one");
    carol.send("<iq type='get' id='r'><query xmlns='jabber:iq:roster'/></iq>");
    await carol.take();
    carol.send("<presence/>");
    world.deliver("<message from='bob@sip.example' to='carol@local.example' type='chat'><body>new</body></message>");
    const bodies = (await carol.take()).map((xml) => /<body>(\w+)/.exec(xml)?.[1]).filter((body) => body !== undefined);
    assert.deepEqual(bodies, ["old", "new"]);
  });

  test("include one that is still being written when the client comes", async () => {
    const world = await World.create();
    world.repositories.gate.close();
    world.deliver(CHAT);
    await world.rest();
    const carol = world.bind("carol", "one");
    carol.send("<presence/>");
    await carol.take();
    world.repositories.gate.open();
    assert.deepEqual(
      (await carol.flow()).filter((line) => line.startsWith("message")),
      ["message chat bob@sip.example"],
    );
  });

  test("are not added to while the account is disabled: the sender is told, the old ones wait", async () => {
    const world = await World.create();
    world.deliver(CHAT);
    await world.rest();
    const carol = world.core.accounts.find(bare("carol@local.example"));
    assert.ok(carol !== undefined);
    await world.core.accounts.put({ ...carol, enabled: false });
    const { outcomes } = world.deliver(CHAT);
    await world.rest();
    assert.deepEqual(
      outcomes.map((each) => (each.kind === "refused" ? each.condition : each.kind)),
      ["recipient-unavailable"],
    );
    assert.equal(world.repositories.offline.rows.size, 1);
  });

  test("survive a restart", async () => {
    const world = await World.create();
    world.deliver(CHAT);
    await world.rest();
    await world.restart();
    const carol = world.bind("carol", "one");
    carol.send("<presence/>");
    assert.equal((await carol.flow()).filter((line) => line.startsWith("message")).length, 1);
  });
});
