import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { World } from "../world.ts";

const [ALICE, CAROL, BOB] = ["alice@local.example", "carol@local.example", "bob@sip.example"];

describe("IQs the server answers (RFC 6120 §10.3.3, RFC 6121 §8.5.2.1.3)", () => {
  const asked: readonly (readonly [name: string, to: string, payload: string, answer: RegExp])[] = [
    ["ping to the account", "", "<ping xmlns='urn:xmpp:ping'/>", /type='result'/],
    [
      "ping to the server",
      "to='local.example'",
      "<ping xmlns='urn:xmpp:ping'/>",
      /type='result'.*from='local\.example'/,
    ],
    ["version", "to='local.example'", "<query xmlns='jabber:iq:version'/>", /<name>Interpres<\/name><version>0</],
    [
      "disco#info of the server",
      "to='local.example'",
      "<query xmlns='http://jabber.org/protocol/disco#info'/>",
      /<identity category='server' type='im' name='Interpres'\/>.*var='urn:xmpp:blocking'.*var='urn:xmpp:carbons:2'/,
    ],
    [
      "disco#info of the account",
      `to='${ALICE}'`,
      "<query xmlns='http://jabber.org/protocol/disco#info'/>",
      /category='account' type='registered'/,
    ],
    [
      "disco#items",
      "to='local.example'",
      "<query xmlns='http://jabber.org/protocol/disco#items'/>",
      /<query xmlns='http:\/\/jabber\.org\/protocol\/disco#items'\/>/,
    ],
    ["a disco node", "", "<query xmlns='http://jabber.org/protocol/disco#info' node='n'/>", /item-not-found/],
    ["unknown", "", "<query xmlns='jabber:iq:unknown'/>", /service-unavailable/],
    [
      "another account",
      `to='${CAROL}'`,
      "<query xmlns='http://jabber.org/protocol/disco#info'/>",
      /service-unavailable/,
    ],
    ["no account", "to='nobody@local.example'", "<ping xmlns='urn:xmpp:ping'/>", /service-unavailable/],
    [
      "an unreachable domain",
      "to='nowhere.example'",
      "<ping xmlns='urn:xmpp:ping'/>",
      /remote-server-not-found.*nowhere\.example is nowhere/,
    ],
  ];
  for (const [name, to, payload, answer] of asked) {
    test(name, async () => {
      const world = await World.create();
      const alice = await world.login("alice", "desk");
      alice.send(`<iq type='get' id='q' ${to}>${payload}</iq>`);
      const answers = await alice.take();
      assert.equal(answers.length, 1);
      assert.match(answers[0] ?? "", answer);
      assert.match(answers[0] ?? "", /id='q'/);
    });
  }

  test("results and errors to the account or the server are heard and not answered", async () => {
    const world = await World.create();
    const alice = await world.login("alice", "desk");
    alice.send("<iq type='result' id='x'/>");
    alice.send("<iq type='error' id='x' to='local.example'/>");
    alice.send("<iq type='result' id='x' to='nobody@local.example/x'/>");
    assert.deepEqual(await alice.take(), []);
  });
});

describe("IQs for a client (RFC 6121 §8.5.3.1)", () => {
  const ping = "<iq type='get' id='q' to='carol@local.example/one'><ping xmlns='urn:xmpp:ping'/></iq>";

  test("only from who may see its presence", async () => {
    const world = await World.create();
    const [alice, carol] = [await world.login("alice", "desk"), await world.login("carol", "one")];
    alice.send(ping);
    assert.deepEqual([await alice.flow(), await carol.take()], [[`iq error ${CAROL}/one`], []]);
    carol.send(`<presence to='${ALICE}'/>`);
    await alice.take();
    alice.send(ping);
    assert.deepEqual(await carol.flow(), [`iq get ${ALICE}/desk`]);
  });

  test("the answer goes back", async () => {
    const world = await World.create();
    await world.befriend(ALICE, CAROL);
    const [alice, carol] = [await world.login("alice", "desk"), await world.login("carol", "one")];
    await alice.take();
    alice.send(ping);
    carol.send(`<iq type='result' id='q' to='${ALICE}/desk'/>`);
    assert.deepEqual(await alice.flow(), [`iq result ${CAROL}/one`]);
  });

  test("an answer with a guessed id, from a third party or to nothing asked, is dropped", async () => {
    const world = await World.create();
    await world.befriend(ALICE, CAROL);
    const alice = await world.login("alice", "desk");
    const [carol, dave] = [await world.login("carol", "one"), await world.login("dave", "x")];
    await alice.take();
    alice.send(ping);
    alice.send(`<iq type='get' id='foreign' to='${BOB}/pc'><ping xmlns='urn:xmpp:ping'/></iq>`);
    dave.send(`<iq type='result' id='q' to='${ALICE}/desk'/>`);
    world.iq(`<iq type='result' id='q' from='${BOB}/pc' to='${ALICE}/desk'/>`);
    carol.send(`<iq type='result' id='other' to='${ALICE}/desk'/>`);
    assert.deepEqual(await alice.take(), []);
    world.iq(`<iq type='result' id='foreign' from='${BOB}/pc' to='${ALICE}/desk'/>`);
    world.iq(`<iq type='result' id='foreign' from='${BOB}/pc' to='${ALICE}/desk'/>`);
    assert.deepEqual(await alice.flow(), [`iq result ${BOB}/pc`]);
  });

  test("lost with its client: an error for who asked", async () => {
    const world = await World.create();
    await world.befriend(ALICE, CAROL);
    const [alice, carol] = [await world.login("alice", "desk"), await world.login("carol", "one")];
    await alice.take();
    carol.holds = true;
    alice.send(ping);
    await carol.take();
    carol.die();
    assert.ok((await alice.flow()).includes(`iq error ${CAROL}/one`));
  });
});

describe("IQs and the gateway", () => {
  test("to a foreign domain they go out", async () => {
    const world = await World.create();
    const alice = await world.login("alice", "desk");
    alice.send(`<iq type='get' id='q' to='${BOB}'><ping xmlns='urn:xmpp:ping'/></iq>`);
    assert.deepEqual(world.gateway.flow(), [`iq get ${ALICE}/desk > ${BOB}`]);
  });

  test("from there the domain answers pings, and no forged sender", async () => {
    const world = await World.create();
    world.iq(`<iq type='get' id='q' from='${BOB}' to='local.example'><ping xmlns='urn:xmpp:ping'/></iq>`);
    world.iq(`<iq type='get' id='q' from='${ALICE}' to='local.example'><ping xmlns='urn:xmpp:ping'/></iq>`);
    assert.deepEqual(world.gateway.flow(), [`iq result local.example > ${BOB}`]);
  });
});
