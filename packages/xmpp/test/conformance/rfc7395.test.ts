import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { attribute, child, type Element, el, isXmlProblem, NS, parseDocument, text } from "../../src/xml/index.ts";
import { PASSWORD, until } from "../c2s-house.ts";
import type { FrameClient } from "../frame-client.ts";
import { openWebSocketHouse, type WebSocketHouse } from "../websocket-house.ts";

let house: WebSocketHouse;
before(async () => {
  house = await openWebSocketHouse();
});
afterEach(() => {
  house.host.events.splice(0);
});
after(() => house.close());

const OPEN = "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='example.com' version='1.0'/>";
const CLOSE = "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>";

function message(body: string, attributes: Readonly<Record<string, string>> = {}): Element {
  return el("message", NS.client, attributes, el("body", NS.client, {}, body));
}

describe("handshake (RFC 7395 §3.1)", () => {
  test("the subprotocol is chosen among those offered", async () => {
    const client = await house.frames({ protocols: ["soap", "xmpp"] });
    assert.equal(client.webSocket.protocol, "xmpp");
    client.abort();
  });

  for (const protocols of [[], ["soap"], ["xmpp2"]]) {
    test(`without it there is no WebSocket: ${protocols.join() || "none"} offered`, async () => {
      await assert.rejects(house.frames({ protocols }), { status: 400 });
    });
  }

  test("compression is not on offer", async () => {
    const client = await house.frames();
    assert.equal(client.webSocket.extensions, "");
    client.abort();
  });
});

describe("messages (RFC 7395 §3.2)", () => {
  test("a binary message ends the stream", async () => {
    const client = await house.frames();
    await client.open();
    client.webSocket.send(Buffer.from(CLOSE));
    assert.equal(await client.streamError(), "unsupported-encoding");
    client.abort();
  });

  test("text that is not UTF-8 closes the WebSocket (RFC 6455 §8.1)", async () => {
    const client = await house.signIn("alice");
    client.webSocket.send(Buffer.from([0x3c, 0x61, 0xff]), { binary: false });
    assert.equal(await client.closeCode(), 1007);
    await until(() => house.host.events.includes(`closed ${client.jid}`));
  });
});

describe("stream headers (RFC 7395 §3.3.1, §3.3.2, §3.4)", () => {
  test("open is answered with open: whose, which, what language and version", async () => {
    const client = await house.frames();
    client.send(OPEN);
    const open = await client.next();
    assert.deepEqual([open.name, open.namespace], ["open", NS.framing]);
    assert.deepEqual([attribute(open, "from"), attribute(open, "version")], ["example.com", "1.0"]);
    assert.equal(attribute(open, "xml:lang"), "en");
    assert.match(attribute(open, "id") ?? "", /^\w{22,}$/);
    client.abort();
  });

  const rows = [
    { rule: "open of another namespace", frame: OPEN.replace("xmpp-framing", "xmpp-x"), error: "invalid-namespace" },
    { rule: "close of another namespace", frame: CLOSE.replace("xmpp-framing", "x"), error: "invalid-namespace" },
    { rule: "another host", frame: OPEN.replace("example.com", "example.org"), error: "host-unknown" },
    { rule: "no host", frame: OPEN.replace("to='example.com'", ""), error: "host-unknown" },
    { rule: "a version below 1.0", frame: OPEN.replace("1.0", "0.9"), error: "unsupported-version" },
    {
      rule: "the header of TCP",
      frame: "<stream:stream xmlns:stream='http://etherx.jabber.org/streams' to='example.com' version='1.0'/>",
      error: "invalid-xml",
    },
    { rule: "a stanza first", frame: "<message xmlns='jabber:client'/>", error: "invalid-xml" },
    {
      rule: "SASL first",
      frame: "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEAYg==</auth>",
      error: "invalid-xml",
    },
  ] as const;
  for (const { rule, frame, error } of rows) {
    test(`${rule}: ${error}, behind an open of ours and before a close (§3.5)`, async () => {
      const client = await house.frames();
      client.send(frame);
      assert.equal((await client.next()).name, "open");
      assert.equal(await client.streamError(), error);
      assert.equal((await client.next()).name, "close");
      client.abort();
    });
  }

  test("streams are not multiplexed: a second open ends the first", async () => {
    const client = await house.frames();
    await client.open();
    client.send(OPEN);
    assert.equal(await client.streamError(), "invalid-xml");
    client.abort();
  });

  test("open of another namespace in the middle of a stream is that, not a second stream", async () => {
    const client = await house.signIn("alice");
    client.send(OPEN.replace("xmpp-framing", "xmpp-x"));
    assert.equal(await client.streamError(), "invalid-namespace");
    client.abort();
  });
});

describe("stream frames (RFC 7395 §3.3.3)", () => {
  test("each of ours is a document by itself, begins with <, and has no XML declaration", async () => {
    const [alice, bob] = [await house.signIn("alice"), await house.signIn("bob")];
    bob.send(message("one", { to: alice.jid }));
    await alice.nextNamed("message");
    assert.equal(alice.frames.length, 7, alice.frames.join("\n"));
    for (const frame of alice.frames) {
      assert.match(frame, /^<(?!\?)/);
      assert.ok(!isXmlProblem(parseDocument(frame)), frame);
    }
    const features = alice.frames.filter((frame) => frame.startsWith("<stream:features xmlns:stream='"));
    assert.equal(features.length, 2, "the prefix is declared where it is used");
    for (const client of [alice, bob]) client.abort();
  });

  test("stanzas that leave together are frames of their own, each with its namespace", async () => {
    const alice = await house.signIn("alice");
    const session = house.host.session(alice.jid);
    session.deliver(message("one"));
    session.deliver(message("two"));
    for (const body of ["one", "two"]) {
      const stanza = await alice.next();
      assert.deepEqual([stanza.name, stanza.namespace], ["message", NS.client]);
      assert.equal(text(child(stanza, "body") ?? stanza), body);
    }
    alice.abort();
  });

  const BOUND = [
    {
      rule: "two stanzas in one frame",
      frame: "<iq xmlns='jabber:client'/><iq xmlns='jabber:client'/>",
      error: "not-well-formed",
    },
    { rule: "text behind the stanza", frame: "<iq xmlns='jabber:client'/>x", error: "not-well-formed" },
    { rule: "a space before the stanza", frame: " <iq xmlns='jabber:client'/>", error: "not-well-formed" },
    { rule: "a byte order mark before it", frame: "\ufeff<iq xmlns='jabber:client'/>", error: "not-well-formed" },
    { rule: "a whitespace keepalive (§3.8)", frame: " ", error: "not-well-formed" },
    { rule: "an empty message", frame: "", error: "not-well-formed" },
    { rule: "half a stanza", frame: "<message xmlns='jabber:client'><body>", error: "not-well-formed" },
    { rule: "the end tag of TCP", frame: "</stream:stream>", error: "not-well-formed" },
    { rule: "a namespace declared in an earlier frame only", frame: "<message/>", error: "unsupported-stanza-type" },
    { rule: "a prefix declared in an earlier frame only", frame: "<stream:error/>", error: "not-well-formed" },
    { rule: "a comment", frame: "<message xmlns='jabber:client'><!-- --></message>", error: "restricted-xml" },
    { rule: "a processing instruction", frame: "<?php ?><message xmlns='jabber:client'/>", error: "restricted-xml" },
    { rule: "a DTD", frame: "<!DOCTYPE m [<!ENTITY a 'b'>]><m>&a;</m>", error: "restricted-xml" },
  ];
  for (const { rule, frame, error } of BOUND) {
    test(`${rule}: ${error}`, async () => {
      const client = await house.signIn("alice");
      const handled = house.host.handled.length;
      client.send(frame);
      assert.equal(await client.streamError(), error);
      assert.equal(house.host.handled.length, handled, "nothing of it was handled");
      client.abort();
    });
  }

  test("an XML declaration is not recommended, and harmless", async () => {
    const client = await house.signIn("alice");
    client.send(`<?xml version='1.0' encoding='UTF-8'?><message xmlns='jabber:client' to='${client.jid}'/>`);
    await client.nextNamed("message");
    client.abort();
  });
});

describe("closing (RFC 7395 §3.5, §3.6)", () => {
  test("a client's close is answered, and the client closes the WebSocket", async () => {
    const client = await house.signIn("alice");
    client.send(CLOSE);
    assert.equal((await client.next()).name, "close");
    await until(() => house.host.events.includes(`closed ${client.jid}`));
    assert.equal(client.isClosed, false, "the closing party begins");
    client.webSocket.close(1000);
    assert.equal(await client.closeCode(), 1000);
  });

  test("where we close first, the client's close lets us close the WebSocket", async () => {
    const client = await house.signIn("alice");
    house.host.session(client.jid).close("conflict");
    assert.equal(await client.streamError(), "conflict");
    assert.equal((await client.next()).name, "close");
    client.send(message("too late"));
    client.send(CLOSE);
    assert.equal(await client.closeCode(), 1000);
    assert.ok(!house.host.handled.some(({ element }) => child(element, "body")?.children[0] === "too late"));
  });

  test("who does not answer is cut off after a grace", async () => {
    const client = await house.signIn("alice");
    house.host.session(client.jid).close("conflict");
    assert.equal(await client.closeCode(), 1006);
  });

  test("a service that is stopped twice at once has stopped when the connections are gone, both times", async (context) => {
    const closing = await openWebSocketHouse();
    context.after(() => closing.close());
    const client = await closing.signIn("alice");
    const stopped = Promise.all([closing.webSockets.close(), closing.webSockets.close()]);
    assert.equal(await client.streamError(), "system-shutdown");
    client.abort();
    await stopped;
    assert.equal(closing.connections.size, 0);
  });

  test("a WebSocket closed without a word ends the session", async () => {
    const client = await house.signIn("alice");
    client.webSocket.close();
    await until(() => house.host.events.includes(`closed ${client.jid}`));
  });
});

describe("restarts, keepalives, TLS (RFC 7395 §3.7, §3.8, §3.9)", () => {
  test("after SASL a new open is due, and gets a new id", async () => {
    const client = await house.frames();
    await client.open();
    const features = await client.authenticate("alice");
    assert.ok(child(features, "bind", NS.bind) !== undefined);
    const ids = client.frames
      .filter((frame) => frame.startsWith("<open"))
      .map((frame) => / id='(\w+)'/.exec(frame)?.[1]);
    assert.equal(new Set(ids).size, 2);
    client.abort();
  });

  test("a stanza instead of the new open ends the stream", async () => {
    const client = await house.frames();
    await client.open();
    const secret = Buffer.from(`\0alice\0${PASSWORD}`).toString("base64");
    client.send(el("auth", NS.sasl, { mechanism: "PLAIN" }, secret));
    assert.equal((await client.next()).name, "success");
    client.send(message("early"));
    assert.equal(await client.streamError(), "invalid-xml");
    client.abort();
  });

  test("TLS is no feature, and no one may start it", async () => {
    const client = await house.frames();
    const features = await client.open();
    assert.deepEqual(
      features.children.map((node) => (typeof node === "string" ? node : node.name)),
      ["mechanisms"],
    );
    client.send(el("starttls", NS.tls, {}));
    assert.equal(await client.streamError(), "not-authorized");
    client.abort();
  });

  test("a WebSocket ping is answered", async () => {
    const client = await house.frames();
    const pong = new Promise<string>((resolve) => client.webSocket.once("pong", (data) => resolve(data.toString())));
    client.webSocket.ping("here?");
    assert.equal(await pong, "here?");
    client.abort();
  });
});

describe("stream management (RFC 7395 §3.6, §3.10; XEP-0198)", () => {
  async function managed(): Promise<{ readonly client: FrameClient; readonly id: string }> {
    const client = await house.signIn("alice", "web");
    client.send(el("enable", NS.streamManagement, { resume: "true" }));
    return { client, id: attribute(await client.nextNamed("enabled"), "id") ?? "" };
  }

  test("a broken WebSocket is resumed on another one: what was not acknowledged comes again", async () => {
    const { client, id } = await managed();
    const session = house.host.session(client.jid);
    session.deliver(message("one"));
    await client.nextNamed("r");
    client.abort();
    await until(() => session.facts.state === "suspended");
    const back = await house.frames();
    await back.open();
    await back.authenticate("alice");
    back.send(el("resume", NS.streamManagement, { previd: id, h: "0" }));
    assert.equal((await back.next()).name, "resumed");
    assert.equal(text(child(await back.next(), "body") ?? el("none", "", {})), "one");
    back.send(CLOSE);
    await until(() => session.facts.state === "closed");
    back.abort();
  });

  test("a session of the WebSocket is resumed over TCP, and one of TCP over the WebSocket", async () => {
    const { client, id } = await managed();
    const session = house.host.session(client.jid);
    assert.equal(session.facts.transport, "websocket");
    client.abort();
    await until(() => session.facts.state === "suspended");
    const tcp = await house.connect();
    await tcp.openStream();
    await tcp.startTls();
    await tcp.authenticate({ user: "alice", password: PASSWORD });
    tcp.send(el("resume", NS.streamManagement, { previd: id, h: "0" }));
    await tcp.waitFor((element) => element.name === "resumed");
    assert.equal(session.facts.transport, "tls");
    const back = await house.frames();
    await back.open();
    await back.authenticate("alice");
    back.send(el("resume", NS.streamManagement, { previd: id, h: "0" }));
    await back.nextNamed("resumed");
    assert.equal(await tcp.waitForStreamError(), "conflict");
    assert.equal(session.facts.transport, "websocket");
    session.close();
    back.abort();
    tcp.abort();
  });
});
