import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { after, before, describe, test } from "node:test";
import { FakeClock, type IssuedCertificate } from "@interpres/testkit";
import { authority, End, hopTo, messageRequest, resumable, strangers, TlsMaterial, tlsClientView } from "./ends.ts";

describe("TLS handshake on a federated link", () => {
  let server: End;
  let client: End;
  before(async () => {
    server = (await End.listening("tls")).answering(200);
    client = new End();
  });
  after(() => Promise.all([server.close(), client.close()]));

  test("mutual TLS carries a request there and its response back", async () => {
    const sent = await client.send(messageRequest(), hopTo(server));
    assert.ok("identity" in sent && sent.identity?.label === "sip.example.com");
    await client.until(() => client.responses.length === 1);
    assert.equal(client.responses[0]?.status, 200);
    const inbound = server.facts.find((facts) => facts.direction === "inbound");
    assert.equal(inbound?.certificate?.subjectCommonName, "sip.example.com");
    assert.deepEqual(inbound?.certificate?.dnsNames, ["sip.example.com"]);
    const root = new X509Certificate(authority.certPem);
    assert.deepEqual(inbound?.certificate?.chain, [inbound?.certificate?.fingerprint256, root.fingerprint256]);
    assert.equal(inbound?.certificate?.authorized, true);
    assert.match(server.requests[0]?.first("Via") ?? "", /;received=127\.0\.0\.1$/);
  });

  for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
    const rows: readonly {
      readonly who: string;
      readonly key: () => Promise<IssuedCertificate> | undefined;
      readonly rule: string;
    }[] = [
      { who: "without a certificate", key: () => undefined, rule: "no-certificate" },
      {
        who: "with a certificate of an unknown authority",
        key: () => strangers.issue({ cn: "sip.evil.example" }),
        rule: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
      },
      {
        who: "with an expired certificate",
        key: () => authority.issue({ cn: "sip.late.example", notAfter: new Date(0) }),
        rule: "CERT_HAS_EXPIRED",
      },
    ];
    for (const { who, key, rule } of rows) {
      test(`${version}: a client ${who} is cut off before anything is read, and the gate knows whom`, async () => {
        const before = server.facts.length;
        const presented = await key();
        const seen = await tlsClientView(server.port, {
          minVersion: version,
          maxVersion: version,
          ...(presented === undefined ? {} : { cert: presented.certPem, key: presented.keyPem }),
        });
        // With TLS 1.3 the client is done before the server has its certificate (RFC 8446 §2).
        assert.equal(seen.isSecured, version === "TLSv1.3");
        if (version === "TLSv1.2") assert.equal(seen.error, "ECONNRESET");
        assert.equal(seen.received, "");
        const facts = server.facts[before];
        if (presented === undefined) assert.equal(facts?.certificate, undefined);
        else assert.equal(facts?.certificate?.authorizationError, rule);
        assert.equal(server.problems.length, 0);
      });
    }
  }

  test("a server whose certificate does not prove the hop's name gets nothing", async () => {
    const before = server.requests.length;
    const failure = await client.send(messageRequest(), hopTo(server, { expectedNames: ["sip.other.example"] }));
    assert.ok("cause" in failure);
    assert.equal(failure.cause, "identity-refused");
    assert.equal(failure.rule, "name-not-proven");
    assert.equal(server.requests.length, before);
  });

  test("a server of an unknown authority gets nothing", async () => {
    const issued = await strangers.issue({ cn: "sip.example.com", dnsNames: ["sip.example.com"] });
    const impostor = await End.listening("tls", { tls: new TlsMaterial(issued) });
    const failure = await client.send(messageRequest(), hopTo(impostor));
    assert.equal("cause" in failure && failure.cause, "identity-refused");
    await impostor.close();
  });

  for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
    test(`${version}: no session is resumed, so that no connection carries an older verdict`, async () => {
      const issued = await authority.issue({ cn: "sip.again.example" });
      const options = { cert: issued.certPem, key: issued.keyPem, minVersion: version, maxVersion: version };
      const { session } = await resumable(server.port, options);
      const again = await resumable(server.port, { ...options, ...(session === undefined ? {} : { session }) });
      assert.equal(again.isReused, false);
    });
  }

  test("new certificates serve new connections, those that exist stay", async () => {
    const changing = (await End.listening("tls")).answering(200);
    const renewed = await authority.issue({ cn: "renewed", dnsNames: ["sip.example.com"] });
    const old = await client.send(messageRequest(), hopTo(changing));
    changing.tls.replace(renewed);
    const other = new End();
    const fresh = await other.send(messageRequest(), hopTo(changing));
    const again = await client.send(messageRequest(), hopTo(changing));
    assert.equal("identity" in fresh && fresh.identity?.label, "renewed");
    assert.equal(again, old);
    await changing.until(() => changing.requests.length === 3);
    await Promise.all([other.close(), changing.close()]);
  });

  test("a connection knows its version, suite and the generation of the context its handshake began under", async () => {
    const changing = (await End.listening("tls")).answering(200);
    const old = await client.send(messageRequest(), hopTo(changing));
    changing.tls.replace(await authority.issue({ cn: "renewed", dnsNames: ["sip.example.com"] }));
    const other = new End();
    await other.send(messageRequest(), hopTo(changing));
    await changing.until(() => changing.requests.length === 2);
    const agreed = { context: "test", version: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384" };
    assert.deepEqual("tls" in old && old.tls, { ...agreed, generation: 1 });
    const inbound = changing.transport.connections().map(({ tls }) => tls);
    assert.deepEqual(inbound, [
      { ...agreed, generation: 1 },
      { ...agreed, generation: 2 },
    ]);
    await Promise.all([other.close(), changing.close()]);
  });

  test("a connection that is drained answers what came, takes no new request of ours, and closes", async () => {
    const silent = await End.listening("tls");
    const caller = new End();
    const first = await caller.send(messageRequest(), hopTo(silent));
    await silent.until(() => silent.requests.length === 1);
    assert.equal(
      caller.transport.drain(
        () => true,
        () => false,
      ),
      1,
    );
    const second = await caller.send(messageRequest(), hopTo(silent));
    assert.notEqual(second, first);
    await caller.until(() => caller.closed.length === 1);
    assert.equal(caller.closed[0], first);
    await Promise.all([caller.close(), silent.close()]);
  });

  test("material that cannot be used leaves the old in place", async () => {
    const changing = (await End.listening("tls")).answering(200);
    changing.tls.replace({ certPem: "no certificate", keyPem: "no key" });
    const sent = await new End().send(messageRequest(), hopTo(changing));
    assert.ok("identity" in sent);
    await changing.close();
  });

  for (const [says, octets, isTold] of [
    ["nothing at all", "", false],
    ["the beginning of a ClientHello", "\x16\x03\x01\x02\x00\x01", true],
  ] as const) {
    test(`a client that says ${says} is left when its time is over, by the clock given`, async () => {
      const clock = new FakeClock();
      const slow = await End.listening("tls", { clock, settings: { handshakeTimeoutMs: 10_000 } });
      const socket = connect(slow.port, "127.0.0.1", () => socket.write(octets, "latin1")).resume();
      const over = once(socket, "close");
      socket.on("error", () => undefined);
      while (clock.pendingTimers === 0 || socket.bytesWritten < octets.length) await new Promise(setImmediate);
      // What was written must have been read, or the failure would be that of a client who said nothing.
      for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
      clock.advance(9_999);
      assert.equal(socket.destroyed, false);
      clock.advance(1);
      await over;
      if (isTold) await slow.until(() => slow.failedHandshakes.length === 1);
      assert.deepEqual(
        slow.failedHandshakes.map(({ failure }) => failure.cause),
        isTold ? ["timeout"] : [],
      );
      assert.deepEqual([slow.facts, clock.pendingTimers], [[], 0]);
      await slow.close();
    });
  }

  test("a handshake that is done leaves no timer of its own", async () => {
    const clock = new FakeClock();
    const server = (await End.listening("tls", { clock })).answering(200);
    await new End().send(messageRequest(), hopTo(server));
    await server.until(() => server.messages.length === 1);
    // The connection looks after itself.
    assert.equal(clock.pendingTimers, 1);
    await server.close();
  });
});
