import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type IssuedCertificate, TestCertificateAuthority } from "@interpres/testkit";
import { missingPeers, peerFolder } from "../harness/peers.ts";
import { InteropBed, LOCAL } from "./interop-bed.ts";

const DOMAIN = "peer.example";
const FQDN = "sip.peer.example";
const skip = missingPeers("openssl");
const OPTIONS = [
  `OPTIONS sip:${LOCAL} SIP/2.0`,
  `Via: SIP/2.0/TLS ${FQDN}:5061;branch=z9hG4bKopenssl1`,
  "Max-Forwards: 70",
  `From: <sip:bob@${DOMAIN}>;tag=1`,
  `To: <sip:${LOCAL}>`,
  "Call-ID: openssl1",
  "CSeq: 1 OPTIONS",
  "Content-Length: 0",
  "\r\n",
].join("\r\n");

/** openssl's own client at the door of the SIP listener: the handshake or nothing. */
describe("the SIP listener and certificates", { skip }, () => {
  const folder = peerFolder();
  let bed: InteropBed;

  before(async () => {
    bed = await InteropBed.start();
    await bed.trust({ domain: DOMAIN, integrationType: "standard", fqdn: FQDN, port: 0 });
  });

  after(async () => {
    await bed?.end();
    folder.remove();
  });

  test("the certificate that was agreed on gets in", async () => {
    const seen = await ask(await bed.authority.issue({ cn: FQDN, dnsNames: [FQDN] }));
    assert.match(seen, /SIP\/2\.0 200 OK/);
  });

  test("no certificate does not", async () => {
    assert.doesNotMatch(await ask(undefined), /SIP\/2\.0/);
  });

  test("the same name from an unknown authority does not", async () => {
    const rogue = await TestCertificateAuthority.create("Rogue CA");
    assert.doesNotMatch(await ask(await rogue.issue({ cn: FQDN, dnsNames: [FQDN] })), /SIP\/2\.0/);
  });

  test("another name from the trusted authority does not", async () => {
    const other = "sip.other.example";
    assert.doesNotMatch(await ask(await bed.authority.issue({ cn: other, dnsNames: [other] })), /SIP\/2\.0/);
  });

  test("the certificate that was agreed on does not when it has expired", async () => {
    const past = new Date("2020-01-01T00:00:00Z");
    const expired = await bed.authority.issue({ cn: FQDN, dnsNames: [FQDN], notAfter: past });
    assert.doesNotMatch(await ask(expired), /SIP\/2\.0/);
  });

  /** Sends OPTIONS and resolves with all that openssl printed until it was answered or cut off; rejects when neither happens. */
  async function ask(certificate: IssuedCertificate | undefined): Promise<string> {
    const file = join(folder.path, "identity.pem");
    writeFileSync(file, certificate === undefined ? "" : `${certificate.certPem}\n${certificate.keyPem}`);
    const identity = certificate === undefined ? [] : ["-cert", file, "-key", file];
    const args = ["s_client", "-connect", `127.0.0.1:${bed.node.ports.sipTls}`, "-quiet", ...identity];
    const child = spawn("/usr/bin/openssl", args, { stdio: ["pipe", "pipe", "pipe"] });
    let seen = "";
    child.stdin.on("error", () => undefined);
    child.stdin.write(OPTIONS);
    return await new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        child.kill();
        reject(new Error(`neither answered nor cut off\n${seen}`));
      }, 5000);
      const hear = (chunk: Buffer): void => {
        seen += chunk.toString("utf8");
        if (/^Content-Length/im.test(seen)) child.kill();
      };
      child.stdout.on("data", hear);
      child.stderr.on("data", hear);
      child.once("close", () => {
        clearTimeout(late);
        resolve(seen);
      });
    });
  }
});
