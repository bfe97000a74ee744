import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import { createServer } from "node:tls";
import { TestCertificateAuthority } from "@interpres/testkit";
import { CommandLine } from "./command-line-fixture.ts";

describe("interpres certificate", { timeout: 60_000 }, () => {
  let line: CommandLine;
  let authority: TestCertificateAuthority;
  before(async () => {
    line = await CommandLine.start();
    await line.fixture.makeAuthority();
    authority = await TestCertificateAuthority.create("Peers' CA");
  });
  after(() => line.stop());

  test("list shows when each certificate ends", async () => {
    const { code, out } = await line.run(["certificate", "list"]);
    assert.equal(code, 0);
    assert.match(out, /^authority +Interpres CA of example\.com +20\d\d-\d\d-\d\d +\d+/m);
  });

  test("regenerate makes a new one for the names the node has now", async () => {
    const made = await line.run(["certificate", "regenerate", "sip"]);
    assert.equal(made.code, 0, made.err);
    assert.match(made.out, /^sip: CN=imp1\.example\.com, signed by CN=Interpres CA of example\.com, until 20\d\d-/);
    assert.equal((await line.run(["certificate", "regenerate", "telnet"])).code, 2);
  });

  test("fetch shows what a peer presents, and what we have against it", async () => {
    const { certPem, keyPem } = await authority.issue({ cn: "edge.fabrikam.example" });
    const peer = createServer({ cert: certPem, key: keyPem });
    await new Promise<void>((ready) => peer.listen(0, "127.0.0.1", ready));
    const { port } = peer.address() as AddressInfo;
    const { code, out } = await line.run(["certificate", "fetch", `127.0.0.1:${port}`]);
    await new Promise((closed) => peer.close(closed));
    assert.equal(code, 0, out);
    assert.match(out, /^TLSv1\.3, TLS_AES_256_GCM_SHA384/);
    assert.match(out, /CN=edge\.fabrikam\.example/);
    assert.match(out, /tls-peer-subject +them +nobody/);
    assert.equal((await line.run(["certificate", "fetch", `127.0.0.1:${port}`])).code, 1);
  });
});
