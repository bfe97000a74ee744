import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type IssuedCertificate, TestCertificateAuthority } from "@interpres/testkit";
import { missingPeers, peerFolder } from "../harness/peers.ts";
import { InteropBed } from "./interop-bed.ts";
import { OpenSsl } from "./openssl.ts";

const DOMAIN = "peer.example";
const FQDN = "sip.peer.example";
const skip = missingPeers("openssl");

/** openssl's own client at the door of the SIP listener: the handshake or nothing. */
describe("the SIP listener and certificates", { skip }, () => {
  const folder = peerFolder();
  const openssl = new OpenSsl(folder.path);
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

  const ask = (identity: IssuedCertificate | undefined): Promise<string> =>
    openssl.ask(bed.node.ports.sipTls, DOMAIN, identity === undefined ? {} : { identity });
});
