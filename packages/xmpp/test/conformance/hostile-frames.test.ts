import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { bodyOf } from "@interpres/testkit";
import { el, NS } from "../../src/xml/index.ts";
import { flood, until } from "../c2s-house.ts";
import { hostileRows, skipWithoutHostileData } from "../hostile-data.ts";
import { ALLOWED_ORIGIN, openWebSocketHouse, type WebSocketHouse } from "../websocket-house.ts";

let house: WebSocketHouse;
before(async () => {
  house = await openWebSocketHouse();
});
afterEach(() => {
  house.host.events.splice(0);
});
after(() => house.close());

const LIMIT = 262_144;

interface StreamCase {
  readonly id: string;
  readonly where: string;
  readonly expect: readonly string[] | "accept";
  readonly send?: string;
  readonly sendHex?: string;
}

/** RFC 6455 §8.1: octets that are no UTF-8 do not get as far as XML. */
const NOT_UTF8 = new Set(["latin1-octets"]);
/** A frame is a document, which may begin with a declaration (RFC 7395 §3.3.3). */
const GOOD_IN_A_FRAME = new Set(["xmldecl-mid-stream"]);

describe("hostile stanzas, each in a frame", { skip: skipWithoutHostileData }, () => {
  const rows = hostileRows<StreamCase>("xmpp-streams.json", "cases").filter(
    ({ where, send, sendHex }) => where === "in-stream" && (send ?? sendHex) !== undefined,
  );
  for (const { id, send, sendHex, expect } of rows) {
    const isGood = expect === "accept" || GOOD_IN_A_FRAME.has(id);
    test(`${id}: ${isGood ? "accept" : expect}`, async () => {
      const client = await house.signIn("bob");
      const text = send ?? Buffer.from(sendHex ?? "", "hex").toString("latin1");
      const aimed = text
        .replace(/<(message|presence)/, "<$1 xmlns='jabber:client'")
        .replace("bob@example.com", client.jid);
      client.webSocket.send(Buffer.from(aimed, send === undefined ? "latin1" : "utf8"), { binary: false });
      if (isGood) {
        client.send(el("message", NS.client, { to: client.jid }, el("body", NS.client, {}, "still here")));
        for (;;) if (bodyOf(await client.nextNamed("message")) === "still here") break;
      } else if (NOT_UTF8.has(id)) assert.equal(await client.closeCode(), 1007);
      else assert.ok(expect.includes(await client.streamError()));
      client.abort();
    });
  }
});

describe("what a frame may hold (attack class 16)", () => {
  test("more than a stanza may is not even kept: the WebSocket is closed as too big", async () => {
    const client = await house.signIn("alice");
    client.send(`<message xmlns='jabber:client'><body>${"a".repeat(LIMIT)}</body></message>`);
    assert.equal(await client.closeCode(), 1009);
  });

  test("whose WebSocket broke a rule is gone at once, even if the client does not answer its close", async () => {
    const client = await house.signIn("alice");
    client.send(`<message xmlns='jabber:client'><body>${"a".repeat(LIMIT)}</body></message>`);
    client.webSocket.pause();
    await until(() => house.host.events.includes(`closed ${client.jid}`));
    client.abort();
  });

  test("before anybody is known it is the limit of that stage", async () => {
    const client = await house.frames();
    await client.open();
    client.send(el("auth", NS.sasl, { mechanism: "PLAIN" }, "A".repeat(20_000)));
    assert.equal(await client.streamError(), "policy-violation");
    client.abort();
  });

  test("who is known may say more, up to the limit of a stanza", async () => {
    const client = await house.signIn("alice");
    const body = "a".repeat(LIMIT - 200);
    client.send(el("message", NS.client, { to: client.jid }, el("body", NS.client, {}, body)));
    assert.equal(bodyOf(await client.nextNamed("message"))?.length, body.length);
    client.abort();
  });

  test("a frame that never ends is cut off before it is as long as a stanza may be later", async () => {
    const client = await house.frames();
    await client.open();
    client.webSocket.send("<auth>", { fin: false });
    for (let sent = 0; sent < 20 && !client.isClosed; sent += 1) {
      client.webSocket.send("A".repeat(8_000), { fin: false });
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(await client.streamError(), "policy-violation");
    client.abort();
  });

  test("endless fragments are too big at the limit, however small they are", async () => {
    const client = await house.signIn("alice");
    for (let sent = 0; sent < LIMIT / 16 && !client.isClosed; sent += 1) {
      client.webSocket.send(sent === 0 ? "<a b='" : "x".repeat(17), { fin: false });
      if (sent % 512 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    assert.notEqual(await client.closeCode(), 1000);
    await until(() => house.host.events.includes(`closed ${client.jid}`));
  });

  test("a stanza in fragments, even inside a character, is one stanza", async () => {
    const client = await house.signIn("alice");
    const octets = Buffer.from(`<message xmlns='jabber:client' to='${client.jid}'><body>😀é</body></message>`);
    for (const [at, octet] of octets.entries())
      client.webSocket.send(Buffer.from([octet]), { binary: false, fin: at === octets.length - 1 });
    assert.equal(bodyOf(await client.nextNamed("message")), "😀é");
    client.abort();
  });

  test("frames behind the one that was refused are not looked at", async () => {
    const client = await house.signIn("alice");
    const handled = house.host.handled.length;
    client.send("<!-- -->");
    for (let count = 0; count < 10; count += 1) client.send(el("message", NS.client, { to: client.jid }));
    assert.equal(await client.streamError(), "restricted-xml");
    client.send(el("close", NS.framing, {}));
    assert.equal(await client.closeCode(), 1000);
    assert.equal(house.host.handled.length, handled);
  });

  test("a fault of ours ends the one stream with internal-server-error, and the others live", async () => {
    const [alice, bob] = [await house.signIn("alice"), await house.signIn("bob")];
    alice.send(el("message", NS.client, { id: "broken" }));
    assert.equal(await alice.streamError(), "internal-server-error");
    bob.send(el("message", NS.client, { to: bob.jid }));
    await bob.nextNamed("message");
    for (const client of [alice, bob]) client.abort();
  });
});

describe("who may come in (attack class 16, RFC 6455 §10.2)", () => {
  test("a page of ours, an allowed one, and who is no browser", async () => {
    for (const origin of [new URL(house.url.replace("wss:", "https:")).origin, ALLOWED_ORIGIN, undefined]) {
      const client = await house.frames(origin === undefined ? {} : { origin });
      await client.open();
      client.abort();
    }
  });

  test("no page of another site", async () => {
    for (const origin of ["https://evil.example", "null", "https://localhost", "http://chat.example.net"])
      await assert.rejects(house.frames({ origin }), { status: 403 });
  });

  test("nobody while the door is closed; those inside are told, and those who wait to come back are forgotten", async (context) => {
    const own = await openWebSocketHouse();
    context.after(() => own.close());
    const [bound, unbound, lost] = [await own.signIn("alice"), await own.frames(), await own.signIn("bob")];
    await unbound.open();
    lost.send(el("enable", NS.streamManagement, { resume: "true" }));
    await lost.nextNamed("enabled");
    lost.abort();
    await until(() => own.host.events.includes(`suspended ${lost.jid}`));
    const overTcp = await own.login("alice", { resource: "tcp" });
    await overTcp.enableManagement({ resume: "true" });
    const closing = own.webSockets.close();
    assert.equal(await bound.streamError(), "system-shutdown");
    assert.equal(await unbound.streamError(), "system-shutdown");
    for (const client of [bound, unbound]) client.send(el("close", NS.framing, {}));
    await closing;
    assert.deepEqual([await bound.closeCode(), await unbound.closeCode()], [1000, 1000]);
    assert.ok(own.host.events.includes(`closed ${lost.jid}`));
    await assert.rejects(own.frames(), { status: 503 });
    assert.equal(own.host.session(overTcp.jid).facts.state, "connected", "the other door is another matter");
    own.webSockets.open();
    await own.signIn("alice").then((client) => client.abort());
    overTcp.abort();
  });
});

describe("bounds before a resource is bound (RFC 6120 §13.12)", () => {
  test("who does not get as far in time is disconnected, whatever keeps the WebSocket alive", async (context) => {
    const hasty = await openWebSocketHouse({ negotiationTimeoutMs: 100 });
    context.after(() => hasty.close());
    const [silent, stalled] = [await hasty.frames(), await hasty.frames()];
    stalled.webSocket.ping();
    assert.equal(await silent.streamError(), "connection-timeout");
    assert.equal(await stalled.streamError(), "connection-timeout");
    assert.deepEqual([await silent.closeCode(), await stalled.closeCode()], [1006, 1006]);
    assert.equal(hasty.connections.size, 0);
  });

  test("one address has only so many, over TCP and WebSocket together", async (context) => {
    const small = await openWebSocketHouse({ maxUnboundPerAddress: 2 });
    context.after(() => small.close());
    const bound = await small.signIn("alice");
    const [overTcp, first] = [await small.connect(), await small.frames()];
    await overTcp.openStream();
    await assert.rejects(small.frames(), { status: 503 });
    first.abort();
    await until(() => small.connections.size === 2);
    const next = await small.frames();
    for (const client of [bound, overTcp, next]) client.abort();
  });

  test("a client that does not read is cut off", async (context) => {
    const small = await openWebSocketHouse({ maxUnsentBytes: 200_000 });
    context.after(() => small.close());
    const client = await small.signIn("alice");
    client.webSocket.pause();
    const session = small.host.session(client.jid);
    await flood(session);
    assert.equal(session.facts.state, "closed");
    client.abort();
  });
});
