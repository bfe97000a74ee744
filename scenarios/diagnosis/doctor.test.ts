import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { attribute } from "@interpres/xmpp/xml";
import { CommandLine } from "../harness/command-line.ts";
import { eventually } from "../harness/eventually.ts";
import { FOREIGN, LOCAL, RoadBed } from "../harness/road-bed.ts";
import { FaultyPeer } from "./faulty-peer.ts";
import { SEEDED } from "./seeded-faults.ts";

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
