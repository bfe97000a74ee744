import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FakeClock, FakeZone, SeededRandom } from "@interpres/testkit";
import {
  checkRecords,
  federationRecordText,
  impatient,
  lookUpPeer,
  type Publication,
  type RecordFinding,
  type RecordReport,
  RecordWatch,
} from "../src/index.ts";

const NAME = "_sipfederationtls._tcp.example.com";
const FQDN = "imp1-public.example.com";
const publication: Publication = { fqdn: FQDN, port: 5061, domains: [{ domain: "example.com", kind: "local" }] };

interface Row {
  readonly rule: string;
  readonly zone: (zone: FakeZone) => unknown;
  readonly port?: number;
  readonly state: RecordFinding["state"];
  readonly problem?: RegExp;
  readonly advice?: RegExp;
}

const host = (zone: FakeZone): FakeZone => zone.host(FQDN, "192.0.2.10");

const rows: readonly Row[] = [
  { rule: "R19: as it shall be", zone: (zone) => host(zone).service(NAME, FQDN, 5061), state: "ok" },
  { rule: "R39: in any case", zone: (zone) => host(zone).service(NAME, FQDN.toUpperCase(), 5061), state: "ok" },
  { rule: "R17: no record", zone: host, state: "missing", problem: /there is no record _sipfederationtls/ },
  {
    rule: "R39: another host",
    zone: (zone) => host(zone).service(NAME, "old.example.com", 5061).host("old.example.com", "192.0.2.9"),
    state: "mismatched",
    problem: /points at old\.example\.com, not at imp1-public\.example\.com/,
  },
  {
    rule: "R19: another port",
    zone: (zone) => host(zone).service(NAME, FQDN, 5060),
    state: "mismatched",
    problem: /port is 5060, not 5061/,
  },
  {
    rule: "R19: 5061 in front of another listener is right, and has to be led there",
    zone: (zone) => host(zone).service(NAME, FQDN, 5061),
    port: 5062,
    state: "ok",
    advice: /port 5061 has to be led to port 5062/,
  },
  { rule: "R19: our own port", zone: (zone) => host(zone).service(NAME, FQDN, 5062), port: 5062, state: "ok" },
  {
    rule: "R19: a target without address",
    zone: (zone) => zone.service(NAME, FQDN, 5061),
    state: "unreachable",
    problem: /has no address/,
  },
  {
    rule: "a target of .",
    zone: (zone) => zone.service(NAME, "", 5061),
    state: "mismatched",
    problem: /nobody federates here/,
  },
  {
    rule: "R22: DNS that is silent",
    zone: (zone) => zone.fault(NAME, "silent"),
    state: "unknown",
    problem: /DNS gave no answer/,
  },
  {
    rule: "R22: DNS that is silent about the target",
    zone: (zone) => zone.service(NAME, FQDN, 5061).fault(FQDN, "silent"),
    state: "unknown",
    problem: /no answer about imp1-public/,
  },
  {
    rule: "B11: of several the one of least priority and greatest weight counts",
    zone: (zone) =>
      host(zone).set(NAME, "SRV", [
        { priority: 2, weight: 9, port: 5061, target: FQDN },
        { priority: 1, weight: 1, port: 5061, target: FQDN },
        { priority: 1, weight: 5, port: 5061, target: "other.example.com" },
      ]),
    state: "mismatched",
    problem: /points at other\.example\.com/,
  },
];

describe("the records peers find us by (facts R17, R19, R22, R39, B11)", () => {
  for (const { rule, zone: prepare, port = 5061, state, problem, advice } of rows) {
    test(`${rule}: ${state}`, async () => {
      const zone = new FakeZone();
      prepare(zone);
      const { findings } = await checkRecords({ ...publication, port }, zone);
      const finding = findings[0];
      assert.equal(finding?.state, state);
      assert.match(finding?.problems.join() ?? "", problem ?? /^$/);
      assert.match(finding?.advice.join() ?? "", advice ?? /^$/);
    });
  }

  test("B11: a target outside the domain is advised against", async () => {
    const zone = new FakeZone().host(FQDN, "192.0.2.10").service("_sipfederationtls._tcp.mail.example", FQDN, 5061);
    const { findings } = await checkRecords(
      { ...publication, domains: [{ domain: "mail.example", kind: "mail" }] },
      zone,
    );
    assert.equal(findings[0]?.state, "ok");
    assert.match(findings[0]?.advice.join() ?? "", /no name in mail\.example: Microsoft peers .* refuse it/);
  });

  test("R21: the host's own address is looked at by itself", async () => {
    const missing = await checkRecords(publication, new FakeZone());
    assert.deepEqual(missing.findings.at(-1), {
      domain: FQDN,
      kind: "host",
      name: FQDN,
      type: "A",
      wanted: "the public address",
      found: [],
      state: "missing",
      problems: [`${FQDN} has no address`],
      advice: [],
    });
    const there = await checkRecords(publication, new FakeZone().host(FQDN, "2001:db8::1", "192.0.2.10"));
    assert.deepEqual(there.findings.at(-1)?.found, ["192.0.2.10", "2001:db8::1"]);
  });

  test("R17, R71: the zone text has a record for each local and mail domain, and the host's addresses", async () => {
    const domains = [
      { domain: "example.com", kind: "local" },
      { domain: "mail.example", kind: "mail" },
    ] as const;
    const { zone } = await checkRecords({ ...publication, domains }, new FakeZone().host(FQDN, "192.0.2.10"));
    assert.equal(
      zone,
      [
        `_sipfederationtls._tcp.example.com. 3600 IN SRV 0 0 5061 ${FQDN}.`,
        `_sipfederationtls._tcp.mail.example. 3600 IN SRV 0 0 5061 ${FQDN}.`,
        `${FQDN}. 3600 IN A 192.0.2.10`,
        "",
      ].join("\n"),
    );
    const unknown = await checkRecords(publication, new FakeZone());
    assert.match(unknown.zone, /^; imp1-public\.example\.com\. 3600 IN A /m);
  });

  test("a record in the words of a zone file", () =>
    assert.equal(federationRecordText("example.com", { host: FQDN, port: 5061 }), `${NAME}. IN SRV 0 0 5061 ${FQDN}.`));

  test("who does not answer in time has not answered, and leaves no timer", async () => {
    const clock = new FakeClock();
    const never = { resolve: () => new Promise<never>(() => undefined) };
    const asked = checkRecords(publication, impatient(never, { clock, patienceMs: 5000 }));
    await clock.elapse(10_000);
    assert.match((await asked).findings[0]?.problems.join() ?? "", /no answer in time/);
    await checkRecords(publication, impatient(new FakeZone(), { clock, patienceMs: 5000 }));
    assert.equal(clock.pendingTimers, 0);
  });
});

describe("what the node sees of a foreign domain (facts R20, R22)", () => {
  test("its records and the addresses behind them", async () => {
    const zone = new FakeZone().service("_sipfederationtls._tcp.contoso.example", "edge.contoso.example", 5061);
    zone.host("edge.contoso.example", "192.0.2.1");
    assert.deepEqual(await lookUpPeer(["_sipfederationtls._tcp.contoso.example", "_sips._tcp.contoso.example"], zone), [
      {
        name: "_sipfederationtls._tcp.contoso.example",
        type: "SRV",
        found: ["1 1 5061 edge.contoso.example."],
        state: "ok",
        problems: [],
      },
      {
        name: "_sips._tcp.contoso.example",
        type: "SRV",
        found: [],
        state: "missing",
        problems: ["there is no such record"],
      },
      { name: "edge.contoso.example", type: "A", found: ["192.0.2.1"], state: "ok", problems: [] },
    ]);
  });

  test("a target without address, a record of nothing, silence", async () => {
    const zone = new FakeZone().service("a", "edge.a.example", 5061).service("b", "", 5061).fault("c", "silent");
    assert.deepEqual(
      (await lookUpPeer(["a", "b", "c"], zone)).map(({ state }) => state),
      ["ok", "missing", "unknown", "unreachable"],
    );
  });
});

describe("watching the records", () => {
  function watch() {
    const clock = new FakeClock();
    let checks = 0;
    const report: RecordReport = { fqdn: FQDN, port: 5061, zone: "", findings: [] };
    const check = async (): Promise<RecordReport> => {
      checks += 1;
      return report;
    };
    return { clock, watch: new RecordWatch({ clock, random: new SeededRandom(1), check }), count: () => checks };
  }

  test("checks soon after the start, then every ten minutes, a tenth more or less", async () => {
    const { clock, watch: watching, count } = watch();
    watching.start();
    await clock.elapse(6000);
    assert.equal(count(), 1);
    await clock.elapse(530_000);
    assert.equal(count(), 1);
    await clock.elapse(130_000);
    assert.equal(count(), 2);
    assert.equal(watching.latest?.checkedAt === undefined, false);
    watching.stop();
    assert.equal(clock.pendingTimers, 0);
  });

  test("checks a second after a change, once for many", async () => {
    const { clock, watch: watching, count } = watch();
    watching.start();
    await clock.elapse(6000);
    for (let change = 0; change < 5; change += 1) watching.soon();
    await clock.elapse(2000);
    assert.equal(count(), 2);
    watching.stop();
    watching.soon();
    assert.equal(clock.pendingTimers, 0);
  });

  test("who asks together gets one report", async () => {
    const { watch: watching, count } = watch();
    const [one, other] = await Promise.all([watching.check(), watching.check()]);
    assert.equal(one, other);
    assert.equal(count(), 1);
    assert.equal(watching.latest, one);
  });
});
