import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { createServer, type Server, type TlsOptions } from "node:tls";
import { type IssuedCertificate, TestCertificateAuthority } from "@interpres/testkit";
import { AdminFixture, type Answer, paths, TOKENS } from "./admin-fixture.ts";

interface Fetched {
  readonly chain: readonly {
    readonly commonName: string;
    readonly usages: readonly string[];
    readonly dnsNames: readonly string[];
  }[];
  readonly version: string | null;
  readonly cipher: string | null;
  readonly error: string | null;
  readonly underContext: { readonly version: string | null; readonly error: string | null };
  readonly objections: readonly { readonly rule: string }[];
}

describe("what a peer presents (C3)", () => {
  let fixture: AdminFixture;
  let middle: TestCertificateAuthority;
  let shown: IssuedCertificate;
  const servers: Server[] = [];
  before(async () => {
    middle = await (await TestCertificateAuthority.create("Root")).subordinate("Middle");
    shown = await middle.issue({ cn: "edge.fabrikam.example", dnsNames: ["edge.fabrikam.example"], key: "rsa" });
  });
  // A new one for each: how often may be fetched is counted.
  beforeEach(async () => {
    fixture = await AdminFixture.start();
  });
  afterEach(() => fixture.stop());
  after(() => {
    for (const server of servers) server.close();
  });

  async function serve(options: TlsOptions = {}): Promise<number> {
    const server = createServer({ cert: `${shown.certPem}\n${middle.certPem}`, key: shown.keyPem, ...options });
    server.on("tlsClientError", () => undefined);
    server.on("secureConnection", (socket) => socket.on("error", () => undefined));
    servers.push(server);
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    return (server.address() as AddressInfo).port;
  }

  const fetched = (host: string, port: number): Promise<Answer> =>
    fixture.call("POST", "/certificates/fetch", { body: { host, port }, token: TOKENS.operator });

  test("is shown whole: what it sends and no more, version and suite, and what we have against it", async () => {
    const answer = await fetched("127.0.0.1", await serve());
    assert.equal(answer.status, 200, answer.text);
    const body = answer.body as unknown as Fetched;
    const names = body.chain.map(({ commonName }) => commonName);
    assert.deepEqual(names, ["edge.fabrikam.example", "Middle"]);
    assert.deepEqual(body.chain[0]?.dnsNames, ["edge.fabrikam.example"]);
    assert.deepEqual(body.chain[0]?.usages, ["serverAuth", "clientAuth"]);
    assert.deepEqual([body.version, body.cipher, body.error], ["TLSv1.3", "TLS_AES_256_GCM_SHA384", null]);
    assert.deepEqual(body.objections, [{ rule: "tls-peer-subject", presented: "them", expected: "nobody" }]);
  });

  for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const)
    test(`is shown also when it refuses us, over ${maxVersion}`, async () => {
      const port = await serve({ requestCert: true, rejectUnauthorized: true, maxVersion });
      const body = (await fetched("127.0.0.1", port)).body as unknown as Fetched;
      assert.equal(body.chain[0]?.commonName, "edge.fabrikam.example");
      assert.match(body.error ?? "", maxVersion === "TLSv1.2" ? /handshake failure/ : /certificate required/);
    });

  test("is shown also when our context could not agree with it", async () => {
    const old = { minVersion: "TLSv1", maxVersion: "TLSv1", ciphers: "AES128-SHA:@SECLEVEL=0" } as const;
    const body = (await fetched("127.0.0.1", await serve(old))).body as unknown as Fetched;
    assert.deepEqual([body.version, body.cipher], ["TLSv1", "TLS_RSA_WITH_AES_128_CBC_SHA"]);
    assert.equal(body.underContext.version, null);
    assert.match(body.underContext.error ?? "", /protocol/);
    assert.equal(body.objections.length, 1);
  });

  const nowhere = ["169.254.169.254", "0.0.0.0", "224.0.0.1", "fe80::1", "::", "a b", "-x.example", "192.168.1", "x;y"];
  for (const host of nowhere)
    test(`${host} is no host to look at`, async () => {
      assert.deepEqual(paths(await fetched(host, 5061)), ["host"]);
    });

  for (const address of ["127.0.0.1", "::1", "::ffff:127.0.0.1", "169.254.1.1"])
    test(`a name that leads to ${address} is not followed`, async () => {
      fixture.zone.host("trap.example", address);
      const answer = await fetched("trap.example", await serve());
      assert.equal(answer.status, 400, answer.text);
      assert.match(answer.text, /leads by DNS to this host itself/);
    });

  test("a closed port and a name without address are unreachable", async () => {
    const port = await serve();
    await new Promise((closed) => servers.pop()?.close(closed));
    const closed = await fetched("127.0.0.1", port);
    assert.deepEqual([closed.status, closed.body.type], [502, "peer-unreachable"]);
    assert.equal((await fetched("nowhere.example", 5061)).status, 502);
  });

  test("ten at once are enough, then it takes its time", async () => {
    for (let count = 0; count < 10; count += 1) await fetched("a b", 1);
    const answer = await fetched("a b", 1);
    assert.equal(answer.status, 429);
    assert.match(String(answer.headers["retry-after"]), /^[12]$/);
  });

  test("an auditor may not", async () => {
    const body = { host: "127.0.0.1", port: 1 };
    assert.equal((await fixture.call("POST", "/certificates/fetch", { body, token: TOKENS.auditor })).status, 403);
  });
});
