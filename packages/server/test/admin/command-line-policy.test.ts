import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { PassedPeer } from "@interpres/federation";
import { CommandLine } from "./command-line-fixture.ts";

const PLAIN: PassedPeer = {
  opened: "inbound",
  protocol: "tcp",
  address: "192.0.2.9",
  hostNames: [],
  certificate: null,
};

describe("interpres explain and policy against a node", { timeout: 110_000 }, () => {
  let line: CommandLine;
  before(async () => {
    line = await CommandLine.start();
    await line.run(["domain", "add", "plain.example", "--type", "standard"]);
    await line.run(["route", "add", "plain.example", "--next-hop", "192.0.2.9:5060", "--protocol", "tcp"]);
    await line.fixture.call("POST", "/incoming-acl", { body: { pattern: "Allow from 192.0.2.9" } });
    line.write("removal.yaml", 'changes:\n  - { resource: incoming-acl, action: delete, key: "2" }\n');
    const value = "{ destinationPattern: plain.example, nextHop: 192.0.2.10, nextHopPort: 5060, protocol: tcp }";
    line.write("route.yaml", `changes:\n  - { resource: static-routes, action: update, key: "1", value: ${value} }\n`);
    line.write("bad.yaml", "changes:\n  - { resource: static-routes, action: create, value: { nextHop: x } }\n");
  });
  after(() => line.stop());

  const interpres = (...words: string[]) => line.run(words);

  test("the way out is told now and with the draft, with a star at what differs", async () => {
    const now = await interpres("explain", "bob@plain.example");
    assert.equal(now.code, 0);
    assert.match(now.out, /^plain\.example \(standard\): route$/m);
    const { code, out } = await interpres("explain", "bob@plain.example", "--draft", "route.yaml");
    assert.equal(code, 0);
    assert.match(out, /^now:\n {2}plain\.example \(standard\): route$/m);
    assert.match(out, /^\* to 192\.0\.2\.9:5060 tcp .*\n[\s\S]*with the draft:\n[\s\S]*^\* to 192\.0\.2\.10:5060 tcp/m);
  });

  test("what comes in is told by the rule that takes or refuses it", async () => {
    const words = ["explain", "bob@plain.example", "--from-ip", "192.0.2.9", "--protocol", "tcp"];
    const { out } = await interpres(...words, "--draft", "removal.yaml");
    assert.match(out, /^now:\n\* admitted\n[\s\S]*with the draft:\n\* refused by incoming-acl$/m);
    assert.match(out, /^\* \d+\. request: incoming-acl: passed, Allow from 192\.0\.2\.9$/m);
    const bare = await interpres("explain", "sip:plain.example", ...words.slice(2));
    assert.match(bare.out, /^admitted$/m);
  });

  test("a replay shows groups with counts, and its exit code can say that something would be refused", async () => {
    for (let sent = 0; sent < 3; sent += 1)
      line.fixture.passages.inbound(PLAIN, { domain: "plain.example", method: "MESSAGE" }).add();
    const { code, out } = await interpres("policy", "replay", "--draft", "removal.yaml");
    assert.equal(code, 0);
    assert.match(out, /^3 in all: 0 decided as now$/m);
    assert.match(out, /^inbound +plain\.example +3 +admitted +refused \(incoming-acl\) +192\.0\.2\.9$/m);
    const failing = await interpres("policy", "replay", "--draft", "removal.yaml", "--fail-on-refusal");
    assert.deepEqual([failing.code, failing.err], [1, "3 that were admitted would be refused\n"]);
    line.write("nothing.yaml", "changes: []\n");
    const harmless = await interpres("policy", "replay", "--draft", "nothing.yaml", "--fail-on-refusal", "--json");
    assert.deepEqual([harmless.code, (JSON.parse(harmless.out) as { unchanged: number }).unchanged], [0, 3]);
  });

  test("a draft is applied whole; what is wrong with it is told by its path", async () => {
    const tried = await interpres("policy", "apply", "--draft", "removal.yaml", "--dry-run");
    assert.match(tried.out, /^- federation\.incomingAcl\[2\]: .*\n1 difference; nothing was changed\n$/);
    const applied = await interpres("policy", "apply", "--draft", "removal.yaml");
    assert.match(applied.out, /1 difference; applied as version \d+\n$/);
    const again = await interpres("policy", "apply", "--draft", "removal.yaml");
    assert.deepEqual([again.code, again.err], [1, "changes.0.key: there is no access-list entry 2\n"]);
    for (const words of [
      ["explain", "x@plain.example"],
      ["policy", "replay"],
      ["policy", "apply"],
    ]) {
      const { code, err } = await interpres(...words, "--draft", "bad.yaml");
      assert.equal(code, 1, words.join(" "));
      assert.match(err, /changes\.0\.value\.destinationPattern: is required/);
    }
    assert.equal((await interpres("policy", "replay")).code, 2);
  });
});
