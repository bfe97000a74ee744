import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { before, describe, test } from "node:test";
import type { Objection, RecordFinding, RecordReport } from "@interpres/federation";
import type { DecisionEvent } from "@interpres/runtime";
import { buildRequest, buildResponse, type PresentedCertificate } from "@interpres/sip";
import { FakeClock, TestCertificateAuthority } from "@interpres/testkit";
import { type Answered, judgeAnswer } from "./judge-answer.ts";
import { judgeCertificate } from "./judge-certificate.ts";
import { judgeClock } from "./judge-clock.ts";
import { judgePace } from "./judge-pace.ts";
import { judgeRefusals } from "./judge-settings.ts";
import { judgeOwnRecords } from "./own-records.ts";
import { Report } from "./report.ts";
import { tlsFailure } from "./tls-failure.ts";

const DAY_MS = 86_400_000;

function answered(status: number, ...headers: readonly (readonly [string, string])[]): Answered {
  const request = buildRequest({
    method: "OPTIONS",
    requestUri: "sip:contoso.example",
    headers: [
      ["Via", "SIP/2.0/TLS imp1.example.com;branch=z9hG4bK1"],
      ["From", "<sip:a@example.com>;tag=1"],
      ["To", "<sip:contoso.example>"],
      ["Call-ID", "1"],
      ["CSeq", "1 OPTIONS"],
    ],
  });
  const response = buildResponse(request, status, { toTag: "t", headers: [...headers] });
  return { kind: "answered", response, afterMs: 1 };
}

describe("what an answer to a probe means", () => {
  const rows = [
    { status: 200, outcome: "passed" },
    { status: 404, outcome: "passed" },
    { status: 405, outcome: "passed" },
    { status: 403, outcome: "failed", remedy: /allow our domain/ },
    { status: 401, outcome: "failed", remedy: /allow our domain/ },
    { status: 503, outcome: "failed", remedy: /hold us back/ },
    { status: 429, outcome: "failed", remedy: /hold us back/ },
    { status: 504, outcome: "failed", remedy: /Edge does not reach/ },
    { status: 489, outcome: "failed", remedy: /do not offer presence/ },
    { status: 500, outcome: "warned", remedy: /their server/ },
  ];
  for (const { status, outcome, remedy = /^$/ } of rows)
    test(`${status} is ${outcome}`, () => {
      const finding = judgeAnswer("SUBSCRIBE", answered(status));
      assert.equal(finding.outcome, outcome);
      assert.match(finding.remedy ?? "", remedy);
      assert.match(finding.seen, new RegExp(`^${status} `));
    });

  const reasons = [
    {
      header: ["ms-diagnostics", '1008;reason="x";source="sip.contoso.example"'],
      seen: /no SRV record of ours/,
      remedy: /publish the SRV/,
    },
    {
      header: ["ms-diagnostics-public", '1047;reason="TLS";source="s"'],
      seen: /TLS with us failed/,
      remedy: /import our authority/,
    },
    {
      header: ["ms-diagnostics", '99999;reason="odd"'],
      seen: /ms-diagnostics 99999: odd/,
      remedy: /Edge does not reach/,
    },
    {
      header: ["Warning", '399 sip.contoso.example "not today"'],
      seen: /Warning: 399 .*not today/,
      remedy: /Edge does not reach/,
    },
    { header: ["Reason", 'SIP;cause=504;text="late"'], seen: /Reason: SIP;cause=504/, remedy: /Edge does not reach/ },
  ] as const;
  for (const { header, seen, remedy } of reasons)
    test(`${header[0]} ${header[1].slice(0, 12)} is told in words`, () => {
      const finding = judgeAnswer("OPTIONS", answered(504, header));
      assert.match(finding.seen, seen);
      assert.match(finding.remedy ?? "", remedy);
    });

  test("an answer after seconds is a sign of being held back, and a refusal stays one", () => {
    const late = (status: number): Answered => ({ ...answered(status), afterMs: 2100 }) as Answered;
    const slow = judgeAnswer("OPTIONS", late(200));
    assert.equal(slow.outcome, "warned");
    assert.match(slow.seen, /after 2\.1 s$/);
    assert.match(slow.remedy ?? "", /hold us back/);
    assert.equal(judgeAnswer("OPTIONS", late(403)).outcome, "failed");
  });

  test("a 500 is a limit only where it says when to come back", () => {
    assert.match(judgeAnswer("OPTIONS", answered(500, ["Retry-After", "9"])).remedy ?? "", /hold us back/);
    assert.equal(judgeAnswer("OPTIONS", answered(500)).remedy, undefined);
  });

  test("silence, a closed connection and a full queue are failures of their own", () => {
    assert.match(judgeAnswer("OPTIONS", { kind: "silent", seconds: 5 }).seen, /within 5 s/);
    assert.match(judgeAnswer("OPTIONS", { kind: "held-back" }).remedy ?? "", /wait/);
    const closed = judgeAnswer("OPTIONS", { kind: "closed", detail: "SSL alert number 48" });
    assert.match(closed.seen, /unknown_ca/);
    assert.match(closed.remedy ?? "", /import our authority/);
  });
});

describe("what a broken handshake means", () => {
  const rows = [
    { detail: "tlsv1 alert protocol version:SSL alert number 70", seen: /protocol_version/ },
    { detail: "sslv3 alert handshake failure:SSL alert number 40", seen: /handshake_failure/ },
    { detail: "sslv3 alert certificate expired:SSL alert number 45", seen: /by their clock/ },
    { detail: "error:0A000102:SSL routines::unsupported protocol", seen: /no common TLS version/ },
    { detail: "error:0A0000C1:SSL routines::no shared cipher", seen: /no common cipher suite/ },
    { detail: "read ECONNRESET", seen: /^read ECONNRESET$/ },
  ];
  for (const { detail, seen } of rows) test(detail, () => assert.match(tlsFailure(detail).seen, seen));
});

describe("what a certificate means", () => {
  const clock = new FakeClock();
  let raw: Buffer;
  before(async () => {
    const authority = await TestCertificateAuthority.create("Their CA", clock);
    const notAfter = new Date(clock.now() + 90 * DAY_MS);
    const { certPem } = await authority.issue({
      cn: "sip.contoso.example",
      dnsNames: ["sip.contoso.example"],
      notAfter,
    });
    raw = new X509Certificate(certPem).raw;
  });

  const certificate = (): PresentedCertificate => ({
    subjectCommonName: "sip.contoso.example",
    dnsNames: ["sip.contoso.example"],
    uris: [],
    extendedKeyUsages: [],
    fingerprint256: "",
    authorized: true,
    raw,
    chain: [],
  });
  const hop = { host: "sip.contoso.example", port: 5061, domain: "contoso.example" };
  const shown = (over: Partial<PresentedCertificate> = {}) => ({
    hop,
    certificate: { ...certificate(), ...over },
    isRooted: true,
  });
  const objection = (rule: string): Objection => ({
    rule,
    status: 403,
    reason: "",
    presented: "this",
    expected: "that",
  });

  test("admission's objection is the finding of its step, and of no other", () => {
    for (const [rule, step] of [
      ["certificate-untrusted", "chain"],
      ["certificate-missing", "chain"],
      ["certificate-expired", "validity"],
      ["certificate-purpose", "usages"],
      ["tls-peer-subject", "subject"],
      ["hop-certificate", "names"],
      ["claimed-domain", "identity"],
      ["incoming-acl", "access-list"],
    ] as const) {
      const findings = judgeCertificate(shown(), [objection(rule)], clock.now());
      const failed = [...findings].filter(([, { outcome }]) => outcome === "failed");
      assert.deepEqual(
        failed.map(([name]) => name),
        [step],
      );
      assert.equal(failed[0]?.[1].seen, "this; wanted: that");
      assert.ok((failed[0]?.[1].remedy ?? "").length > 20);
    }
  });

  for (const [rule, repair] of [
    ["certificate-untrusted", { kind: "trust-certificate", host: hop.host, port: 5061 }],
    ["tls-peer-subject", { kind: "select-subject", name: "sip.contoso.example" }],
    ["hop-certificate", { kind: "bind-subject", name: "sip.contoso.example", domain: "contoso.example" }],
    ["claimed-domain", { kind: "bind-subject", name: "sip.contoso.example", domain: "contoso.example" }],
    ["incoming-acl", { kind: "allow-access", pattern: "Allow from sip.contoso.example" }],
    ["certificate-expired", undefined],
  ] as const)
    test(`${rule} can ${repair === undefined ? "not " : ""}be mended here`, () => {
      const findings = judgeCertificate(shown(), [objection(rule)], clock.now());
      const failed = [...findings.values()].find(({ outcome }) => outcome === "failed");
      assert.deepEqual(failed?.repair, repair);
    });

  test("a chain below a root that is not trusted is a warning", () => {
    const chain = judgeCertificate({ ...shown(), isRooted: false }, [], clock.now()).get("chain");
    assert.equal(chain?.outcome, "warned");
    assert.match(chain?.remedy ?? "", /import the root/);
  });

  test("a certificate without a single common name offers no subject", () => {
    const nameless = shown({ subjectCommonName: undefined });
    const finding = judgeCertificate(nameless, [objection("tls-peer-subject")], clock.now()).get("subject");
    assert.deepEqual([finding?.outcome, finding?.repair], ["failed", undefined]);
  });

  test("one of tomorrow is a clock's fault, not the certificate's", () => {
    const early = shown({ authorizationError: "CERT_NOT_YET_VALID" });
    const finding = judgeCertificate(early, [objection("certificate-expired")], clock.now()).get("validity");
    assert.match(finding?.remedy ?? "", /set the clock/);
  });

  test("one that ends soon is a warning", () => {
    const later = clock.now() + 70 * DAY_MS;
    assert.equal(judgeCertificate(shown(), [], clock.now()).get("validity")?.outcome, "passed");
    const validity = judgeCertificate(shown(), [], later).get("validity");
    assert.equal(validity?.outcome, "warned");
    assert.match(validity?.seen ?? "", /(19|20) days more/);
  });
});

describe("what our own records mean", () => {
  const finding = (kind: RecordFinding["kind"], state: RecordFinding["state"], advice: readonly string[] = []) => ({
    domain: "example.com",
    kind,
    name: kind === "host" ? "imp1.example.com" : "_sipfederationtls._tcp.example.com",
    type: kind === "host" ? ("A" as const) : ("SRV" as const),
    wanted: kind === "host" ? "the public address" : "0 0 5061 imp1.example.com.",
    found: [],
    state,
    problems: state === "ok" ? [] : [`it is ${state}`],
    advice,
  });
  const report = (...findings: readonly RecordFinding[]): RecordReport => ({
    fqdn: "",
    port: 5061,
    zone: "",
    findings,
  });
  const host = finding("host", "ok");

  const rows = [
    { findings: [finding("local", "ok"), host], outcome: "passed", remedy: /^$/ },
    {
      findings: [finding("local", "missing"), host],
      outcome: "failed",
      remedy: /^publish: _sipfed.* IN SRV 0 0 5061 /,
    },
    { findings: [finding("mail", "mismatched"), host], outcome: "failed", remedy: /^publish: _sipfed/ },
    { findings: [finding("local", "unknown"), host], outcome: "failed", remedy: /dns\.servers/ },
    { findings: [finding("local", "ok", ["lead the port"]), host], outcome: "warned", remedy: /lead the port/ },
    {
      findings: [finding("local", "ok"), finding("host", "missing")],
      outcome: "failed",
      remedy: /^publish: imp1.* IN A /,
    },
  ] as const;
  for (const { findings, outcome, remedy } of rows)
    test(`${findings.map(({ kind, state }) => `${kind} ${state}`).join(", ")} is ${outcome}`, () => {
      const judged = judgeOwnRecords(report(...findings), "service");
      assert.equal(judged.outcome, outcome);
      assert.match(judged.remedy ?? "", remedy);
    });

  test("a clearing house looks up no service record", () => {
    assert.equal(judgeOwnRecords(report(finding("local", "missing"), host), "host").outcome, "passed");
  });
});

describe("what clocks and refusals mean", () => {
  test("five minutes are forgiven, and no Date is no fault", () => {
    const now = Date.UTC(2026, 10, 27, 12);
    const at = (apart: number): Answered => answered(200, ["Date", new Date(now + apart).toUTCString()]);
    assert.equal(judgeClock(at(299_000), now, undefined).outcome, "passed");
    assert.equal(judgeClock(at(-301_000), now, undefined).outcome, "failed");
    assert.equal(judgeClock(answered(200), now, undefined).outcome, "passed");
  });

  test("a minute is too much where our certificate is younger than that", () => {
    const now = Date.UTC(2026, 10, 27, 12);
    const own = { from: now - 30_000, until: now + DAY_MS };
    const behind = judgeClock(answered(200, ["Date", new Date(now - 60_000).toUTCString()]), now, own);
    assert.equal(behind.outcome, "failed");
    assert.match(behind.seen, /by theirs our certificate is not of today/);
    assert.equal(judgeClock(answered(200, ["Date", new Date(now).toUTCString()]), now, own).outcome, "passed");
  });

  const asked = (at: number, retryAfterSeconds: number): DecisionEvent => ({
    id: `${at}`,
    at,
    kind: "route",
    direction: "outbound",
    decisions: [
      { rule: "retry-after", outcome: "skipped", inputs: { host: "sip.contoso.example", retryAfterSeconds } },
    ],
    result: "asked to wait",
  });

  test("who has asked us to wait fails while that lasts, and is a warning after it", () => {
    const now = 1_000_000;
    const running = judgePace([asked(now - 10_000, 60), asked(now - 300_000, 60)], now);
    assert.equal(running.outcome, "failed");
    assert.equal(running.seen, "sip.contoso.example asked us to wait, 2 × within the last hour, for another 50 s");
    assert.match(running.remedy ?? "", /list our domain/);
    assert.equal(judgePace([asked(now - 300_000, 60)], now).outcome, "warned");
    assert.equal(judgePace([], now).outcome, "passed");
  });

  test("refusals of theirs are counted by rule with the newest", () => {
    const refusal = (rule: string, presented: string, direction: "inbound" | "outbound"): DecisionEvent => ({
      id: presented,
      at: 0,
      kind: "request",
      direction,
      decisions: [{ rule, outcome: "refuse", inputs: { presented } }],
      result: "refused 403",
    });
    const events = [
      refusal("claimed-domain", "newest", "inbound"),
      refusal("claimed-domain", "older", "inbound"),
      refusal("hop-certificate", "ours", "outbound"),
    ];
    const finding = judgeRefusals(events);
    assert.deepEqual([finding.outcome, finding.seen], ["warned", "2 × claimed-domain: presented newest"]);
    assert.equal(judgeRefusals([]).outcome, "passed");
  });
});

describe("the report", () => {
  test("skips what was not looked at, because of the first failure", () => {
    const report = new Report();
    report.add("domain", { outcome: "passed", seen: "type microsoft" });
    report.add("route", { outcome: "failed", seen: "nothing", remedy: "publish" });
    report.add("own-records", { outcome: "failed", seen: "nothing", remedy: "publish" });
    const outcomes = report.steps().map(({ outcome }) => outcome);
    assert.deepEqual(outcomes.slice(0, 3), ["passed", "failed", "skipped"]);
    const skipped = report.steps().find(({ step }) => step === "tls");
    assert.equal(skipped?.seen, 'not looked at, because "There is a way to it" failed');
    assert.ok(report.steps().every(({ why, expected }) => why.length > 20 && expected.length > 5));
  });
});
