import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { somePath } from "@interpres/testkit";
import { AdminFixture, items, TOKENS } from "./admin-fixture.ts";

const KEY = "homer-key";
const PUT = { enabled: true, host: "Homer.example.com", authKey: KEY };

describe("/trace/collector", () => {
  let fixture: AdminFixture;
  before(async () => {
    fixture = await AdminFixture.start();
  });
  after(() => fixture.stop());

  const put = (body: unknown, token = TOKENS.administrator) => fixture.call("PUT", "/trace/collector", { token, body });

  test("is off until somebody names a collector", async () => {
    const { body } = await fixture.call("GET", "/trace/collector", { token: TOKENS.auditor });
    assert.deepEqual(
      [body.enabled, body.host, body.port, body.protocol, body.hasAuthKey],
      [false, "", 9060, "udp", false],
    );
    const none = await fixture.call("POST", "/trace/collector/send", { body: { correlationId: "c1" } });
    assert.deepEqual([none.status, none.body.type], [409, "no-trace-collector"]);
  });

  for (const [wrong, path] of [
    [{ enabled: true }, "host"],
    [{ host: "no host" }, "host"],
    [{ host: "homer.example.com", port: 0 }, "port"],
    [{ host: "homer.example.com", protocol: "sctp" }, "protocol"],
    [{ host: "homer.example.com", captureId: -1 }, "captureId"],
    [{ host: "homer.example.com", colour: "red" }, "colour"],
  ] as const)
    test(`refuses ${JSON.stringify(wrong)} by its path, and writes nothing`, async () => {
      const { status, body } = await put(wrong);
      assert.deepEqual([status, (body.errors as { path: string }[])[0]?.path], [400, path]);
      assert.equal((await fixture.call("GET", "/trace/collector")).body.host, "");
    });

  test("takes a collector with its key, which nobody is shown again, and warns of open lines", async () => {
    const { status, body } = await put(PUT);
    assert.deepEqual([status, body.host, body.hasAuthKey], [200, "homer.example.com", true]);
    assert.match(JSON.stringify(body.warnings), /unencrypted/);
    const [record] = items(await fixture.call("GET", "/audit?limit=1"));
    assert.deepEqual(
      [record?.resource, (record?.after as { authKey: string } | undefined)?.authKey],
      ["trace/collector", "changed"],
    );
    for (const path of ["/trace/collector", "/config", "/audit"])
      assert.doesNotMatch((await fixture.call("GET", path)).text, new RegExp(KEY));
    assert.equal((await put({ ...PUT, authKey: undefined })).body.hasAuthKey, true, "it stays where none is given");
  });

  test("does not show a key to another collector", async () => {
    const other = { enabled: true, host: "evil.example.com" };
    const { status, body } = await put(other);
    assert.deepEqual([status, (body.errors as { path: string }[])[0]?.path], [400, "authKey"]);
    assert.equal((await put({ ...other, authKey: null })).body.hasAuthKey, false);
    assert.equal((await put(PUT)).status, 200);
  });

  test("is sent one interaction when an operator asks, which is audited", async () => {
    for (const [callId, summary] of [
      ["c1", "MESSAGE"],
      ["c2", "INVITE"],
    ] as const)
      fixture.flows.flow({
        leg: "sip",
        direction: "inbound",
        remote: "tls:192.0.2.1:5061",
        summary,
        path: () => somePath,
        parties: () => ["bob@contoso.example"],
        text: () => `${summary} sip:a@b SIP/2.0\r\nCall-ID: ${callId}\r\nAuthorization: x c0ffee\r\nl: 4\r\n\r\nhush`,
      });
    fixture.collected.length = 0;
    const order = { token: TOKENS.operator, body: { correlationId: "c1" } };
    assert.deepEqual((await fixture.call("POST", "/trace/collector/send", order)).body, { sent: 1 });
    const [packet = new Uint8Array()] = fixture.collected;
    const text = Buffer.from(packet).toString("latin1");
    assert.match(text, /MESSAGE sip:a@b/);
    assert.match(text, new RegExp(KEY));
    assert.doesNotMatch(text, /hush|c0ffee/);
    const [record] = items(await fixture.call("GET", "/audit?limit=1"));
    assert.deepEqual([record?.action, record?.actor], ["send", "operator program"]);
    assert.equal(
      (await fixture.call("POST", "/trace/collector/send", { ...order, token: TOKENS.auditor })).status,
      403,
    );
  });

  test("says when the collector does not answer, and notifies as long as it is wanted", async () => {
    await put({ enabled: true, host: "silent.example.com", authKey: null });
    const { status, body } = await fixture.call("POST", "/trace/collector/send", { body: { correlationId: "c1" } });
    assert.deepEqual([status, body.type], [502, "trace-collector-unreachable"]);
    const notices = async () => (await fixture.call("GET", "/notifications")).text;
    assert.match(await notices(), /The trace collector silent\.example\.com:9060 does not get all that passes/);
    await put({ enabled: false, host: "silent.example.com" });
    assert.doesNotMatch(await notices(), /trace collector/);
  });
});
