import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { bodyOf, type XmppClient } from "@interpres/testkit";
import { attribute, child, el, elements, NS, text } from "../../src/xml/index.ts";
import { type C2sHouse, openHouse, PASSWORD } from "../c2s-house.ts";

let house: C2sHouse;
before(async () => {
  house = await openHouse();
});
after(() => house.close());

const HEADER =
  "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='example.com' version='1.0'>";

describe("stream header (RFC 6120 §4.7, §4.8)", () => {
  const rows = [
    { rule: "another host is unknown", header: HEADER.replace("example.com", "example.org"), error: "host-unknown" },
    { rule: "no host is unknown", header: HEADER.replace("to='example.com'", ""), error: "host-unknown" },
    { rule: "another stream namespace", header: HEADER.replace("etherx", "ether"), error: "invalid-namespace" },
    {
      rule: "another content namespace",
      header: HEADER.replace("jabber:client", "jabber:x"),
      error: "invalid-namespace",
    },
    {
      rule: "a version below 1.0",
      header: HEADER.replace("version='1.0'>", "version='0.9'>"),
      error: "unsupported-version",
    },
    { rule: "no version", header: HEADER.replace("version='1.0'>", ">"), error: "unsupported-version" },
    { rule: "another root element", header: HEADER.replace("<stream:stream", "<stream:str"), error: "bad-format" },
    {
      rule: "another prefix",
      header:
        "<s:stream xmlns='jabber:client' xmlns:s='http://etherx.jabber.org/streams' to='example.com' version='1.0'>",
      error: "bad-namespace-prefix",
    },
  ];
  for (const { rule, header, error } of rows) {
    test(`${rule}: ${error}, behind a header of ours`, async () => {
      const client = await house.connect();
      client.send(header);
      assert.equal(await client.waitForStreamError(), error);
      await client.waitForEnd();
    });
  }

  test("text between the stanzas, or before the header, is not well-formed", async () => {
    const client = await house.connect();
    client.send("hello");
    assert.equal(await client.waitForStreamError(), "not-well-formed");
  });
});

describe("STARTTLS (RFC 6120 §5)", () => {
  test("is all that is offered, and required", async () => {
    const client = await house.connect();
    const features = await client.openStream();
    const [only, ...others] = elements(features);
    assert.equal(only?.namespace, NS.tls);
    assert.ok(only !== undefined && child(only, "required") !== undefined);
    assert.equal(others.length, 0);
    client.abort();
  });

  test("a password before TLS is refused", async () => {
    const client = await house.connect();
    await client.openStream();
    await assert.rejects(client.authenticate({ user: "alice", password: PASSWORD, mechanism: "PLAIN" }), {
      message: "encryption-required",
    });
    client.abort();
  });

  test("a stanza before TLS ends the stream", async () => {
    const client = await house.connect();
    await client.openStream();
    client.send("<message to='bob@example.com'><body>x</body></message>");
    assert.equal(await client.waitForStreamError(), "not-authorized");
  });

  test("octets injected behind starttls are never heard after the handshake", async () => {
    const client = await house.connect();
    await client.openStream();
    client.send(
      `<starttls xmlns='${NS.tls}'/>${HEADER}<auth xmlns='${NS.sasl}' mechanism='PLAIN'>AGJvYgBwZW5jaWw=</auth>`,
    );
    await client.waitFor((element) => element.name === "proceed");
    await client.handshake();
    const features = await client.openStream();
    assert.ok(child(features, "mechanisms", NS.sasl) !== undefined);
    await client.authenticate({ user: "alice", password: PASSWORD });
    assert.match(await client.bind(), /^alice@/);
    await client.close();
  });

  test("a handshake of garbage closes the connection, and nothing is left of it", async () => {
    const client = await house.connect();
    await client.openStream();
    client.send(el("starttls", NS.tls, {}));
    await client.waitFor((element) => element.name === "proceed");
    client.send("GET / HTTP/1.1\r\n\r\n");
    await client.waitForEnd();
    const started = performance.now();
    while (house.connections.size > 0 && performance.now() - started < 2000) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(house.connections.size, 0);
  });

  test("direct TLS serves the same stream (XEP-0368)", async (context) => {
    const direct = await openHouse({}, "direct-tls");
    context.after(() => direct.close());
    const client = await direct.connect();
    await client.handshake();
    await client.openStream();
    await client.authenticate({ user: "alice", password: PASSWORD });
    assert.match(await client.bind("d"), /\/d$/);
    await client.close();
  });
});

async function secured(): Promise<XmppClient> {
  const client = await house.connect();
  await client.openStream();
  await client.startTls();
  return client;
}

describe("SASL (RFC 6120 §6)", () => {
  test("offers the stronger mechanism first", async () => {
    const client = await house.connect();
    await client.openStream();
    const features = await client.startTls();
    const offered = child(features, "mechanisms", NS.sasl);
    assert.deepEqual(elements(offered ?? features).map(text), ["SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN"]);
    client.abort();
  });

  for (const mechanism of ["SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN"] as const) {
    test(`${mechanism} admits who knows the password, and only her`, async () => {
      const client = await secured();
      await assert.rejects(client.authenticate({ user: "alice", password: "pen", mechanism }), {
        message: "not-authorized",
      });
      await assert.rejects(client.authenticate({ user: "nobody", password: PASSWORD, mechanism }), {
        message: "not-authorized",
      });
      await assert.rejects(client.authenticate({ user: "carol", password: PASSWORD, mechanism }), {
        message: "account-disabled",
      });
      await client.authenticate({ user: "alice", password: PASSWORD, mechanism });
      assert.match(await client.bind(), /^alice@example.com\//);
      await client.close();
    });
  }

  test("an unknown user meets the same challenge each time", async () => {
    const salts: string[] = [];
    for (let round = 0; round < 2; round += 1) {
      const client = await secured();
      const first = Buffer.from("n,,n=nobody,r=abc").toString("base64");
      client.send(el("auth", NS.sasl, { mechanism: "SCRAM-SHA-256" }, first));
      const challenge = await client.waitFor((element) => element.name === "challenge");
      salts.push(
        Buffer.from(text(challenge), "base64")
          .toString()
          .replace(/^r=[^,]*/, ""),
      );
      client.abort();
    }
    assert.equal(salts[0], salts[1]);
  });

  const plain = (response: string): string => Buffer.from(response).toString("base64");
  const rows = [
    {
      rule: "another's authzid",
      mechanism: "PLAIN",
      data: plain(`bob@example.com\0alice\0${PASSWORD}`),
      failure: "invalid-authzid",
    },
    { rule: "an unknown mechanism", mechanism: "X", data: "", failure: "invalid-mechanism" },
    { rule: "bad base64", mechanism: "PLAIN", data: "???=", failure: "incorrect-encoding" },
    { rule: "no such message", mechanism: "PLAIN", data: plain("alice"), failure: "malformed-request" },
    {
      rule: "a channel binding not offered",
      mechanism: "SCRAM-SHA-256",
      data: plain("p=tls-unique,,n=alice,r=a"),
      failure: "malformed-request",
    },
    {
      rule: "a mandatory extension",
      mechanism: "SCRAM-SHA-256",
      data: plain("n,,m=x,n=alice,r=a"),
      failure: "malformed-request",
    },
    { rule: "an empty response", mechanism: "SCRAM-SHA-1", data: "=", failure: "malformed-request" },
  ];
  for (const { rule, mechanism, data, failure } of rows) {
    test(`${rule}: ${failure}`, async () => {
      const client = await secured();
      client.send(el("auth", NS.sasl, { mechanism }, data));
      const answer = await client.waitFor((element) => element.name === "failure");
      assert.deepEqual(
        elements(answer).map(({ name }) => name),
        [failure],
      );
      client.abort();
    });
  }

  test("abort is answered and another attempt may follow (§6.4.4)", async () => {
    const client = await secured();
    client.send(el("auth", NS.sasl, { mechanism: "SCRAM-SHA-1" }));
    await client.waitFor((element) => element.name === "challenge");
    client.send(el("abort", NS.sasl, {}));
    const answer = await client.waitFor((element) => element.name === "failure");
    assert.ok(child(answer, "aborted") !== undefined);
    await client.authenticate({ user: "alice", password: PASSWORD });
    client.abort();
  });

  test("too many failures end the stream (§6.4.5)", async () => {
    const client = await secured();
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await assert.rejects(client.authenticate({ user: "alice", password: "wrong" }));
    }
    assert.equal(await client.waitForStreamError(), "policy-violation");
  });

  test("who authenticated for one domain cannot go on as another's", async () => {
    const client = await secured();
    await client.authenticate({ user: "alice", password: PASSWORD });
    client.send("</stream:stream>");
    await client.waitForEnd();
    const other = await secured();
    other.send(el("auth", NS.sasl, { mechanism: "PLAIN" }, plain(`\0alice\0${PASSWORD}`)));
    await other.waitFor((element) => element.name === "success");
    const ended = assert.rejects(other.openStream({ to: "example.net" }));
    assert.equal(await other.waitForStreamError(), "not-authorized");
    await ended;
  });

  test("a second authentication ends the stream", async () => {
    const client = await secured();
    await client.authenticate({ user: "alice", password: PASSWORD });
    client.send(el("auth", NS.sasl, { mechanism: "PLAIN" }, plain(`\0bob\0${PASSWORD}`)));
    assert.equal(await client.waitForStreamError(), "not-authorized");
  });
});

describe("resource binding (RFC 6120 §7)", () => {
  test("a stanza before it ends the stream (§7.1)", async () => {
    const client = await secured();
    await client.authenticate({ user: "alice", password: PASSWORD });
    client.send("<message to='bob@example.com'><body>x</body></message>");
    assert.equal(await client.waitForStreamError(), "not-authorized");
  });

  test("a second one is not allowed", async () => {
    const client = await house.login("alice");
    const answer = await client.request("set", el("bind", NS.bind, {}));
    assert.equal(attribute(answer, "type"), "error");
    await client.close();
  });

  test("a refusal of the host becomes the stanza error", async () => {
    const client = await secured();
    await client.authenticate({ user: "alice", password: PASSWORD });
    house.host.refusal = { kind: "bind-refusal", type: "wait", condition: "resource-constraint" };
    await assert.rejects(client.bind("x"), /resource-constraint/);
    house.host.refusal = undefined;
    assert.match(await client.bind("x"), /\/x$/);
    await client.close();
  });

  test("the old session request is granted", async () => {
    const client = await house.login("alice");
    assert.equal(attribute(await client.request("set", el("session", NS.session, {})), "type"), "result");
    await client.close();
  });
});

describe("stanzas (RFC 6120 §8)", () => {
  const strangers = ["bob@example.com", "alice@example.net", "alice@example.net/own", "example.com", "nonsense@@"];
  for (const from of strangers) {
    test(`from='${from}' on alice's stream: invalid-from (§8.1.2.1)`, async () => {
      const client = await house.login("alice", { resource: "own" });
      client.send(el("message", NS.client, { from, to: "bob@example.com" }));
      assert.equal(await client.waitForStreamError(), "invalid-from");
    });
  }

  for (const from of ["alice@example.com/other", "ALICE@example.com", "alice@example.com/own"]) {
    test(`from='${from}' on alice's stream is overridden (§8.1.2.1)`, async () => {
      const client = await house.login("alice", { resource: "own" });
      client.send(el("message", NS.client, { from, to: client.jid }));
      const message = await client.waitFor((element) => element.name === "message");
      assert.equal(attribute(message, "from"), "alice@example.com/own");
      await client.close();
    });
  }

  const rows = [
    { rule: "an IQ without id", stanza: "<iq type='get'><q xmlns='u:q'/></iq>", condition: "bad-request" },
    { rule: "an IQ of unknown type", stanza: "<iq type='x' id='1'><q xmlns='u:q'/></iq>", condition: "bad-request" },
    {
      rule: "an IQ with two children",
      stanza: "<iq type='get' id='1'><q xmlns='u:q'/><q xmlns='u:q'/></iq>",
      condition: "bad-request",
    },
    { rule: "a malformed address", stanza: "<message to='@@'><body>x</body></message>", condition: "jid-malformed" },
    { rule: "a presence of unknown type", stanza: "<presence type='x'/>", condition: "bad-request" },
  ];
  for (const { rule, stanza, condition } of rows) {
    test(`${rule} is answered with ${condition}`, async () => {
      const client = await house.login("alice");
      client.send(stanza);
      const answer = await client.waitFor((element) => attribute(element, "type") === "error");
      const error = child(answer, "error");
      assert.ok(error !== undefined && child(error, condition, NS.stanzaErrors) !== undefined);
      await client.close();
    });
  }

  test("anything else at the first level: unsupported-stanza-type (§4.9.3.24)", async () => {
    const client = await house.login("alice");
    client.send("<letter/>");
    assert.equal(await client.waitForStreamError(), "unsupported-stanza-type");
  });

  test("what follows the end of the stream is not heard (§4.4)", async () => {
    const [alice, bob] = [await house.login("alice"), await house.login("bob")];
    alice.send(`</stream:stream><message to='${bob.jid}'><body>late</body></message>`);
    await alice.waitForEnd();
    await assert.rejects(bob.waitFor((element) => element.name === "message", 100));
    await bob.close();
  });

  test("the stream's language is the stanza's (§8.1.5)", async () => {
    const client = await secured();
    client.send(el("auth", NS.sasl, { mechanism: "PLAIN" }, Buffer.from(`\0alice\0${PASSWORD}`).toString("base64")));
    await client.waitFor((element) => element.name === "success");
    await client.openStream({ "xml:lang": "de" });
    const jid = await client.bind();
    client.send(el("message", NS.client, { to: jid }, el("body", NS.client, {}, "hallo")));
    const echo = await client.waitFor((element) => element.name === "message");
    assert.equal(attribute(echo, "xml:lang"), "de");
    assert.equal(attribute(echo, "from"), jid);
    await client.close();
  });

  test("whitespace between stanzas is nothing (§4.6.1)", async () => {
    const client = await house.login("alice");
    client.send(" \n ");
    client.send(el("message", NS.client, { to: client.jid }, el("body", NS.client, {}, "still here")));
    assert.equal(bodyOf(await client.waitFor((element) => element.name === "message")), "still here");
    await client.close();
  });
});
