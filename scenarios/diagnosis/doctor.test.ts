import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { TestCertificateAuthority } from "@interpres/testkit";
import { attribute } from "@interpres/xmpp/xml";
import { CommandLine } from "../harness/command-line.ts";
import { eventually } from "../harness/eventually.ts";
import { FOREIGN, LOCAL, RoadBed } from "../harness/road-bed.ts";
import { type Fault, FaultyPeer } from "./faulty-peer.ts";

interface Step {
  readonly step: string;
  readonly title: string;
  readonly outcome: "passed" | "warned" | "failed" | "skipped";
  readonly seen: string;
  readonly expected: string;
  readonly why: string;
  readonly remedy: string | null;
  readonly repair: { readonly kind: string } | null;
}

interface Found {
  readonly healthy: boolean;
  readonly steps: readonly Step[];
  readonly forPartner: string | null;
}

interface Seeded {
  readonly name: string;
  readonly fault: () => Promise<Fault> | Fault;
  readonly outcome?: "warned" | "failed";
  readonly step: string;
  readonly seen: RegExp;
  readonly remedy: RegExp;
  /** What can be ordered here, beside the words. */
  readonly repair?: string;
  /** What is asked of the other administrator. */
  readonly asks?: RegExp;
  /** Steps behind it that are looked at all the same. */
  readonly goesOn?: readonly string[];
}

const OLD_TLS = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" } as const;
const DAY_MS = 86_400_000;
const YESTERDAY = new Date(Date.now() - DAY_MS);
const TOMORROW = new Date(Date.now() + DAY_MS);

const SEEDED: readonly Seeded[] = [
  {
    name: "no SRV record",
    fault: () => ({ record: "missing" }),
    step: "route",
    seen: /_sipfederationtls/,
    remedy: /publish the SRV record/,
    repair: "add-route",
    asks: /Publish the SRV record/,
  },
  {
    name: "an SRV record to a host without address",
    fault: () => ({ record: "to-nowhere" }),
    step: "addresses",
    seen: /none/,
    remedy: /host without a public address/,
    asks: /Publish an address/,
  },
  {
    name: "an SRV record to a host that is somebody else",
    fault: () => ({ certificate: { cn: "sip.contoso.example", dnsNames: ["sip.contoso.example"] } }),
    step: "names",
    seen: /sip\.contoso\.example; wanted: .*d[0-9a-f]{8}\.example/,
    remedy: /name the host of the certificate/,
    repair: "bind-subject",
    asks: /SRV record name the host of your certificate/,
  },
  {
    name: "a closed port",
    fault: () => ({ port: "closed" }),
    step: "connection",
    seen: /ECONNREFUSED/,
    remedy: /open the port/,
    asks: /Open the port/,
  },
  {
    name: "no common TLS version",
    fault: () => ({ tls: OLD_TLS }),
    step: "tls",
    seen: /they would take TLSv1\.1/,
    remedy: /widen versions/,
    asks: /allow a TLS version/,
  },
  {
    name: "an authority we do not trust",
    fault: async () => ({ authority: await TestCertificateAuthority.create("Unknown CA") }),
    step: "chain",
    seen: /UNABLE_TO/,
    remedy: /import the certificate of the authority/,
    repair: "trust-certificate",
    asks: /Send us the certificate of the authority/,
  },
  {
    name: "an authority between that we trust without its root",
    fault: async () => {
      const root = await TestCertificateAuthority.create("Their root");
      return {
        authority: await root.subordinate("Their issuing CA"),
        imports: "authority",
        presents: "with-authority",
      };
    },
    outcome: "warned",
    step: "chain",
    seen: /signed by .*Their issuing CA.*, below a root that is not trusted/,
    remedy: /import the root/,
    asks: /Send us the certificate of the authority/,
    goesOn: ["options", "subscribe"],
  },
  {
    name: "an authority of ours that they do not trust",
    fault: async () => ({ trusts: (await TestCertificateAuthority.create("Their CA")).certPem }),
    step: "options",
    seen: /closed instead of an answer: closed by the peer/,
    remedy: /import our authority/,
    asks: /trust the authority of our certificate/,
  },
  {
    name: "an expired certificate",
    fault: () => ({ certificate: { notAfter: YESTERDAY } }),
    step: "validity",
    seen: /CERT_HAS_EXPIRED/,
    remedy: /renew/,
    asks: /Renew your certificate/,
  },
  {
    name: "a certificate for servers only",
    fault: () => ({ certificate: { ekus: ["server"] } }),
    step: "usages",
    seen: /1\.3\.6\.1\.5\.5\.7\.3\.1/,
    remedy: /server and client authentication/,
    asks: /server and client authentication/,
  },
  {
    name: "a wrong common name",
    fault: () => ({ certificate: { cn: "wrong.example" } }),
    step: "subject",
    seen: /wrong\.example/,
    remedy: /select it in the context/,
    repair: "select-subject",
    asks: /name of your server's certificate/,
  },
  {
    name: "a subject that is defined and not selected",
    fault: () => ({ subject: "defined" }),
    step: "subject",
    seen: /is defined but not selected/,
    remedy: /select it in the context/,
    repair: "select-subject",
  },
  {
    name: "no entry of the access list for an address without TLS",
    fault: () => ({ over: "tcp" }),
    step: "access-list",
    seen: /d[0-9a-f]{8}\.example from 127\.0\.0\.1; wanted: an entry of the incoming access list/,
    remedy: /add one for its host or address/,
    repair: "allow-access",
    goesOn: ["options", "subscribe"],
  },
  {
    name: "a clock an hour ahead",
    fault: () => ({ answer: { status: 200, headers: [["Date", new Date(Date.now() + 3_600_000).toUTCString()]] } }),
    step: "clock",
    seen: /theirs .*, ours /,
    remedy: /NTP/,
    asks: /Compare your clock/,
    goesOn: ["subscribe"],
  },
  {
    name: "a clock of the day before our certificate",
    fault: () => ({ answer: { status: 200, headers: [["Date", new Date(Date.now() - 2 * DAY_MS).toUTCString()]] } }),
    step: "clock",
    seen: /by theirs our certificate is not of today/,
    remedy: /NTP/,
    goesOn: ["subscribe"],
  },
  {
    name: "a certificate of tomorrow: a clock is wrong",
    fault: () => ({ certificate: { notBefore: TOMORROW } }),
    step: "validity",
    seen: /CERT_NOT_YET_VALID/,
    remedy: /set the clock that is wrong/,
    asks: /unless your clock or ours is wrong/,
  },
  {
    name: "a peer that answers 403",
    fault: () => ({
      answer: {
        status: 403,
        headers: [["ms-diagnostics-public", '1017;reason="Cannot route From and To domains";source="sip.x.example"']],
      },
    }),
    step: "options",
    seen: /403 .*ms-diagnostics 1017 from sip\.x\.example: Cannot route .*they do not route between these two domains/,
    remedy: /list our domain/,
    asks: /Allow our domain/,
    goesOn: ["clock", "subscribe"],
  },
  {
    name: "a peer that throttles us",
    fault: () => ({ answer: { status: 503, headers: [["Retry-After", "60"]] } }),
    step: "options",
    seen: /503 .*Retry-After 60/,
    remedy: /hold us back/,
    goesOn: ["clock", "subscribe"],
  },
  {
    name: "a peer that throttles us as HTTP does",
    fault: () => ({ answer: { status: 429 } }),
    step: "options",
    seen: /429 /,
    remedy: /hold us back/,
    goesOn: ["clock", "subscribe"],
  },
  {
    name: "a peer that lets us wait for each answer",
    fault: () => ({ answer: { status: 200, afterMs: 2300 } }),
    outcome: "warned",
    step: "options",
    seen: /200 OK to OPTIONS; after 2\.\d s/,
    remedy: /hold us back/,
    goesOn: ["clock", "subscribe"],
  },
];

/** One thing wrong at a time, on the wire; the doctor names it and what to do (contract section 2). */
describe("interpres doctor", () => {
  let bed: RoadBed;
  let line: CommandLine;

  before(async () => {
    bed = await RoadBed.start();
    line = new CommandLine(bed.node);
    bed.zone.host("imp1.example.com", "127.0.0.1");
    publish();
  });

  after(() => bed?.end());

  const publish = (): void =>
    void bed.zone.service(`_sipfederationtls._tcp.${LOCAL}`, "imp1.example.com", bed.node.ports.sipTls);

  const examine = async (domain: string): Promise<Found> =>
    (await bed.node.admin.ask("POST", `/federation/${domain}/diagnosis`, {})) as Found;

  test("finds nothing where nothing is wrong, and leaves nothing behind", async () => {
    const { code, out } = await line.run(["doctor", FOREIGN]);
    assert.equal(code, 0, out);
    assert.match(out, /^ok {7}The domain is federated\n +seen +type microsoft\n/);
    assert.match(out, /ok {7}TLS is agreed\n +seen +TLSv1\.3, TLS_/);
    assert.match(out, /ok {7}It takes subscriptions\n +seen +200 OK to SUBSCRIBE\n/);
    assert.match(out, /ok {7}We can be found\n +seen .*_sipfederationtls\._tcp\.example\.com/);
    assert.deepEqual(bed.edge.deviations, []);
    assert.equal(bed.edge.watchers, 0);
    const subscribe = bed.edge.requests.find(({ message }) => message.method === "SUBSCRIBE");
    assert.equal(subscribe?.message.first("Expires"), "0");
    assert.equal(subscribe?.certificateName, "imp1.example.com");
  });

  for (const { name, fault, outcome = "failed", step, seen, remedy, repair, asks, goesOn = [] } of SEEDED)
    test(`${name}: named at "${step}"`, async (context) => {
      const peer = await FaultyPeer.start(bed, await fault());
      context.after(() => peer.close());
      const { healthy, steps, forPartner } = await examine(peer.domain);
      assert.equal(healthy, outcome === "warned");
      const found = steps.filter((each) => each.outcome === outcome);
      const [first] = found;
      assert.equal(first?.step, step, JSON.stringify(found));
      assert.match(first.seen, seen);
      assert.match(first.remedy ?? "", remedy);
      assert.equal(first.repair?.kind, repair);
      assert.match(forPartner ?? "", asks ?? /^/);
      const later = steps.slice(steps.indexOf(first) + 1).filter((each) => goesOn.includes(each.step));
      assert.deepEqual(
        later.map((each) => each.step),
        goesOn,
      );
      assert.ok(later.every((each) => each.outcome !== "skipped"));
      const own = steps.find((each) => each.step === "own-records");
      assert.equal(own?.outcome, "passed", "their fault is not ours");
      await toldOnTheCommandLine(peer.domain, first, outcome);
    });

  /** What was seen differs from time to time; why it matters is told of what failed. */
  async function toldOnTheCommandLine(domain: string, { title, expected, why, remedy }: Step, outcome: string) {
    const { code, out } = await line.run(["doctor", domain]);
    assert.equal(code, outcome === "failed" ? 1 : 0, out);
    const part = out
      .slice(out.indexOf(title))
      .split("\n")
      .slice(0, outcome === "failed" ? 5 : 3);
    assert.match(part[1] ?? "", /^ +seen {6}\S/);
    assert.ok(expected.length > 5 && why.length > 20);
    if (outcome === "failed")
      assert.deepEqual(
        part.slice(2, 4).map((each) => each.trim()),
        [`expected  ${expected}`, `because   ${why}`],
      );
    assert.equal(part.at(-1)?.trim(), `remedy    ${remedy}`);
  }

  test("tells how far it is while it is at it, and nothing afterwards", async (context) => {
    const peer = await FaultyPeer.start(bed, { answer: { status: 200, afterMs: 1500 } });
    context.after(() => peer.close());
    const progress = async () =>
      (await bed.node.admin.ask("GET", `/federation/${peer.domain}/diagnosis`)) as Pick<Found, "steps"> & {
        readonly underWay: boolean;
      };
    assert.deepEqual(await progress(), { underWay: false, steps: [] });
    const examined = examine(peer.domain);
    await eventually(async () => {
      const { underWay, steps } = await progress();
      assert.equal(underWay, true);
      assert.deepEqual(
        steps.slice(0, 2).map(({ step }) => step),
        ["domain", "route"],
      );
      assert.equal(steps.at(-1)?.step, "access-list");
    });
    assert.equal((await examined).steps.length, 18);
    assert.deepEqual(await progress(), { underWay: false, steps: [] });
  });

  test("a peer that has held back traffic of ours is told of, though it takes the doctor's", async (context) => {
    const answer = { status: 503, headers: [["Retry-After", "2"]] } as const;
    const peer = await FaultyPeer.start(bed, { answer });
    context.after(() => peer.close());
    const alice = await bed.signIn("alice");
    alice.send(`<message type='chat' id='held' to='bob@${peer.domain}'><body>hello</body></message>`);
    await alice.waitFor((stanza) => attribute(stanza, "id") === "held" && attribute(stanza, "type") === "error");
    peer.mend();
    const { steps, forPartner } = await examine(peer.domain);
    const pace = steps.find(({ step }) => step === "pace");
    assert.notEqual(pace?.outcome, "passed", JSON.stringify(pace));
    assert.match(pace?.seen ?? "", /asked us to wait, 1 × within the last hour/);
    assert.match(forPartner ?? "", /list of partners that are not limited/);
    assert.equal(steps.find(({ step }) => step === "options")?.outcome, "passed");
  });

  test("a record that was just corrected counts at once", async (context) => {
    const peer = await FaultyPeer.start(bed, { record: "to-nowhere" });
    context.after(() => peer.close());
    assert.equal((await examine(peer.domain)).healthy, false);
    bed.zone.host(`sip.${peer.domain}`, "127.0.0.1");
    assert.equal((await examine(peer.domain)).healthy, true);
  });

  test("tells from the command line what was expected, why, and what to do, with exit code 1", async (context) => {
    const peer = await FaultyPeer.start(bed, { port: "closed" });
    context.after(() => peer.close());
    const { code, out, err } = await line.run(["doctor", peer.domain]);
    assert.deepEqual([code, err], [1, ""]);
    assert.match(
      out,
      /FAILED {3}Its port is open\n +seen .*ECONNREFUSED.*\n +expected .*\n +because .*\n +remedy +open the port/,
    );
    assert.match(out, /\n- +TLS is agreed\n/);
    const json = JSON.parse((await line.run(["--json", "doctor", peer.domain])).out) as Found;
    const skipped = json.steps.find(({ step }) => step === "tls");
    assert.match(skipped?.seen ?? "", /not looked at, because "Its port is open" failed/);
  });

  test("a domain that was not added, and one of ours", async () => {
    const unknown = await line.run(["doctor", "nowhere.example"]);
    assert.equal(unknown.code, 1);
    assert.match(unknown.out, /nowhere\.example was not added[\s\S]*interpres domain add nowhere\.example/);
    assert.match((await line.run(["doctor", LOCAL])).out, /example\.com is served here/);
  });

  test("our own record missing is told as ours", async (context) => {
    bed.zone.remove(`_sipfederationtls._tcp.${LOCAL}`);
    context.after(publish);
    const peer = await FaultyPeer.start(bed, {});
    context.after(() => peer.close());
    const { steps } = await examine(peer.domain);
    const failed = steps.filter(({ outcome }) => outcome === "failed");
    assert.deepEqual(
      failed.map(({ step }) => step),
      ["own-records"],
    );
    assert.match(
      failed[0]?.remedy ?? "",
      /^publish: _sipfederationtls\._tcp\.example\.com\. IN SRV 0 0 \d+ imp1\.example\.com\.$/,
    );
  });

  test("is for operators, and in the audit", async () => {
    await line.run(["doctor", FOREIGN]);
    const auditor = (await bed.node.admin.ask("POST", "/tokens", { name: "reader", role: "auditor" })) as {
      readonly token: string;
    };
    const refused = await line.run(["--token", auditor.token, "doctor", FOREIGN]);
    assert.equal(refused.code, 1);
    assert.match(refused.err, /needs the role operator/);
    const audit = JSON.stringify(await bed.node.admin.ask("GET", "/audit"));
    assert.match(audit, /"action":"diagnose","resource":"federation\/contoso\.example","after":\{"failed":\[\]\}/);
  });
});
