import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { MetricsRegistry } from "@interpres/runtime";
import { TestCertificateAuthority } from "@interpres/testkit";
import { countCertificates } from "../../src/admin/trust/certificate-calendar.ts";
import { AdminFixture, items } from "./admin-fixture.ts";

const DAY_MS = 86_400_000;

interface Entry {
  readonly kind: string;
  readonly name: string;
  readonly daysLeft: number;
}

describe("the calendar of certificates (C13)", () => {
  let fixture: AdminFixture;
  let root: TestCertificateAuthority;
  let trustedId: unknown;
  before(async () => {
    fixture = await AdminFixture.start();
    await fixture.makeAuthority();
    root = await TestCertificateAuthority.create("Peers' root", fixture.clock);
    const days = (count: number): Date => new Date(fixture.clock.now() + count * DAY_MS + DAY_MS / 2);
    const own = await root.issue({ cn: "imp1.example.com", notAfter: days(45) });
    await fixture.call("PUT", "/certificates/own/sip", { body: { chainPem: own.certPem, keyPem: own.keyPem } });
    const trusted = await root.issue({ cn: "appliance.example.net", notAfter: days(60) });
    trustedId = (await fixture.call("POST", "/certificates/trust", { body: { pem: trusted.certPem } })).body.id;
    const { certPem } = await root.issue({ cn: "sip.contoso.example", notAfter: days(50) });
    const seen = { version: "TLSv1.2", cipher: "TLS_RSA_WITH_AES_128_CBC_SHA", seenAt: fixture.clock.now() };
    fixture.seenCertificates.push({ name: "sip.contoso.example", pem: certPem, ...seen });
  });
  after(() => fixture.stop());

  const certificates = async () => (await fixture.call("GET", "/certificates")).body;
  const notices = async () => {
    const found = items(await fixture.call("GET", "/notifications?find=text:contains:expire"));
    return found.map(({ id, severity }) => `${String(id)} ${String(severity)}`);
  };
  const pass = (days: number): void => fixture.clock.advance(days * DAY_MS);

  test("has ours and theirs, the next to expire first, with the days that are left", async () => {
    const { calendar, peers } = await certificates();
    assert.deepEqual(
      (calendar as readonly Entry[]).map(({ kind, name, daysLeft }) => [kind, name, daysLeft]),
      [
        ["own", "sip", 45],
        ["peer", "sip.contoso.example", 50],
        ["trust", "appliance.example.net", 60],
        ["authority", "Interpres CA of example.com", 3650],
      ],
    );
    const [peer] = peers as readonly Record<string, unknown>[];
    assert.deepEqual([peer?.tlsVersion, peer?.commonName], ["TLSv1.2", "sip.contoso.example"]);
  });

  test("tells at thirty, fourteen and three days, each time anew, and when it is too late", async () => {
    assert.deepEqual(await notices(), []);
    pass(16);
    assert.deepEqual(await notices(), ["certificate-expires-30:own:sip warning"]);
    pass(16);
    assert.deepEqual(await notices(), [
      "certificate-expires-14:own:sip warning",
      "certificate-expires-30:peer:sip.contoso.example warning",
      `certificate-expires-30:trust:${String(trustedId)} warning`,
    ]);
    pass(11);
    assert.ok((await notices()).includes("certificate-expires-3:own:sip error"));
    pass(4);
    const [first] = items(await fixture.call("GET", "/notifications?find=text:begins-with:Our certificate for sip"));
    assert.match(String(first?.text), /has expired on \d{4}-\d\d-\d\d\. Have it signed again/);
    assert.equal(first?.link, "/certificates/own/sip");
  });

  test("a new certificate ends the notice", async () => {
    const { certPem, keyPem } = await root.issue({ cn: "imp1.example.com" });
    const put = await fixture.call("PUT", "/certificates/own/sip", { body: { chainPem: certPem, keyPem } });
    assert.equal(put.status, 200, put.text);
    assert.equal(
      (await notices()).some((notice) => notice.includes("own:sip")),
      false,
    );
  });

  test("is a gauge: of ours each purpose, of the others the first of each kind", async () => {
    const metrics = new MetricsRegistry();
    const { clock, peerCertificates, store } = fixture;
    countCertificates(metrics, { clock, peerCertificates, certificates: store.certificates });
    const text = await metrics.text();
    for (const labels of ['kind="own",of="sip"', 'kind="peer",of="peer"', 'kind="authority",of="authority"'])
      assert.match(text, new RegExp(`^interpres_certificate_not_after_seconds\\{${labels}\\} \\d{10}`, "m"));
  });
});
