import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { missingPeers, peerFolder } from "../harness/peers.ts";
import { TlsBed } from "../harness/tls-bed.ts";
import { LEGACY, OpenSsl } from "./openssl.ts";
import { OpenSslAuthority } from "./openssl-authority.ts";

const DOMAIN = "contoso.example";
const EDGE = "sip.contoso.example";
const FQDN = "imp1.example.com";
const skip = missingPeers("openssl");

/** The node's own certificates, signed, served and verified by openssl. */
describe("own certificates and openssl", { skip }, () => {
  const folder = peerFolder();
  const openssl = new OpenSsl(folder.path);
  let authority: OpenSslAuthority;
  let bed: TlsBed;

  before(async () => {
    authority = new OpenSslAuthority(folder.path);
    bed = await TlsBed.start();
    await bed.federate(DOMAIN, "microsoft");
    await bed.select(EDGE);
  });
  after(async () => {
    await bed?.end();
    folder.remove();
  });

  /** A whole handshake of a peer that believes `root` alone, by name; what it says of it. */
  async function verified(root: string, port = bed.node.ports.sipTls): Promise<string> {
    const identity = await bed.authority.issue({ cn: EDGE });
    const strict = ["-CAfile", authority.write("believed.pem", root), "-verify_return_error", "-verify_hostname", FQDN];
    return await openssl.ask(port, DOMAIN, { identity, args: strict });
  }

  const own = (path: string) => `/certificates/own/sip${path}`;

  test("B15: what our own authority made at the first start is good for both roles of TLS", async () => {
    const ca = authority.write("ca.pem", bed.node.authorityPem);
    const { chainPem } = (await bed.node.admin.ask("GET", own(""))) as { readonly chainPem: string };
    const chain = authority.write("own.pem", chainPem);
    for (const purpose of ["sslserver", "sslclient"])
      assert.match(authority.run("verify", "-CAfile", ca, "-purpose", purpose, chain), /: OK/);
    assert.match(await verified(bed.node.authorityPem), /SIP\/2\.0 200/);
  });

  test("B2.10: a request that openssl signs comes back as a chain, and new connections see it at once", async () => {
    const made = (await bed.node.admin.ask("POST", own("/csr"), {})) as { readonly csrPem: string };
    const request = authority.write("node.csr", made.csrPem);
    const read = authority.run("req", "-in", request, "-noout", "-text", "-verify");
    assert.match(read, /Subject: CN = imp1\.example\.com/);
    assert.match(read, /DNS:imp1\.example\.com, DNS:example\.com/);
    assert.match(read, /TLS Web Server Authentication, TLS Web Client Authentication/);
    const kept = (await bed.node.admin.ask("PUT", own(""), { chainPem: authority.sign(made.csrPem) })) as object;
    assert.match(JSON.stringify(kept), /ends below CN=openssl root, which is not known here/);
    const seen = await verified(authority.rootPem);
    assert.match(seen, /Verification: OK/);
    assert.match(seen, /SIP\/2\.0 200/);
  });

  test("a wrong one is refused with its line, and the present one stays in service", async () => {
    const { chainPem, keyPem } = authority.issue(FQDN);
    const [leaf = "", middle = ""] = chainPem.split(/(?<=-----END CERTIFICATE-----\n)/);
    for (const [body, says] of [
      [{ chainPem: `${middle}${leaf}`, keyPem }, /keyPem: is not the key of the first certificate/],
      [{ chainPem: `${leaf}${authority.rootPem}`, keyPem }, /is not signed by the next one/],
      [{ chainPem: leaf.slice(0, -30), keyPem }, /line 1: BEGIN CERTIFICATE without an END/],
      [{ chainPem, keyPem: "" }, /keyPem/],
    ] as const) {
      const refused = await bed.node.admin.try("PUT", own(""), body);
      assert.equal(refused.status, 400);
      assert.match(JSON.stringify(refused.body), says);
    }
    assert.match(await verified(authority.rootPem), /SIP\/2\.0 200/);
  });

  test("a chain with its key is served at once, for SIP and for the API itself", async () => {
    const { chainPem, keyPem } = authority.issue(FQDN);
    await bed.node.admin.ask("PUT", "/certificates/own/admin", { chainPem, keyPem });
    assert.match(await verified(authority.rootPem, bed.node.ports.admin), /Verification: OK/);
    const made = await bed.node.adminBelieving(authority.rootPem).ask("POST", "/certificates/own/admin/regenerate", {});
    assert.match(JSON.stringify(made), /Interpres CA/);
    assert.match(await verified(bed.node.authorityPem, bed.node.ports.admin), /Verification: OK/);
  });

  test("made anew by our own authority, whoever believes that sees it, and the other chain is gone", async () => {
    await bed.node.admin.ask("POST", own("/regenerate"), {});
    assert.match(await verified(bed.node.authorityPem), /SIP\/2\.0 200/);
    assert.doesNotMatch(await verified(authority.rootPem), /SIP\/2\.0/);
  });

  interface Fetched {
    readonly chain: readonly { readonly subject: string; readonly key: string }[];
    readonly version: string;
    readonly error: string | null;
    readonly underContext: { readonly version: string | null };
    readonly objections: readonly { readonly rule: string }[];
  }

  test("C3: fetch shows the chain of a server that is too old for us and does not take our certificate", async () => {
    const { chainPem, keyPem } = authority.issue("edge.fabrikam.example");
    const [certPem = "", middle = ""] = chainPem.split(/(?<=-----END CERTIFICATE-----\n)/);
    const chain = ["-cert_chain", authority.write("chain.pem", middle)];
    const strict = ["-Verify", "1", "-verify_return_error", "-CAfile", authority.path("root.pem")];
    const server = await openssl.serve({
      identity: { certPem, keyPem },
      args: ["-tls1_1", ...LEGACY, ...chain, ...strict],
    });
    const target = { host: "127.0.0.1", port: server.port };
    const fetched = (await bed.node.admin.ask("POST", "/certificates/fetch", target)) as Fetched;
    await server.stop();
    assert.deepEqual(
      fetched.chain.map(({ subject, key }) => [subject, key]),
      [
        ["CN=edge.fabrikam.example", "rsa 2048"],
        ["CN=openssl middle", "rsa 2048"],
      ],
    );
    assert.match(fetched.error ?? "", /unknown ca|handshake failure/);
    assert.equal(fetched.underContext.version, null);
    assert.deepEqual(
      fetched.objections.map(({ rule }) => rule),
      ["certificate-untrusted", "tls-peer-subject"],
    );
  });
});
