import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { makeMessage } from "../../src/index.ts";
import { attribute, NS } from "../../src/xml/index.ts";
import { ALICE, BOB, bare, ComponentWorld, FOREIGN, type HostStream, USERS } from "../component-world.ts";

const RETRY_MS = 1000;
let world: ComponentWorld;

afterEach(() => world.end());

async function linked(): Promise<HostStream> {
  world = await ComponentWorld.start();
  return await world.linked();
}

describe("the fate of messages on a stream without acknowledgements", () => {
  test("is known once the server answers a ping behind them; one ping is for many", async () => {
    const host = await linked();
    const outcomes = [world.deliver("one"), world.deliver("two"), world.deliver("three")];
    assert.match(await host.text(), /<message .*id='one' .*to='alice@corp.example'.*<body>one</);
    const firstPing = await host.next();
    assert.match(await host.text(), /<body>two</);
    assert.match(await host.text(), /<body>three</);
    host.send(`<iq type='result' id='${attribute(firstPing, "id")}' from='${USERS}' to='${FOREIGN}'/>`);
    assert.deepEqual(await outcomes[0], { kind: "stored" });
    // Servers without XEP-0199 answer too.
    await host.answerPing("error");
    assert.deepEqual(await Promise.all(outcomes), [{ kind: "stored" }, { kind: "stored" }, { kind: "stored" }]);
  });

  test("is an error of the server that comes before that, for just that message", async () => {
    const host = await linked();
    const outcomes = [world.deliver("one"), world.deliver("two", `nobody@${USERS}`)];
    host.send(`<message type='error' id='two' from='${ALICE}' to='${BOB}'/>`);
    host.send(
      `<message type='error' id='two' from='nobody@${USERS}' to='${BOB}'><error type='cancel'>` +
        `<service-unavailable xmlns='${NS.stanzaErrors}'/><text xmlns='${NS.stanzaErrors}'>Who?</text></error></message>`,
    );
    const refused = { kind: "refused", type: "cancel", condition: "service-unavailable", text: "Who?" };
    assert.deepEqual(await outcomes[1], refused);
    await host.next();
    await host.answerPing();
    assert.deepEqual(await outcomes[0], { kind: "stored" });
  });

  test("is a refusal where the link breaks: the sender must not believe it arrived", async () => {
    const host = await linked();
    const outcome = world.deliver("one");
    await host.next();
    host.destroy();
    const { kind, condition } = (await outcome) as { kind: string; condition: string };
    assert.deepEqual([kind, condition], ["refused", "recipient-unavailable"]);
  });

  test("errors for senders wait until the server is there, and go again where it is lost meanwhile", async () => {
    const host = await linked();
    const error = makeMessage({ type: "error", id: "m1", from: bare(BOB), to: bare(ALICE) });
    world.attachments.deliver(error, () => undefined);
    assert.match(await host.text(), /type='error'/);
    host.destroy();
    await world.until(() => world.standing.name === "down", "not down");
    world.clock.advance(2 * RETRY_MS);
    const next = await world.linked();
    assert.match(await next.text(), /<message id='m1' type='error'|<message type='error' id='m1'/);
  });

  test("a server faster than our disk is not read further", async () => {
    const host = await linked();
    world.takes = "later";
    const stanza = `<message type='chat' from='${ALICE}' to='${BOB}'><body>${"x".repeat(1000)}</body></message>`;
    host.send(stanza.repeat(4000));
    await world.until(() => world.untaken.length >= 1000, "nothing came");
    for (let turn = 0; turn < 500; turn += 1) await new Promise((done) => setImmediate(done));
    const read = world.untaken.length;
    assert.ok(read < 2000, `${read} were read`);
    world.takes = "at-once";
    for (const taken of world.untaken.splice(0)) taken();
    await world.until(() => world.told.length === 4000, "the rest did not come");
  });

  for (const asked of ["before", "after"] as const) {
    test(`nor is it given up for answers that we have not read, asked for ${asked} we stopped`, async () => {
      const host = await linked();
      const flood = `<message type='chat' from='${ALICE}' to='${BOB}'><body>x</body></message>`.repeat(1000);
      const stopped = async () => {
        host.send(flood);
        await world.until(() => world.untaken.length === 1000, "not all came");
      };
      world.takes = "later";
      if (asked === "after") await stopped();
      const outcome = world.deliver("one");
      await host.next();
      if (asked === "before") await stopped();
      world.clock.advance(59_000);
      assert.equal(world.standing.name, "up");
      for (const taken of world.untaken.splice(0, 1)) taken();
      world.clock.advance(9_999);
      await host.answerPing();
      assert.deepEqual(await outcome, { kind: "stored" });
    });
  }

  test("once it is read again its silence counts", async () => {
    const host = await linked();
    world.takes = "later";
    host.send(`<message type='chat' from='${ALICE}' to='${BOB}'><body>x</body></message>`.repeat(1000));
    await world.until(() => world.untaken.length === 1000, "not all came");
    void world.deliver("one");
    for (const taken of world.untaken.splice(0)) taken();
    world.clock.advance(10_000);
    assert.match(JSON.stringify(world.standing), /answers no ping/);
  });

  test("a link of which nothing can be kept for a minute is made anew, and what is kept late does not count for it", async () => {
    const host = await linked();
    const flood = `<message type='chat' from='${ALICE}' to='${BOB}'><body>${"x".repeat(1000)}</body></message>`;
    world.takes = "later";
    host.send(flood.repeat(1000));
    await world.until(() => world.untaken.length === 1000, "not all came");
    world.clock.advance(60_000);
    assert.match(JSON.stringify(world.standing), /what the server sent cannot be kept/);
    world.clock.advance(2 * RETRY_MS);
    const late = world.untaken.splice(0);
    const next = await world.linked();
    next.send(flood.repeat(4000));
    await world.until(() => world.untaken.length >= 1000, "nothing came");
    for (const taken of late) taken();
    for (let turn = 0; turn < 500; turn += 1) await new Promise((done) => setImmediate(done));
    assert.ok(world.untaken.length < 2000, `${world.untaken.length} were read`);
    assert.equal(world.standing.name, "up");
  });
});

describe("what the server's users are seen as (RFC 6121 §4, XEP-0100 §7)", () => {
  const presence = (type: string, from: string, to = BOB, content = "") =>
    `<presence ${type === "" ? "" : `type='${type}' `}from='${from}' to='${to}'>${content}</presence>`;
  const seenBy = (contact: string) =>
    world.attachments.availability(bare(ALICE), bare(contact)).map(({ from }) => String(from));
  const verdict = () => world.attachments.mayWatch(bare(BOB), bare(ALICE));

  test("a contact sees what was sent to him, another one does not", async () => {
    const host = await linked();
    assert.equal(await verdict(), "undecided");
    host.send(presence("", `${ALICE}/desk`));
    await world.heard(`presence available ${ALICE}/desk > ${BOB}`);
    assert.deepEqual([seenBy(BOB), seenBy(`carl@${FOREIGN}`)], [[`${ALICE}/desk`], []]);
    assert.equal(await verdict(), "granted");
    host.send(presence("", `${ALICE}/phone`) + presence("unavailable", `${ALICE}/desk`));
    await world.heard(`presence unavailable ${ALICE}/desk > ${BOB}`);
    assert.deepEqual(seenBy(BOB), [`${ALICE}/phone`]);
    host.send(presence("unavailable", ALICE));
    await world.heard(`presence unavailable ${ALICE} > ${BOB}`);
    assert.deepEqual([seenBy(BOB), await verdict()], [[], "granted"]);
  });

  test("after `subscribed` the server is asked how she is, because not every one tells", async () => {
    const host = await linked();
    host.send(presence("subscribed", ALICE));
    assert.match(await host.text(), /<presence type='probe' from='bob@contoso.example' to='alice@corp.example'\/>/);
    assert.equal(await verdict(), "granted");
    host.send(presence("unsubscribed", ALICE));
    await world.heard(`presence unsubscribed ${ALICE} > ${BOB}`);
    assert.equal(await verdict(), "undecided");
  });

  test("nothing is granted on behalf of a contact: `subscribe` is the gateway's to answer", async () => {
    const host = await linked();
    host.send(
      presence("subscribe", ALICE) +
        `<iq type='get' id='q' from='${ALICE}/d' to='${FOREIGN}'><ping xmlns='urn:xmpp:ping'/></iq>`,
    );
    await world.heard(`presence subscribe ${ALICE} > ${BOB}`);
    assert.equal(attribute(await host.next(), "id"), "q");
  });

  test("when the server is lost the last known state counts for half a minute", async () => {
    const host = await linked();
    host.send(presence("", `${ALICE}/desk`));
    await world.heard(`presence available ${ALICE}/desk > ${BOB}`);
    host.destroy();
    await world.until(() => world.standing.name === "down", "not down");
    assert.equal(await verdict(), "granted");
    world.clock.advance(29_000);
    assert.deepEqual(seenBy(BOB), [`${ALICE}/desk`]);
    world.clock.advance(2000);
    await world.heard(`lost ${ALICE} ${BOB}`);
    assert.deepEqual([seenBy(BOB), await verdict()], [[], "granted"]);
    assert.equal(await world.attachments.mayWatch(bare(`carl@${FOREIGN}`), bare(ALICE)), "unreachable");
  });

  test("when it is back, who is not heard of again is gone", async () => {
    const host = await linked();
    host.send(presence("", `${ALICE}/desk`) + presence("", `carol@${USERS}/desk`));
    await world.heard(`presence available carol@${USERS}/desk > ${BOB}`);
    host.destroy();
    await world.until(() => world.standing.name === "down", "not down");
    world.clock.advance(2 * RETRY_MS);
    const next = await world.linked();
    next.send(presence("", `${ALICE}/desk`));
    await world.heard(`presence available ${ALICE}/desk > ${BOB}`);
    world.clock.advance(5000);
    assert.deepEqual(world.told, [`lost carol@${USERS} ${BOB}`]);
    assert.deepEqual(seenBy(BOB), [`${ALICE}/desk`]);
  });

  test("she may be looking at him unless she lets him see that she is away", async () => {
    const host = await linked();
    const isLooking = () => world.attachments.isLooking(bare(ALICE), bare(BOB));
    assert.equal(isLooking(), true);
    host.send(presence("subscribed", ALICE));
    await world.heard(`presence subscribed ${ALICE} > ${BOB}`);
    assert.equal(isLooking(), false);
    host.send(presence("", `${ALICE}/desk`));
    await world.heard(`presence available ${ALICE}/desk > ${BOB}`);
    assert.equal(isLooking(), true);
  });
});
