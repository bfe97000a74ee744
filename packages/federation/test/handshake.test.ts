import assert from "node:assert/strict";
import { connect as connectTcp } from "node:net";
import { after, before, describe, test } from "node:test";
import { type ConnectionOptions, connect } from "node:tls";
import { type DecisionEvent, silentLogger, silentMetrics, systemClock, systemRandom } from "@interpres/runtime";
import { TransportLayer } from "@interpres/sip";
import { type CertificateRequest, FakeZone, TestCertificateAuthority, unbroken } from "@interpres/testkit";
import { availableCiphers, Federation, openSslCipherList, PEER_AUTH_CONTEXT, updateTlsContext } from "../src/index.ts";
import { domain, route, type Step, selected, settingsOf } from "./federation-parts.ts";

const EDGE = "sip.contoso.example";
const ALTERNATIVE = "pool.contoso.example";
const DAY_MS = 86_400_000;
const OPTIONS = [
  "OPTIONS sip:imp1.example.com SIP/2.0",
  "Via: SIP/2.0/TLS sip.contoso.example:5061;branch=z9hG4bK1",
  "Max-Forwards: 70",
  "From: <sip:bob@contoso.example>;tag=1",
  "To: <sip:imp1.example.com>",
  "Call-ID: 1",
  "CSeq: 1 OPTIONS",
  "Content-Length: 0",
  "",
  "",
].join("\r\n");

/** A real listener on loopback, with our certificates and settings. */
async function startNode(authority: TestCertificateAuthority, ...steps: readonly Step[]) {
  const own = await authority.issue({ cn: "imp1.example.com" });
  const decisions: Omit<DecisionEvent, "id" | "at">[] = [];
  let settings = settingsOf(...steps);
  const ports = {
    clock: systemClock,
    random: systemRandom,
    log: silentLogger,
    metrics: silentMetrics,
    resolver: new FakeZone(),
  };
  const federation = new Federation({
    ...ports,
    settings: () => settings,
    nodeFqdn: () => "imp1.example.com",
    certificates: {
      own: () => ({ chainPem: own.certPem, keyPem: own.keyPem }),
      trusted: () => [{ id: "1", pem: authority.certPem }],
      onChange: () => undefined,
    },
    targets: { isLocalDomain: () => true, addressee: () => ({ kind: "account" }) },
    decisions: { record: (event) => decisions.push(event) },
  });
  const transport = new TransportLayer({ ...ports, gate: federation.connectionGate, tls: federation.tlsContextSource });
  const admitted: string[] = [];
  transport.onMessage((message, connection) => {
    if (message.kind !== "request") return;
    admitted.push(federation.requestGate.admit(message, connection).kind);
    connection.close();
  });
  const { port } = await transport.listen({ protocol: "tls", host: "127.0.0.1", port: 0 }, unbroken);
  const change = (step: Step): void => {
    const edit = step(settings);
    assert.ok(edit.kind === "changed");
    settings = edit.settings;
    federation.settingsChanged(settings);
    transport.readmit();
  };
  return { transport, port, decisions, admitted, change };
}

/** Connects, asks OPTIONS and waits until the node has closed. */
async function call(port: number, options: ConnectionOptions): Promise<string | undefined> {
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false, ...options });
  socket.on("error", () => undefined);
  socket.on("data", () => undefined);
  socket.write(OPTIONS);
  let agreed: string | undefined;
  socket.on("secureConnect", () => {
    agreed = `${socket.getProtocol()} ${socket.getCipher().standardName}`;
  });
  await new Promise((resolve) => socket.on("close", resolve));
  return agreed;
}

/** Says this without TLS, and waits until the node has closed. */
async function plain(port: number, octets: string | Buffer): Promise<void> {
  const socket = connectTcp({ port, host: "127.0.0.1" });
  socket.on("error", () => undefined);
  socket.on("data", () => undefined);
  socket.end(octets);
  await new Promise((resolve) => socket.on("close", resolve));
}

describe("real handshakes on loopback", () => {
  let authority: TestCertificateAuthority;
  let stranger: TestCertificateAuthority;
  let node: Awaited<ReturnType<typeof startNode>>;
  before(async () => {
    [authority, stranger] = await Promise.all([
      TestCertificateAuthority.create(),
      TestCertificateAuthority.create("Test CA"),
    ]);
    node = await startNode(
      authority,
      domain("contoso.example"),
      route("contoso.example", EDGE),
      selected(EDGE),
      selected(ALTERNATIVE, { matchAlternativeNames: true }),
      selected("b\u00fccher.contoso.example"),
    );
  });
  after(() => node.transport.close());

  const rows: readonly {
    rule: string;
    shown: CertificateRequest | undefined;
    by?: "stranger";
    refusedBy?: string;
  }[] = [
    { rule: "a selected subject by CN", shown: { cn: EDGE } },
    { rule: "a selected subject by CN in another case", shown: { cn: "SIP.Contoso.EXAMPLE" } },
    {
      rule: "a selected subject as DNS name, since the CN counts (B15)",
      shown: { cn: "x.example", dnsNames: ["x.example", EDGE] },
      refusedBy: "tls-peer-subject",
    },
    {
      rule: "a subject as DNS name where it asks for alternative names",
      shown: { cn: "", dnsNames: ["x.example", ALTERNATIVE] },
    },
    { rule: "an internationalized subject by its A-labels", shown: { cn: "xn--bcher-kva.contoso.example" } },
    { rule: "an internationalized subject as it is written", shown: { cn: "b\u00fccher.contoso.example" } },
    {
      rule: "a name that only looks like the subject",
      shown: { cn: "\u017fip.contoso.example" },
      refusedBy: "tls-peer-subject",
    },
    {
      rule: "a name behind which NUL and another one stand",
      shown: { cn: `${EDGE}\0.evil.example` },
      refusedBy: "tls-peer-subject",
    },
    { rule: "no certificate", shown: undefined, refusedBy: "certificate-missing" },
    {
      rule: "an authority of the same name that nobody trusts",
      shown: { cn: EDGE },
      by: "stranger",
      refusedBy: "certificate-untrusted",
    },
    {
      rule: "an expired one",
      shown: { cn: EDGE, notAfter: new Date(Date.now() - DAY_MS) },
      refusedBy: "certificate-expired",
    },
    { rule: "server authentication alone", shown: { cn: EDGE, ekus: ["server"] }, refusedBy: "certificate-purpose" },
    { rule: "client authentication alone", shown: { cn: EDGE, ekus: ["client"] }, refusedBy: "certificate-purpose" },
    { rule: "another name", shown: { cn: "sip.evil.example" }, refusedBy: "tls-peer-subject" },
    {
      rule: "the name in another attribute of the subject",
      shown: { cn: `evil.example, O=CN\\=${EDGE}` },
      refusedBy: "tls-peer-subject",
    },
    {
      rule: "the name behind a comma in the CN",
      shown: { cn: `evil.example\\,CN\\=${EDGE}` },
      refusedBy: "tls-peer-subject",
    },
    { rule: "two common names", shown: { cn: `evil.example, CN=${EDGE}` }, refusedBy: "tls-peer-subject" },
    { rule: "a wildcard CN", shown: { cn: "*.contoso.example" }, refusedBy: "tls-peer-subject" },
    {
      rule: "a wildcard DNS name",
      shown: { cn: "x", dnsNames: ["*.contoso.example"] },
      refusedBy: "tls-peer-subject",
    },
    { rule: "a user's URI", shown: { cn: "x", uris: [`sip:bob@${EDGE}`] }, refusedBy: "tls-peer-subject" },
    {
      rule: "a DNS name that tries to hold two",
      shown: { cn: "x", dnsNames: [`evil.example, DNS:${EDGE}`] },
      refusedBy: "tls-peer-subject",
    },
  ];
  for (const { rule, shown, by, refusedBy } of rows) {
    test(`${refusedBy === undefined ? "admits" : "refuses"} ${rule}`, async () => {
      node.decisions.length = 0;
      node.admitted.length = 0;
      const issued = shown === undefined ? undefined : await (by === "stranger" ? stranger : authority).issue(shown);
      await call(node.port, issued === undefined ? {} : { cert: issued.certPem, key: issued.keyPem });
      assert.deepEqual(
        node.decisions.map((event) => event.decisions[0]?.rule),
        refusedBy === undefined ? [] : [refusedBy],
      );
      assert.deepEqual(node.admitted, refusedBy === undefined ? ["admit"] : []);
    });
  }

  test("the selected suites are the ones that are agreed on, at once after a change (R50)", async () => {
    const edge = await authority.issue({ cn: EDGE });
    const shown = { cert: edge.certPem, key: edge.keyPem };
    const suites = (...ciphers: readonly string[]): Step => {
      return (settings) => updateTlsContext(settings, PEER_AUTH_CONTEXT, { ciphers });
    };
    node.change(suites("TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"));
    assert.equal(await call(node.port, shown), "TLSv1.2 TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA");
    node.change(suites("TLS_CHACHA20_POLY1305_SHA256"));
    assert.equal(await call(node.port, shown), "TLSv1.3 TLS_CHACHA20_POLY1305_SHA256");
  });

  const refusal = () => node.decisions.at(-1)?.decisions[0];

  test("a client without a suite in common is told of by what it offered, each suite by its name (C10)", async () => {
    const shared = "TLS_RSA_WITH_AES_128_CBC_SHA";
    node.change((settings) =>
      updateTlsContext(settings, PEER_AUTH_CONTEXT, { ciphers: [shared], maxVersion: "TLSv1.2" }),
    );
    const others = availableCiphers.filter((suite) => suite.includes("_WITH_") && suite !== shared);
    for (const suite of others) {
      await call(node.port, { ciphers: openSslCipherList([suite]), maxVersion: "TLSv1.2" });
      assert.deepEqual([refusal()?.rule, refusal()?.inputs.presented], ["tls-cipher", suite]);
    }
  });

  test("a client of other versions is told of by them (C10)", async () => {
    const ciphers = ["TLS_AES_128_GCM_SHA256"];
    node.change((settings) => updateTlsContext(settings, PEER_AUTH_CONTEXT, { ciphers, maxVersion: "TLSv1.3" }));
    await call(node.port, { maxVersion: "TLSv1.2" });
    assert.equal(refusal()?.rule, "tls-version");
    assert.match(String(refusal()?.inputs.presented), /^TLSv1\.2, .*unsupported protocol/);
    assert.equal(refusal()?.inputs.expected, "TLSv1.3 to TLSv1.3");
  });

  test("one that speaks no TLS, or goes away in the middle, is told of too", async () => {
    await plain(node.port, OPTIONS);
    assert.deepEqual([refusal()?.rule, refusal()?.inputs.presented], ["tls-handshake", "no TLS: http request"]);
    await plain(node.port, Buffer.from("16030100050100000103", "hex"));
    assert.match(String(refusal()?.inputs.presented), /^127\.0\.0\.1: /);
  });

  test("TLS 1.0 works where it is allowed, and only there", async () => {
    const edge = await authority.issue({ cn: EDGE });
    const shown = {
      cert: edge.certPem,
      key: edge.keyPem,
      minVersion: "TLSv1",
      maxVersion: "TLSv1",
      ciphers: "DEFAULT:@SECLEVEL=0",
    } as const;
    const versions = (minVersion: string): Step => {
      const ciphers = ["TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "TLS_AES_256_GCM_SHA384"];
      return (settings) =>
        updateTlsContext(settings, PEER_AUTH_CONTEXT, { minVersion, ciphers, disableEmptyTlsFragments: true });
    };
    node.change(versions("TLSv1.2"));
    assert.equal(await call(node.port, shown), undefined);
    node.change(versions("TLSv1"));
    assert.equal(await call(node.port, shown), "TLSv1 TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA");
  });
});
