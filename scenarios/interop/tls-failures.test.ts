import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { type IssuedCertificate, TestCertificateAuthority, XmppClient } from "@interpres/testkit";
import { attribute } from "@interpres/xmpp/xml";
import { missingPeers, peerFolder } from "../harness/peers.ts";
import { refusalBy } from "../harness/refusal.ts";
import { TlsBed } from "../harness/tls-bed.ts";
import { LEGACY, OpenSsl } from "./openssl.ts";
import { OpenSslAuthority } from "./openssl-authority.ts";

const DOMAIN = "contoso.example";
const EDGE = "sip.contoso.example";
const skip = missingPeers("openssl");

/** C10: what the administrator reads about a handshake with openssl that failed, in either direction. */
describe("failed handshakes with openssl", { skip }, () => {
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
    bed.zone.host(EDGE, "127.0.0.1");
  });
  after(async () => {
    alice?.abort();
    await bed?.end();
    folder.remove();
  });

  let since = 0;
  const refusal = (rule: string) => refusalBy(rule, bed.node.admin, since);

  const ask = (args: readonly string[]) => openssl.ask(bed.node.ports.sipTls, DOMAIN, { identity, args });

  /** Has alice send a message to a server of openssl, and waits until she was told that it did not get there. */
  async function called(args: readonly string[], shown: IssuedCertificate = identity): Promise<void> {
    const server = await openssl.serve({ identity: shown, args });
    const hop = { destinationPattern: DOMAIN, nextHop: EDGE, nextHopPort: server.port };
    const added = await bed.node.admin.ask("POST", "/static-routes", { ...hop, routeType: "domain", protocol: "tls" });
    const { id } = added as { readonly id: string };
    try {
      const message = `m${server.port}`;
      alice.send(`<message to='bob@${DOMAIN}' type='chat' id='${message}'><body>hello</body></message>`);
      const answer = await alice.waitFor((stanza) => attribute(stanza, "id") === message);
      assert.equal(attribute(answer, "type"), "error");
    } finally {
      await server.stop();
      await bed.node.admin.ask("DELETE", `/static-routes/${id}`);
    }
  }

  beforeEach(() => {
    since = Date.now();
  });

  test("a client of TLS 1.0: its version, and ours", async () => {
    assert.doesNotMatch(await ask(["-tls1", ...LEGACY]), /SIP\/2\.0/);
    const { presented, expected } = await refusal("tls-version");
    assert.match(presented ?? "", /^TLSv1(, SSLv3)?: unsupported protocol/);
    assert.equal(expected, "TLSv1.2 to TLSv1.3");
  });

  test("a client with other suites: its own by name, and ours", async () => {
    await bed.setContext({ ciphers: ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"] });
    assert.doesNotMatch(await ask(["-tls1_2", "-cipher", "AES128-SHA:CAMELLIA256-SHA"]), /SIP\/2\.0/);
    const { presented, expected } = await refusal("tls-cipher");
    assert.equal(presented, "TLS_RSA_WITH_AES_128_CBC_SHA, 0x0084");
    assert.match(expected ?? "", /^TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, and a group and signature/);
  });

  test("a server of TLS 1.0 that we call: what it said, and what we speak", async () => {
    await bed.setContext({ ciphers: ["TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"] });
    await called(["-tls1", ...LEGACY]);
    const { presented, expected } = await refusal("tls-version");
    assert.match(presented ?? "", /^no version of ours: .*protocol/);
    assert.equal(expected, "TLSv1.2 to TLSv1.2");
  });

  test("a server without a suite in common: it does not say what is wrong, and neither do we pretend", async () => {
    await called(["-tls1_2", "-cipher", "AES256-GCM-SHA384"]);
    const { presented, expected } = await refusal("tls-handshake");
    assert.match(presented ?? "", /^sip\.contoso\.example answered: .*handshake failure/);
    assert.match(expected ?? "", /does not say which is wrong\. We offer TLSv1\.2 to TLSv1\.2 with TLS_RSA/);
  });

  for (const version of ["-tls1_2", "-tls1_3"]) {
    test(`a server (${version}) that does not trust our authority says so, and we say whose certificate it was`, async () => {
      const ciphers = ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256"];
      await bed.setContext({ ciphers, maxVersion: "TLSv1.3" });
      const other = new OpenSslAuthority(folder.path);
      const strict = ["-Verify", "1", "-verify_return_error", "-CAfile", other.path("root.pem")];
      await called([version, ...strict]);
      const { presented, expected } = await refusal("own-certificate");
      assert.match(presented ?? "", /^sip\.contoso\.example answered: .*(unknown ca|certificate)/i);
      assert.match(expected ?? "", /CN=imp1\.example\.com issued by CN=Interpres CA/);
    });
  }

  test("a server whose own certificate we do not trust: whose it is, and what we expect", async () => {
    const rogue = await TestCertificateAuthority.create("Rogue CA");
    await called([], await rogue.issue({ cn: EDGE, key: "rsa" }));
    const { presented, expected } = await refusal("certificate-untrusted");
    assert.match(presented ?? "", /^sip\.contoso\.example: /);
    assert.match(expected ?? "", /trust store/);
  });
});
