import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { TraceEvent } from "@interpres/admin-api";
import type { FlowEvent } from "@interpres/runtime";
import { somePath, TestCertificateAuthority, unbroken } from "@interpres/testkit";
import { WebSocket } from "ws";
import { AdminFixture, PASSWORD, TOKENS } from "./admin-fixture.ts";

interface Reading {
  readonly events: readonly TraceEvent[];
  /** WebSocket close code, or the HTTP status where there was no WebSocket. */
  readonly end: number;
  readonly body: string;
}

function passed(summary: string, peer: string, text: string): FlowEvent {
  const parties = () => ["alice@example.com", `bob@${peer}`];
  const [remote, path] = ["tls:192.0.2.1:5061", () => somePath];
  return { leg: "sip", direction: "inbound", remote, summary, path, parties, text: () => text };
}

const MESSAGE = "MESSAGE sip:alice@example.com SIP/2.0\r\nAuthorization: Digest c0ffee\r\n\r\nhush";

describe("/trace", () => {
  let fixture: AdminFixture;
  let port: number;
  before(async () => {
    const authority = await TestCertificateAuthority.create("Admin CA");
    const { certPem: cert, keyPem: key } = await authority.issue({ cn: "localhost", dnsNames: ["localhost"] });
    fixture = await AdminFixture.start({ cert, key });
    ({ port } = await fixture.server.listen({ host: "127.0.0.1", port: 0 }, unbroken));
    fixture.flows.flow(passed("MESSAGE sip:alice@example.com", "contoso.example", MESSAGE));
    fixture.flows.flow(passed("OPTIONS sip:example.com", "other.example", "OPTIONS"));
  });
  after(() => fixture.stop());

  const open = (path: string, headers: Readonly<Record<string, string>>): WebSocket =>
    new WebSocket(`wss://127.0.0.1:${port}/api/v1/trace${path}`, {
      headers: { ...headers },
      rejectUnauthorized: false,
    });

  function read(path: string, headers: Readonly<Record<string, string>>): Promise<Reading> {
    const socket = open(path, headers);
    const events: TraceEvent[] = [];
    return new Promise((resolve) => {
      socket.on("message", (data) => events.push(JSON.parse(String(data)) as TraceEvent));
      socket.on("unexpected-response", (_request, response) => {
        let body = "";
        response.on("data", (chunk: Buffer) => {
          body += chunk.toString("utf8");
        });
        response.on("end", () => resolve({ events, end: response.statusCode ?? 0, body }));
      });
      socket.on("close", (code) => resolve({ events, end: code, body: "" }));
      socket.on("error", () => undefined);
    });
  }

  const as = (token: string) => ({ authorization: `Bearer ${token}` });

  test("shows an auditor what passed, bodies and secrets masked, and closes", async () => {
    const { events, end } = await read("", as(TOKENS.auditor));
    assert.equal(end, 1000);
    assert.deepEqual(
      events.map(({ summary, peer, leg }) => `${leg} ${peer} ${summary}`),
      ["sip contoso.example MESSAGE sip:alice@example.com", "sip null OPTIONS sip:example.com"],
    );
    assert.doesNotMatch(JSON.stringify(events), /hush|c0ffee/);
  });

  test("filters by domain and by user, and takes only as many as asked", async () => {
    assert.equal((await read("?peer=Contoso.example", as(TOKENS.auditor))).events.length, 1);
    assert.equal((await read("?user=bob@other.example", as(TOKENS.auditor))).events.length, 1);
    assert.equal((await read("?recent=1", as(TOKENS.auditor))).events.length, 1);
    assert.equal((await read("?recent=many", as(TOKENS.auditor))).end, 400);
  });

  test("bodies are for administrators who ask for them, secrets for nobody; both are audited", async () => {
    const refused = await read("?bodies=shown", as(TOKENS.operator));
    assert.equal(refused.end, 403);
    assert.equal((JSON.parse(refused.body) as { readonly type: string }).type, "role-not-sufficient");
    const { events } = await read("?bodies=shown&peer=contoso.example", as(TOKENS.administrator));
    assert.match(events[0]?.text ?? "", /hush$/);
    assert.doesNotMatch(events[0]?.text ?? "", /c0ffee/);
    const [record] = await fixture.store.audit.list({ limit: 1 });
    assert.deepEqual(
      [record?.actor, record?.resource, record?.after],
      ["administrator program", "trace", { peer: "contoso.example", afterwards: "close", bodies: "shown" }],
    );
  });

  test("lets in nobody without a credential, and no other page with the console's cookie", async () => {
    assert.equal((await read("", {})).end, 401);
    assert.equal((await read("", as("nonsense"))).end, 401);
    await fixture.addAdministrator("carla", "auditor");
    const signedIn = await fixture.call("POST", "/session", { token: "", body: { name: "carla", password: PASSWORD } });
    const cookie = String([signedIn.headers["set-cookie"]].flat()[0]).split(";")[0] ?? "";
    const own = `https://127.0.0.1:${port}`;
    assert.equal((await read("", { cookie, origin: own })).end, 1000);
    assert.equal((await read("", { cookie, origin: "https://evil.example" })).end, 403);
    assert.equal((await read("", { cookie })).end, 403);
  });

  test("goes on with what passes, as long as the credential holds", async () => {
    const { body } = await fixture.call("POST", "/tokens", { body: { name: "watcher", role: "auditor" } });
    const socket = open("?follow=true&recent=0&peer=contoso.example", as(String(body.token)));
    const heard: string[] = [];
    const first = new Promise<void>((resolve) => {
      socket.on("message", (data) => {
        heard.push((JSON.parse(String(data)) as TraceEvent).summary);
        resolve();
      });
    });
    await new Promise((resolve) => socket.once("open", resolve));
    fixture.flows.flow(passed("elsewhere", "other.example", ""));
    fixture.flows.flow(passed("here", "contoso.example", ""));
    await first;
    assert.deepEqual(heard, ["here"]);
    const closed = new Promise<number>((resolve) => socket.once("close", resolve));
    await fixture.call("DELETE", `/tokens/${String(body.id)}`);
    fixture.clock.advance(30_000);
    assert.equal(await closed, 1008);
  });

  test("is given as a file, masked as on the screen; with bodies to administrators only, and audited", async () => {
    const text = await fixture.call("GET", "/api/v1/trace/export?format=text&peer=contoso.example", {
      token: TOKENS.auditor,
    });
    assert.equal(text.status, 200);
    assert.match(String(text.headers["content-disposition"]), /attachment; filename="interpres-trace\.txt"/);
    assert.match(text.text, /MESSAGE alice@example\.com[\s\S]*\n1\. \S+ SIP from tls:192\.0\.2\.1:5061/);
    assert.doesNotMatch(text.text, /OPTIONS|hush|c0ffee/);
    const capture = await fixture.call("GET", "/api/v1/trace/export?format=pcapng&bodies=shown", {
      token: TOKENS.administrator,
    });
    assert.equal(capture.headers["content-type"], "application/x-pcapng");
    assert.match(capture.text, /^\n\r\r\n[\s\S]*OPTIONS/);
    assert.match(capture.text, /hush/);
    assert.doesNotMatch(capture.text, /c0ffee/);
    const [record] = await fixture.store.audit.list({ limit: 1 });
    assert.deepEqual([record?.actor, record?.action, record?.resource], ["administrator program", "export", "trace"]);
    const refused = await fixture.call("GET", "/api/v1/trace/export?format=text&bodies=shown", {
      token: TOKENS.operator,
    });
    assert.equal(refused.status, 403);
    assert.equal((await fixture.call("GET", "/api/v1/trace/export?format=gif", { token: TOKENS.auditor })).status, 400);
    assert.equal((await fixture.call("GET", "/api/v1/trace/export?format=text", { token: "" })).status, 401);
  });

  test("what is no WebSocket of ours is answered as a problem", async () => {
    const socket = new WebSocket(`wss://127.0.0.1:${port}/api/v1/nothing`, { rejectUnauthorized: false });
    const status = await new Promise((resolve) => {
      socket.on("error", () => undefined);
      socket.on("unexpected-response", (_request, response) => resolve(response.statusCode));
    });
    assert.equal(status, 404);
  });
});
