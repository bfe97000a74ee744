import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseSipUri } from "@interpres/sip";
import { SeededRandom } from "@interpres/testkit";
import { Coverage } from "./coverage.ts";
import { targetOfFile } from "./finding.ts";
import { shortened, tryInput } from "./judge.ts";
import { MAX_INPUT_OCTETS, mutate } from "./mutate.ts";
import type { Target } from "./targets.ts";

function targetOf(run: Target["run"]): Target {
  return { name: "made-up", run, words: ["bad"], seeds: [] };
}

describe("coverage", () => {
  test("an input is new that reaches a block none reached before, and only once", () => {
    const coverage = new Coverage();
    coverage.discard();
    const learns = (uri: string) => {
      parseSipUri(uri);
      return coverage.learn();
    };
    assert.deepEqual(["sip:a@b", "sip:c@d", "sip:a@b?c=d", "sip:c@d?e=f"].map(learns), [true, false, true, false]);
    parseSipUri("sip:a@b c");
    assert.ok(coverage.isNew(), "a look that learns nothing");
    assert.ok(learns("sip:a@b c"), "and so it is new again");
  });
});

describe("mutations", () => {
  const input = Buffer.from("one 1\ntwo 2\nthree 3\n");
  const changes = (seed: number) => {
    const random = new SeededRandom(seed);
    const material = { random, words: ["word"], other: () => Buffer.from("other\nlines\n") };
    return Array.from({ length: 300 }, () => mutate(input, material));
  };

  test("the same seed gives the same changes, another others", () => {
    assert.deepEqual(changes(1), changes(1));
    assert.notDeepEqual(changes(1), changes(2));
  });

  test("words, lines of others and long repeats come in, and nothing gets too long", () => {
    const all = changes(1);
    const some = (check: (changed: Buffer) => boolean) => assert.ok(all.some(check));
    some((changed) => changed.includes("word"));
    some((changed) => changed.includes("lines\n"));
    some((changed) => changed.length < input.length);
    some((changed) => changed.length > 10_000);
    assert.ok(all.every((changed) => changed.length <= MAX_INPUT_OCTETS));
    assert.equal(input.toString(), "one 1\ntwo 2\nthree 3\n");
  });
});

describe("judgement", () => {
  test("what throws is a failure, and is made as short as shows it", async () => {
    const target = targetOf((input) => assert.ok(!input.includes("bad"), "bad input"));
    const long = Buffer.from("something bad is in here");
    const { fault } = await tryInput(target, long);
    assert.equal(fault?.kind, "failure");
    assert.equal((await shortened(target, long, fault)).toString(), "bad");
  });

  test("slow is what is slow each time", async () => {
    let runs = 0;
    const slowOnce = targetOf(() => busy(runs++ === 0 ? 120 : 0));
    assert.equal((await tryInput(slowOnce, Buffer.of())).fault, undefined);
    assert.equal(
      (
        await tryInput(
          targetOf(() => busy(120)),
          Buffer.of(),
        )
      ).fault?.kind,
      "slow",
    );
  });

  test("a finding and a file of the corpus name their target", () => {
    assert.equal(targetOfFile("fuzz/findings/payloads.slow.0123")?.name, "payloads");
    assert.equal(targetOfFile("fuzz/corpus/addresses/mail")?.name, "addresses");
    assert.equal(targetOfFile("README.md"), undefined);
  });
});

/** Uses the processor for so long. */
function busy(milliseconds: number): void {
  const begin = process.threadCpuUsage();
  for (let used = 0; used < milliseconds * 1000; ) {
    const { user, system } = process.threadCpuUsage(begin);
    used = user + system;
  }
}
