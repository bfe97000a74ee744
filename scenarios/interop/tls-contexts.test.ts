import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type IssuedCertificate, XmppClient } from "@interpres/testkit";
import { eventually } from "../harness/eventually.ts";
import { missingPeers, peerFolder } from "../harness/peers.ts";
import { RecordCounter } from "../harness/record-counter.ts";
import { PEER_AUTH, TlsBed } from "../harness/tls-bed.ts";
import { LEGACY, OpenSsl, type OpenSslOptions, type OpenSslServer } from "./openssl.ts";

const DOMAIN = "contoso.example";
const EDGE = "sip.contoso.example";
const TLS13 = "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:TLS_AES_128_CCM_SHA256";
const skip = missingPeers("openssl");
const ANSWERED = /SIP\/2\.0 200/;
const CBC = "TLS_RSA_WITH_AES_128_CBC_SHA";
/** One suite of each kind: key exchange, cipher, version. */
const SAMPLE = [
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
  "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384",
  "TLS_RSA_WITH_AES_256_CBC_SHA",
] as const;

/** The contexts of a running node against openssl, which nobody here wrote. */
describe("TLS contexts and openssl", { skip }, () => {
  const folder = peerFolder();
  const openssl = new OpenSsl(folder.path);
  let bed: TlsBed;
  let identity: IssuedCertificate;
  let alice: XmppClient;

  before(async () => {
    bed = await TlsBed.start();
    await bed.federate(DOMAIN, "microsoft");
    await bed.select(EDGE);
    identity = await bed.authority.issue({ cn: EDGE, key: "rsa" });
    const jid = "alice@example.com";
    await bed.node.admin.ask("POST", "/users", { jid, password: "correct horse" });
    const at = { port: bed.node.ports.xmppClient, domain: "example.com" };
    alice = await XmppClient.login(at, { user: "alice", password: "correct horse", resource: "desk" });
  });
  after(async () => {
    alice?.abort();
    await bed?.end();
    folder.remove();
  });

  const ask = (args: readonly string[]) => openssl.ask(bed.node.ports.sipTls, DOMAIN, { identity, args });
  const agreed = (seen: string): string => /Ciphersuite: (\S+)/.exec(seen)?.[1] ?? "nothing";

  test("R50: every suite that is offered for selection is agreed on when it is the only one, or the effective state says it cannot be", async () => {
    const { availableCiphers } = await bed.context();
    assert.ok(availableCiphers.length > 25);
    for (const suite of availableCiphers) {
      const { effective } = await bed.setContext({ ciphers: [suite] });
      const seen = await ask(["-ciphersuites", TLS13, "-cipher", "ALL"]);
      const expected = (effective.inboundCiphers as readonly string[]).includes(suite);
      assert.equal(ANSWERED.test(seen), expected, `${suite}: ${seen}`);
      if (expected) assert.equal(sameSuite(agreed(seen), suite), true, `${suite}: ${agreed(seen)}`);
    }
  });

  test("R50: the order is ours", async () => {
    await bed.setContext({ ciphers: [CBC, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"], maxVersion: "TLSv1.2" });
    assert.equal(agreed(await ask(["-cipher", "ECDHE-RSA-AES256-GCM-SHA384:AES128-SHA"])), "AES128-SHA");
  });

  test("a suite that the runtime has lost is refused by that reason, and nothing is written", async () => {
    const before = (await bed.context()).ciphers;
    for (const [suite, reason] of [
      ["TLS_RSA_WITH_3DES_EDE_CBC_SHA", /gone from this runtime's TLS library/],
      ["TLS_RSA_WITH_RC4_128_MD5", /gone from this runtime's TLS library/],
      ["TLS_RSA_WITH_NULL_SHA", /does not encrypt/],
    ] as const) {
      const refused = await bed.node.admin.try("PUT", `/tls-contexts/${PEER_AUTH}`, { ciphers: [CBC, suite] });
      assert.equal(refused.status, 400);
      assert.match(JSON.stringify(refused.body), reason);
      assert.match(JSON.stringify(refused.body), /"path":"ciphers\.1"/);
    }
    assert.deepEqual((await bed.context()).ciphers, before);
  });

  test("versions from minVersion to maxVersion are agreed on, and no other; TLS 1.0 only where it is asked for", async () => {
    const ciphers = [CBC, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256"];
    const versions = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"] as const;
    const flags = { TLSv1: "-tls1", "TLSv1.1": "-tls1_1", "TLSv1.2": "-tls1_2", "TLSv1.3": "-tls1_3" };
    for (const [minVersion, maxVersion] of [
      ["TLSv1.2", "TLSv1.3"],
      ["TLSv1", "TLSv1.3"],
      ["TLSv1.1", "TLSv1.2"],
      ["TLSv1", "TLSv1"],
      ["TLSv1.3", "TLSv1.3"],
    ] as const) {
      const { effective } = await bed.setContext({ ciphers, minVersion, maxVersion });
      assert.deepEqual([effective.minVersion, effective.maxVersion], [minVersion, maxVersion]);
      assert.equal(effective.securityLevel, minVersion < "TLSv1.2" ? 0 : 2);
      for (const version of versions) {
        const seen = await ask([flags[version], ...LEGACY]);
        const isWithin = version >= minVersion && version <= maxVersion;
        assert.equal(ANSWERED.test(seen), isWithin, `${version} within ${minVersion} to ${maxVersion}: ${seen}`);
      }
    }
  });

  /** Has the node call an openssl server once, and gives what that saw. */
  async function called(options: OpenSslOptions, through?: (server: OpenSslServer) => Promise<RecordCounter>) {
    const server = await openssl.serve({ identity, ...options });
    const relay = await through?.(server);
    bed.zone.host(EDGE, "127.0.0.1");
    const hop = { destinationPattern: DOMAIN, nextHop: EDGE, nextHopPort: relay?.port ?? server.port };
    const added = await bed.node.admin.ask("POST", "/static-routes", { ...hop, routeType: "domain", protocol: "tls" });
    const { id } = added as { readonly id: string };
    try {
      alice.send(`<message to='bob@${DOMAIN}' type='chat'><body>hello</body></message>`);
      await eventually(() => assert.match(server.seen, /(INVITE|MESSAGE) sip:|ERROR|error:/));
      return { seen: server.seen, records: relay?.records };
    } finally {
      await relay?.close();
      await server.stop();
      await bed.node.admin.ask("DELETE", `/static-routes/${id}`);
    }
  }

  test("R50: when we call, the selected suite is the one we offer", async () => {
    for (const suite of SAMPLE) {
      await bed.setContext({ ciphers: [suite], minVersion: "TLSv1.2", maxVersion: "TLSv1.3" });
      const { seen } = await called({ args: ["-ciphersuites", TLS13, "-cipher", "ALL"] });
      const cipher = /CIPHER is (\S+)/.exec(seen)?.[1] ?? `nothing: ${seen}`;
      assert.equal(sameSuite(cipher, suite), true, `${suite}: ${cipher}`);
      assert.match(seen, /(INVITE|MESSAGE) sip:/);
    }
  });

  test("a server that knows TLS 1.0 only is spoken to where the context asks for it, and nowhere else", async () => {
    const old = { args: ["-tls1", ...LEGACY] };
    await bed.setContext({ ciphers: [CBC], minVersion: "TLSv1.2", maxVersion: "TLSv1.2" });
    assert.doesNotMatch((await called(old)).seen, /(INVITE|MESSAGE) sip:/);
    await bed.setContext({ minVersion: "TLSv1" });
    assert.match((await called(old)).seen, /(INVITE|MESSAGE) sip:/);
  });

  for (const { flag, perWrite } of [
    { flag: false, perWrite: 2 },
    { flag: true, perWrite: 1 },
  ]) {
    const setting = { ciphers: [CBC], minVersion: "TLSv1", maxVersion: "TLSv1.2", disableEmptyTlsFragments: flag };

    test(`R52: with disableEmptyTlsFragments ${flag}, an answer to a TLS 1.0 client is ${perWrite} records`, async () => {
      const { effective } = await bed.setContext(setting);
      assert.equal(effective.emptyFragmentsDisabled, flag);
      const relay = await RecordCounter.start(() => bed.node.ports.sipTls);
      const asking = openssl.ask(relay.port, DOMAIN, { identity, args: ["-tls1", ...LEGACY] });
      const seen = await asking.finally(() => relay.close());
      assert.match(seen, ANSWERED);
      assert.match(seen, /Protocol version: TLSv1$/m);
      assert.equal(relay.records.target, perWrite);
    });

    test(`R52: with disableEmptyTlsFragments ${flag}, a request to a TLS 1.0 server is ${perWrite} records`, async () => {
      await bed.setContext(setting);
      const { records } = await called({ args: ["-tls1", ...LEGACY] }, (server) =>
        RecordCounter.start(() => server.port),
      );
      assert.equal(records?.client, perWrite);
    });
  }

  test("R53: without CBC of TLS 1.0 the flag does no harm and says that it has no effect", async () => {
    const { effective } = await bed.setContext({
      ciphers: ["TLS_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"],
      minVersion: "TLSv1.2",
      maxVersion: "TLSv1.3",
      disableEmptyTlsFragments: true,
    });
    assert.equal(effective.emptyFragmentsDisabled, false);
    assert.match(await ask([]), ANSWERED);
    assert.match(await ask(["-tls1_2"]), ANSWERED);
  });
});

/** openssl's `ECDHE-RSA-AES256-SHA384` and the registry's `TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384` by what they are made of. */
function sameSuite(opensslName: string, ianaName: string): boolean {
  return plain(opensslName) === plain(ianaName);
}

function plain(name: string): string {
  const bare = name.replace(/^TLS_/, "").replaceAll(/[-_]|WITH|CBC/g, "");
  return bare.replace(/^RSA(?=AES)/, "").replace(/(CHACHA20POLY1305)SHA256$/, "$1");
}
