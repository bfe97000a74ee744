import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { eventually } from "../harness/eventually.ts";
import { askOnce } from "../harness/one-request.ts";
import { TlsBed } from "../harness/tls-bed.ts";

const EDGE = "sip.contoso.example";
const DAY_MS = 86_400_000;

interface Certificates {
  readonly peers: readonly { readonly name: string; readonly commonName: string; readonly tlsVersion: string }[];
  readonly calendar: readonly { readonly kind: string; readonly name: string; readonly daysLeft: number }[];
}

interface Page {
  readonly items: readonly { readonly id: string; readonly text: string }[];
}

/** C13: whose certificate ends when, of peers too, on a running node and over its restart. */
describe("the calendar of a running node", () => {
  let bed: TlsBed;
  before(async () => {
    bed = await TlsBed.start();
    await bed.federate("contoso.example", "microsoft");
    await bed.select(EDGE);
  });
  after(() => bed?.end());

  const certificates = async () => (await bed.node.admin.ask("GET", "/certificates")) as Certificates;
  const peers = async () => (await certificates()).peers.map(({ name, tlsVersion }) => `${name} ${tlsVersion}`);
  async function connect(cn: string): Promise<void> {
    const notAfter = new Date(Date.now() + 5.5 * DAY_MS);
    const { certPem, keyPem } = await bed.authority.issue({ cn, notAfter });
    const keys = { cert: certPem, key: keyPem, ca: bed.node.authorityPem };
    await askOnce(bed.node.ports.sipTls, keys, { method: "OPTIONS", from: "x@contoso.example", to: "example.com" });
  }

  test("a peer that was refused is not remembered, one that was admitted is, with version and end", async () => {
    await connect("sip.stranger.example");
    await connect(EDGE);
    assert.deepEqual(await peers(), [`${EDGE} TLSv1.3`]);
    const [first] = (await certificates()).calendar;
    assert.deepEqual([first?.kind, first?.name, first?.daysLeft], ["peer", EDGE, 5]);
  });

  test("its near end is notified of, before and after a restart, and is a gauge", async () => {
    const told = async () => {
      const page = (await bed.node.admin.ask("GET", `/notifications?find=text:contains:${EDGE}`)) as Page;
      return page.items.map(({ id }) => id);
    };
    assert.deepEqual(await told(), [`certificate-expires-14:peer:${EDGE}`]);
    await bed.node.stop();
    await bed.node.start();
    await eventually(async () => assert.deepEqual(await peers(), [`${EDGE} TLSv1.3`]));
    assert.deepEqual(await told(), [`certificate-expires-14:peer:${EDGE}`]);
    const metrics = String(await bed.node.admin.ask("GET", "/metrics"));
    assert.match(metrics, /^interpres_certificate_not_after_seconds\{kind="peer",of="peer"\} \d{10}/m);
  });
});
