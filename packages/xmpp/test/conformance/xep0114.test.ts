import assert from "node:assert/strict";
import dns from "node:dns";
import { afterEach, describe, test } from "node:test";
import { makeMessage, makePresence } from "../../src/index.ts";
import { attribute, el, NS, text } from "../../src/xml/index.ts";
import { ALICE, BOB, bare, ComponentWorld, FOREIGN, type HostStream, USERS } from "../component-world.ts";

const RETRY_MS = 1000;
let world: ComponentWorld;

afterEach(() => world.end());

async function linked(): Promise<HostStream> {
  world = await ComponentWorld.start();
  return await world.linked();
}

/** Waits for the next loss of the link. */
function lossOf(of: ComponentWorld): Promise<void> {
  const before = of.retries.length;
  return of.until(() => of.retries.length > before, "the link was not lost");
}

describe("a component's stream (XEP-0114 §3)", () => {
  test("its header names the component, not the server", async () => {
    world = await ComponentWorld.start();
    const header = await (await world.connection()).header();
    assert.equal(attribute(header, "to"), FOREIGN);
  });

  test("the handshake is SHA-1 of stream id and secret as UTF-8, in lower-case digits", async () => {
    world = await ComponentWorld.start();
    const host = await world.connection();
    host.open("3BF96D32");
    const handshake = await host.next();
    assert.equal(handshake.namespace, NS.component);
    assert.equal(text(handshake), "b546004d6f78aefa58600e60027a9e6807d843ee");
  });

  test("nothing is sent before the server has taken the handshake", async () => {
    world = await ComponentWorld.start();
    const host = await world.connection();
    host.open();
    await host.next();
    assert.deepEqual((await world.deliver("early")).kind, "refused");
    host.send("<handshake/>");
    await world.heard("returned true");
    void world.deliver("late");
    assert.match(await host.text(), /<body>late</);
  });

  test("what is no answer to the handshake is none", async () => {
    world = await ComponentWorld.start();
    const host = await world.connection();
    host.open();
    await host.next();
    host.send(`<message from='${ALICE}' to='${BOB}'><body>x</body></message>`);
    assert.match(await host.text(), /<not-authorized/);
    await host.ended;
    assert.deepEqual([world.told, world.standing.name], [[], "down"]);
  });

  test("a refusal is told in the server's words", async () => {
    world = await ComponentWorld.start();
    const host = await world.connection();
    host.open();
    await host.next();
    const said = `<not-authorized xmlns='${NS.streamErrors}'/><text xmlns='${NS.streamErrors}'>Bad token</text>`;
    host.send(`<stream:error>${said}</stream:error></stream:stream>`);
    await world.until(() => world.standing.name === "down", "not down");
    assert.deepEqual(world.standing, {
      name: "down",
      since: world.clock.now(),
      reason: "the server said not-authorized: Bad token",
    });
  });

  test("a server that does not have the component, or has another one of that name, says so in its header", async () => {
    world = await ComponentWorld.start();
    const host = await world.connection();
    await host.header();
    host.send(`<stream:stream xmlns:stream='${NS.streams}' xmlns='${NS.component}'>`);
    host.send(`<stream:error><conflict xmlns='${NS.streamErrors}'/></stream:error></stream:stream>`);
    await world.until(() => world.standing.name === "down", "not down");
    assert.match(JSON.stringify(world.standing), /the server said conflict/);
  });

  test("what is no component port is told that, and left", async () => {
    world = await ComponentWorld.start();
    const host = await world.connection();
    await host.header();
    host.open("1", NS.client);
    assert.match(await host.text(), /<invalid-namespace/);
    await host.ended;
    assert.match(JSON.stringify(world.standing), /speaks jabber:client on this port/);
  });

  test("a stanza from or to nobody ends the stream", async () => {
    for (const wrong of [`to='${BOB}'`, `from='${ALICE}'`, `from='${ALICE}' to='bob@fabrikam.example'`]) {
      const host = await linked();
      host.send(`<message ${wrong}><body>x</body></message>`);
      assert.match(await host.text(), /<improper-addressing/);
      await host.ended;
      assert.deepEqual(world.told, []);
      await world.end();
    }
  });

  test("of other domains than its own the server may say nothing: the stanza is refused, the stream stays", async () => {
    const host = await linked();
    for (const from of ["eve@elsewhere.example/x", `eve@${FOREIGN}`, `eve@sub.${USERS}`, "corp.example.evil"]) {
      host.send(`<message id='1' type='chat' from='${from}' to='${BOB}'><body>x</body></message>`);
      const answer = await host.next();
      assert.deepEqual([attribute(answer, "type"), attribute(answer, "to")], ["error", from]);
      assert.deepEqual(world.told, []);
    }
    assert.equal(world.refused.length, 4);
    host.send(`<message type='error' from='eve@elsewhere.example' to='${BOB}'/>`);
    host.send(`<message type='chat' from='${ALICE}/desk' to='${BOB}'><body>x</body></message>`);
    await world.heard(`message chat ${ALICE}/desk > ${BOB}`);
    assert.equal(world.standing.name, "up");
  });

  test("XML that streams may not have ends the stream at its first octets", async () => {
    const bomb = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;'>]>";
    for (const [octets, condition] of [
      [bomb, "restricted-xml"],
      ["<message>&a;</message>", "restricted-xml"],
      [`<message>${"<a>".repeat(100)}`, "policy-violation"],
      ["<message a=b/>", "not-well-formed"],
    ] as const) {
      const host = await linked();
      host.send(octets);
      assert.match(await host.text(), new RegExp(`<${condition}`));
      await host.ended;
      assert.equal(world.standing.name, "down");
      await world.end();
    }
  });

  test("a mistake of ours ends the stream and nothing else", async () => {
    const host = await linked();
    world.takes = "fails";
    host.send(`<message from='${ALICE}' to='${BOB}'><body>x</body></message>`);
    assert.match(await host.text(), /<internal-server-error/);
    await host.ended;
    assert.match(JSON.stringify(world.standing), /a mistake of ours/);
  });

  test("a malformed address is answered, without it", async () => {
    const host = await linked();
    host.send(`<message id='1' from='${ALICE}' to='@@'><body>x</body></message>`);
    assert.match(await host.text(), /type='error'.*jid-malformed/);
  });
});

describe("a link that is lost", () => {
  test("is tried again, longer apart each time up to a minute, more or less a quarter", async () => {
    world = await ComponentWorld.start();
    for (const nominal of [1, 2, 4, 8, 16, 32, 60, 60]) {
      const host = await world.connection();
      host.destroy();
      await lossOf(world);
      const waitMs = world.retries.pop() ?? 0;
      assert.ok(waitMs >= nominal * 750 && waitMs <= nominal * 1250, `${waitMs} ms for ${nominal} s`);
      assert.equal(world.clock.pendingTimers, 1);
      world.clock.advance(waitMs + 1);
    }
  });

  test("a host whose addresses all refuse is told with each of them", async (context) => {
    const addresses = ["127.0.0.1", "127.0.0.2"].map((address) => ({ address, family: 4 }));
    type Found = (error: null, found: typeof addresses) => void;
    const lookup = (_host: string, _options: object, found: Found): void => found(null, addresses);
    context.mock.method(dns, "lookup", lookup as typeof dns.lookup);
    world = await ComponentWorld.start({ host: "server.example", port: 1 });
    await lossOf(world);
    assert.match(JSON.stringify(world.standing), /ECONNREFUSED 127\.0\.0\.1:1; .*ECONNREFUSED 127\.0\.0\.2:1/);
  });

  test("is down since the first failure, and starts over when it was up", async () => {
    const host = await linked();
    const lostAt = world.clock.now();
    host.destroy();
    await lossOf(world);
    world.clock.advance(2 * RETRY_MS);
    const next = await world.connection();
    next.destroy();
    await lossOf(world);
    assert.equal(world.standing.since, lostAt);
    world.clock.advance(4 * RETRY_MS);
    const third = await world.linked();
    third.destroy();
    await lossOf(world);
    assert.equal(world.standing.since, world.clock.now());
    assert.ok((world.retries.at(-1) ?? 0) <= 1.25 * RETRY_MS);
  });

  test("a server that does not finish the handshake in ten seconds is left", async () => {
    world = await ComponentWorld.start();
    const host = await world.connection();
    await host.header();
    world.clock.advance(10_000);
    await host.ended;
    assert.match(JSON.stringify(world.standing), /did not finish the handshake/);
  });

  test("a server that answers no ping is not there", async () => {
    const host = await linked();
    world.clock.advance(60_000);
    assert.equal((await host.next()).name, "iq");
    world.clock.advance(10_000);
    await host.ended;
    assert.match(JSON.stringify(world.standing), /answers no ping/);
  });

  test("a server that does not read is left before what waits for it fills the memory", async () => {
    const host = await linked();
    host.stopReading();
    const status = el("status", NS.client, {}, "x".repeat(1_000_000));
    const large = makePresence({ type: "available", from: bare(BOB), to: bare(ALICE) }, status);
    for (let sent = 0; sent < 32; sent += 1) world.attachments.presence(large);
    await world.until(() => world.standing.name === "down", "not down");
    assert.match(JSON.stringify(world.standing), /does not read what we send/);
  });

  test("stopping it while it is down leaves no timer", async () => {
    world = await ComponentWorld.start();
    (await world.connection()).destroy();
    await lossOf(world);
    world.attachments.stop();
    assert.equal(world.clock.pendingTimers, 0);
  });

  test("stopping it says good-bye, and leaves no timer", async () => {
    const host = await linked();
    world.attachments.presence(makePresence({ type: "unavailable", from: bare(BOB), to: bare(ALICE) }));
    world.attachments.stop();
    assert.match(await host.text(), /unavailable/);
    await host.ended;
    world.clock.advance(2000);
    assert.equal(world.clock.pendingTimers, 0);
  });
});

describe("the component itself (XEP-0030, XEP-0199, XEP-0100 §7)", () => {
  test("says that it is a gateway to SIP, answers pings, and offers nothing else", async () => {
    const host = await linked();
    const ask = async (query: string): Promise<string> => {
      host.send(`<iq type='get' id='1' from='${ALICE}/d' to='${FOREIGN}'>${query}</iq>`);
      return await host.text();
    };
    const info = await ask("<query xmlns='http://jabber.org/protocol/disco#info'/>");
    assert.match(info, /<identity category='gateway' type='simple' name='Interpres'\/>/);
    assert.match(await ask("<ping xmlns='urn:xmpp:ping'/>"), /type='result'/);
    assert.match(await ask("<query xmlns='http://jabber.org/protocol/disco#items'/>"), /type='result'/);
    assert.match(await ask("<query xmlns='jabber:iq:register'/>"), /service-unavailable/);
  });

  test("shows nobody and asks for nobody: presence for it ends here", async () => {
    const host = await linked();
    host.send(
      `<presence from='${ALICE}/d' to='${FOREIGN}'/><presence type='subscribed' from='${ALICE}' to='${FOREIGN}'/>`,
    );
    host.send(`<iq type='get' id='q' from='${ALICE}/d' to='${FOREIGN}'><ping xmlns='urn:xmpp:ping'/></iq>`);
    assert.equal(attribute(await host.next(), "id"), "q");
    assert.equal(await world.attachments.mayWatch(bare(FOREIGN), bare(ALICE)), "undecided");
    assert.deepEqual(world.told, []);
  });

  test("requests for its users are the gateway's", async () => {
    const host = await linked();
    host.send(`<iq type='get' id='1' from='${ALICE}/d' to='${BOB}'>${"<vCard xmlns='vcard-temp'/>"}</iq>`);
    await world.heard(`iq get ${ALICE}/d > ${BOB}`);
  });
});

describe("attachments that change", () => {
  const seen = () => world.attachments.availability(bare(ALICE), bare(BOB)).map(({ from }) => String(from));

  test("only the links concerned are closed", async () => {
    const host = await linked();
    world.attachments.apply([world.attachment]);
    assert.equal(world.standing.name, "up");
    world.attachments.apply([{ ...world.attachment, secret: "another" }]);
    await host.ended;
    await (await world.connection()).header();
  });

  test("the gateway takes back what was shown to users that leave, while they can be told", async () => {
    const host = await linked();
    world.attachments.apply([]);
    await world.heard("withdrawn true");
    assert.equal(world.attachments.isLocalDomain(USERS), false);
    await host.ended;
  });

  for (const [what, change] of [
    ["another secret", { secret: "another" }],
    ["one more domain of users", { localDomains: ["other.example", USERS] }],
  ] as const) {
    test(`${what} is another link, and nobody's leave: what was known counts as after a loss`, async () => {
      const host = await linked();
      host.send(`<presence from='${ALICE}/desk' to='${BOB}'/>`);
      await world.heard(`presence available ${ALICE}/desk > ${BOB}`);
      world.attachments.apply([{ ...world.attachment, ...change }]);
      await world.heard("withdrawn false");
      assert.deepEqual(seen(), [`${ALICE}/desk`]);
      assert.equal(await world.attachments.mayWatch(bare(BOB), bare(ALICE)), "granted");
      world.clock.advance(30_000);
      await world.heard(`lost ${ALICE} ${BOB}`);
      assert.deepEqual(seen(), []);
    });
  }

  test("errors for senders wait for the link that takes its place", async () => {
    const host = await linked();
    const error = makeMessage({ type: "error", id: "m1", from: bare(BOB), to: bare(ALICE) });
    world.attachments.deliver(error, () => undefined);
    await host.next();
    world.attachments.apply([{ ...world.attachment, secret: "another" }]);
    assert.match(await (await world.linked()).text(), /<message .*id='m1'/);
  });
});
