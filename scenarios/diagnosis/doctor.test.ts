import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { TestCertificateAuthority } from "@interpres/testkit";
import { CommandLine } from "../harness/command-line.ts";
import { FOREIGN, LOCAL, RoadBed } from "../harness/road-bed.ts";
import { type Fault, FaultyPeer } from "./faulty-peer.ts";

interface Step {
  readonly step: string;
  readonly outcome: "passed" | "warned" | "failed" | "skipped";
  readonly seen: string;
  readonly remedy: string | null;
}

interface Found {
  readonly healthy: boolean;
  readonly steps: readonly Step[];
}

interface Seeded {
  readonly name: string;
  readonly fault: () => Promise<Fault> | Fault;
  readonly step: string;
  readonly seen: RegExp;
  readonly remedy: RegExp;
  /** Steps behind it that are looked at all the same. */
  readonly goesOn?: readonly string[];
}

const OLD_TLS = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" } as const;
const YESTERDAY = new Date(Date.now() - 86_400_000);
const TOMORROW = new Date(Date.now() + 86_400_000);

const SEEDED: readonly Seeded[] = [
  {
    name: "no SRV record",
    fault: () => ({ record: "missing" }),
    step: "route",
    seen: /_sipfederationtls/,
    remedy: /publish the SRV record/,
  },
  {
    name: "an SRV record to a host without address",
    fault: () => ({ record: "to-nowhere" }),
    step: "addresses",
    seen: /none/,
    remedy: /host without a public address/,
  },
  {
    name: "an SRV record to a host that is somebody else",
    fault: () => ({ certificate: { cn: "sip.contoso.example", dnsNames: ["sip.contoso.example"] } }),
    step: "names",
    seen: /sip\.contoso\.example; wanted: .*d[0-9a-f]{8}\.example/,
    remedy: /name the host of the certificate/,
  },
  {
    name: "a closed port",
    fault: () => ({ port: "closed" }),
    step: "connection",
    seen: /ECONNREFUSED/,
    remedy: /open the port/,
  },
  {
    name: "no common TLS version",
    fault: () => ({ tls: OLD_TLS }),
    step: "tls",
    seen: /they would take TLSv1\.1/,
    remedy: /widen versions/,
  },
  {
    name: "an authority we do not trust",
    fault: async () => ({ authority: await TestCertificateAuthority.create("Unknown CA") }),
    step: "chain",
    seen: /UNABLE_TO/,
    remedy: /import the certificate of the authority/,
  },
  {
    name: "an expired certificate",
    fault: () => ({ certificate: { notAfter: YESTERDAY } }),
    step: "validity",
    seen: /CERT_HAS_EXPIRED/,
    remedy: /renew/,
  },
  {
    name: "a certificate of tomorrow: a clock is wrong",
    fault: () => ({ certificate: { notBefore: TOMORROW } }),
    step: "validity",
    seen: /CERT_NOT_YET_VALID/,
    remedy: /clocks/,
  },
  {
    name: "a certificate for servers only",
    fault: () => ({ certificate: { ekus: ["server"] } }),
    step: "usages",
    seen: /1\.3\.6\.1\.5\.5\.7\.3\.1/,
    remedy: /server and client authentication/,
  },
  {
    name: "a wrong common name",
    fault: () => ({ certificate: { cn: "wrong.example" } }),
    step: "subject",
    seen: /wrong\.example/,
    remedy: /select it in the context/,
  },
  {
    name: "a subject that is defined and not selected",
    fault: () => ({ subject: "defined" }),
    step: "subject",
    seen: /is defined but not selected/,
    remedy: /select it in the context/,
  },
  {
    name: "a peer that does not trust us",
    fault: async () => ({ trusts: (await TestCertificateAuthority.create("Their CA")).certPem }),
    step: "options",
    seen: /closed instead of an answer/,
    remedy: /import our authority/,
  },
  {
    name: "a clock an hour ahead",
    fault: () => ({ answer: { status: 200, headers: [["Date", new Date(Date.now() + 3_600_000).toUTCString()]] } }),
    step: "clock",
    seen: /theirs .*, ours /,
    remedy: /NTP/,
    goesOn: ["subscribe"],
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
];

/** One thing wrong at a time, on the wire; the doctor names it and what to do (contract section 2). */
describe("interpres doctor", () => {
  let bed: RoadBed;
  let line: CommandLine;

  before(async () => {
    bed = await RoadBed.start();
    line = new CommandLine(bed.node);
    bed.zone
      .host("imp1.example.com", "127.0.0.1")
      .service(`_sipfederationtls._tcp.${LOCAL}`, "imp1.example.com", bed.node.ports.sipTls);
  });

  after(() => bed?.end());

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

  for (const { name, fault, step, seen, remedy, goesOn = [] } of SEEDED)
    test(`${name}: named at "${step}"`, async (context) => {
      const peer = await FaultyPeer.start(bed, await fault());
      context.after(() => peer.close());
      const { healthy, steps } = await examine(peer.domain);
      assert.equal(healthy, false);
      const failed = steps.filter(({ outcome }) => outcome === "failed");
      const [first] = failed;
      assert.equal(first?.step, step, JSON.stringify(failed));
      assert.match(first.seen, seen);
      assert.match(first.remedy ?? "", remedy);
      const later = steps.slice(steps.indexOf(first) + 1).filter((each) => goesOn.includes(each.step));
      assert.deepEqual(
        later.map((each) => each.step),
        goesOn,
      );
      assert.ok(later.every(({ outcome }) => outcome !== "skipped"));
      const own = steps.find((each) => each.step === "own-records");
      assert.equal(own?.outcome, "passed", "their fault is not ours");
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
