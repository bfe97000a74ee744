import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { connect } from "node:tls";
import { CommandLine } from "../harness/command-line.ts";
import { eventually } from "../harness/eventually.ts";
import { NodeProcess } from "../harness/node-process.ts";
import { FOREIGN, NODE_FQDN, RoadBed } from "../harness/road-bed.ts";
import { ALICE, ALICE_MAIL, addUsers, befriend, MAIL_DOMAIN, useMailAddresses } from "./people.ts";

const SRV = "_sipfederationtls._tcp";

interface Impact {
  readonly users: object;
  readonly fallingBack: readonly { readonly jid: string }[];
  readonly subscriptions: object;
  readonly imSessions: number;
  readonly peers: readonly { readonly domain: string; readonly outbound: number; readonly inbound: number }[];
}

interface Letter {
  readonly host: string;
  readonly port: number;
  readonly records: readonly string[];
  readonly certificate: { readonly commonName: string; readonly fingerprint256: string; readonly authorityPem: string };
  readonly addresses: { readonly knownBy: string; readonly domains: readonly string[] };
  readonly text: string;
}

/** What an administrator reads before and after mail addresses are switched on, of a node with people under way (R65 to R75). */
describe("the administrator before the switch to mail addresses", () => {
  let bed: RoadBed;

  before(async () => {
    bed = await RoadBed.start();
    await addUsers(bed, { alice: ALICE_MAIL, carol: undefined });
    const alice = await bed.arrive("alice");
    await befriend(bed, alice, ALICE);
    await bed.edge.say("bob", ALICE, "before");
  });

  after(() => bed?.end());

  const ask = (path: string) => bed.node.admin.ask("GET", path);
  const standing = async (): Promise<readonly string[]> => {
    const { items } = (await ask("/notifications")) as { readonly items: readonly { readonly id: string }[] };
    return items.map(({ id }) => id);
  };

  test("R65: is told whom it touches, of what is alive now, and who stays with the JID", async () => {
    const impact = (await ask("/presence-settings/email-impact")) as Impact;
    assert.deepEqual(impact.users, { total: 2, byEmailAddress: 1, sameAddress: 0, byJid: 1 });
    assert.deepEqual(
      impact.fallingBack.map(({ jid }) => jid),
      ["carol@example.com"],
    );
    assert.deepEqual([impact.subscriptions, impact.imSessions], [{ outbound: 1, inbound: 1 }, 1]);
    assert.deepEqual(impact.peers, [{ domain: FOREIGN, outbound: 1, inbound: 1, imSessions: 1 }]);
  });

  test("R70: is told while the routing FQDN carries another domain, and no longer when it carries the mail domain", async () => {
    assert.ok(!(await standing()).includes("mail-domains-and-routing-fqdn"));
    await useMailAddresses(bed);
    assert.ok((await standing()).includes("mail-domains-and-routing-fqdn"));
    const path = "/service-parameters/sip-proxy";
    await bed.node.admin.ask("PATCH", path, { federationRoutingFqdn: `sip.${MAIL_DOMAIN}` });
    assert.ok(!(await standing()).includes("mail-domains-and-routing-fqdn"));
    await bed.node.admin.ask("PATCH", path, { federationRoutingFqdn: `public.${MAIL_DOMAIN}` });
  });

  test("R71: is told the record of the mail domain, and sees it found once it is published", async () => {
    const stateOf = async (): Promise<string | undefined> => {
      const { items } = (await ask("/dns-records")) as {
        readonly items: readonly { readonly name: string; readonly kind: string; readonly state: string }[];
      };
      return items.find(({ name, kind }) => name === `${SRV}.${MAIL_DOMAIN}` && kind === "mail")?.state;
    };
    assert.equal(await stateOf(), "missing");
    bed.zone.negativeTtlSeconds = 1;
    bed.zone.host(`public.${MAIL_DOMAIN}`, "127.0.0.1");
    bed.zone.service(`${SRV}.${MAIL_DOMAIN}`, `public.${MAIL_DOMAIN}`, bed.node.ports.sipTls);
    await eventually(async () => assert.equal(await stateOf(), "ok"));
  });

  test("R72: has a letter whose certificate is the one our port shows, and whose authority signed it", async () => {
    const letter = (await ask(`/federation/${FOREIGN}/notice`)) as Letter;
    const shown = await shownTo(bed, letter.certificate.authorityPem);
    assert.equal(letter.certificate.commonName, shown.commonName);
    assert.equal(letter.certificate.fingerprint256, shown.fingerprint256);
    assert.equal(letter.host, `public.${MAIL_DOMAIN}`);
    assert.deepEqual(letter.addresses.domains.toSorted(), ["example.com", MAIL_DOMAIN]);
    assert.equal(letter.addresses.knownBy, "email");
    assert.ok(letter.records.some((record) => record.startsWith(`${SRV}.${MAIL_DOMAIN}. IN SRV`)));
    assert.match(letter.text.replaceAll(/\s+/g, " "), /add our users by their e-mail address/);
  });

  test("R75: compares another cluster by a dry run of its export, which changes nothing", async () => {
    const other = new NodeProcess({ dnsServer: "127.0.0.1:9", fqdn: "imp1.other.example" });
    bed.own({ close: () => other.remove() });
    await other.start();
    const theirs = await new CommandLine(other).do("config", "export");
    const cli = new CommandLine(bed.node);
    const compared = await cli.run(["config", "import", "-", "--dry-run"], theirs);
    assert.equal(compared.code, 0, compared.err);
    assert.match(compared.out, /presence\.useEmailAddressWhenFederating/);
    const { useEmailAddressWhenFederating } = (await ask("/presence-settings")) as Readonly<Record<string, unknown>>;
    assert.equal(useEmailAddressWhenFederating, true);
  });
});

interface Shown {
  readonly commonName: string;
  readonly fingerprint256: string;
}

/** The certificate on the node's SIP port, to a peer that trusts this authority and nothing else. */
function shownTo(bed: RoadBed, ca: string): Promise<Shown> {
  const checkServerIdentity = (): undefined => undefined;
  const options = { ...bed.edgeKeys, ca, host: "127.0.0.1", port: bed.node.ports.sipTls, servername: NODE_FQDN };
  return new Promise((resolve, reject) => {
    const socket = connect({ ...options, checkServerIdentity }, () => {
      const { subject, fingerprint256 } = socket.getPeerCertificate();
      socket.destroy();
      resolve({ commonName: String(subject.CN), fingerprint256: fingerprint256.replaceAll(":", "").toLowerCase() });
    });
    socket.once("error", reject);
  });
}
