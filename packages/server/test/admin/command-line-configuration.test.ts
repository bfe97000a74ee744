import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { CommandLine } from "./command-line-fixture.ts";

describe("interpres directory and config against a node", { timeout: 110_000 }, () => {
  let line: CommandLine;
  before(async () => {
    line = await CommandLine.start();
  });
  after(() => line.stop());

  const interpres = (words: readonly string[], input?: string) => line.run(words, input);
  const json = (...words: string[]) => line.json(...words);

  test("the directory is set key by key, tried and brought into line", async () => {
    line.write("reader", "cn=reader,dc=corp");
    const words = [
      "enabled=true",
      "url=ldap://dc.corp.example",
      "base=dc=corp",
      "domain=example.com",
      "bindDn=@reader",
    ];
    const set = await interpres(
      ["directory", "set", ...words, "attributes.localPart=cn", "--password-stdin"],
      "s3cret\n",
    );
    assert.deepEqual([set.code, set.err], [0, ""]);
    assert.match(set.out, /^changed enabled, .*attributes\.localPart\nwarning: url: passwords pass unencrypted/);
    const disabled = ["directory", "set", "attributes.disabled={attribute: userAccountControl, bits: 2}"];
    assert.equal((await interpres(disabled)).code, 0);
    const shown = await interpres(["directory", "show"]);
    assert.match(shown.out, /^enabled: true\nurl: ldap:\/\/dc\.corp\.example\n[\s\S]*no synchronisation yet\n$/);
    assert.ok(!shown.out.includes("s3cret"));
    line.fixture.directory.people.set("k1", { cn: "zoe", displayName: "Zoe" }).set("k2", {});
    const tried = await interpres(["directory", "sync", "--dry-run"]);
    assert.match(tried.out, /^ACTION +JID +WHAT\nadd +zoe@example\.com +displayName Zoe; enabled true/);
    assert.match(tried.out, /2 entries: would add 1, .*1 problems\n\nENTRY +PROBLEM\nuid=k2,ou=people +has no cn/);
    const run = (await json("directory", "sync")) as { readonly applied: number };
    assert.equal(run.applied, 1);
    line.fixture.directory.people.clear();
    const refused = await interpres(["directory", "sync"]);
    assert.equal(refused.code, 1);
    assert.match(refused.err, /^filter: 1 of 1 users are not in the directory any more/);
    assert.equal((await interpres(["directory", "sync", "--accept-vanished"])).code, 0);
    for (const bad of [
      ["directory", "set", "url"],
      ["directory", "set", "uri=x"],
      ["directory", "set", "url=@none"],
    ])
      assert.equal((await interpres(bad)).code, 2, bad.join(" "));
    const wrong = await interpres(["directory", "set", "filter=(uid"]);
    assert.deepEqual([wrong.code, wrong.err.startsWith("filter: is no search filter")], [1, true]);
  });

  test("the configuration goes out as YAML and comes in whole, its differences told first", async () => {
    await interpres(["domain", "add", "fabrikam.example", "--type", "microsoft"]);
    const exported = await interpres(["config", "export"]);
    assert.equal(exported.code, 0);
    assert.match(exported.out, /^format: 1\nfederation:\n {2}localDomains:\n {4}- example\.com\n/);
    line.write("config.yaml", exported.out);
    const same = { code: 0, out: "no difference\n", err: "" };
    assert.deepEqual(await interpres(["config", "import", "config.yaml"]), same);
    assert.deepEqual(await interpres(["config", "import", "-"], JSON.stringify(await json("config", "export"))), same);
    const changed = exported.out
      .replace("maxWatchers: 200", "maxWatchers: 12")
      .replace(/( {4}- domain: fabrikam[\s\S]*?description: )""/, '$1"Fabrikam"');
    line.write("config.yaml", changed);
    const tried = await interpres(["config", "import", "config.yaml", "--dry-run"]);
    const lines = [
      '~ federation.sipFederatedDomains[fabrikam.example].description: "" -> "Fabrikam"',
      "~ presence.maxWatchers: 200 -> 12",
    ];
    assert.deepEqual(tried.out.split("\n").slice(0, -1), [...lines, "2 differences; nothing was changed"]);
    assert.equal(((await json("config", "import", "config.yaml", "--dry-run")) as { applied: boolean }).applied, false);
    const taken = await interpres(["config", "import", "config.yaml"]);
    assert.equal(taken.code, 0, taken.err);
    assert.match(taken.out, /2 differences; taken as version \d+\n$/);
    assert.deepEqual(await interpres(["config", "import", "config.yaml"]), same);
    line.write("bad.yaml", "presence: { maxWatchers: 0 }\ncluster: { nope: 1 }\n");
    const bad = await interpres(["config", "import", "bad.yaml"]);
    assert.deepEqual([bad.code, bad.out], [1, ""]);
    assert.match(bad.err, /cluster\.nope: unknown key; presence\.maxWatchers/);
    line.write("bad.yaml", "presence: {\n");
    assert.equal((await interpres(["config", "import", "bad.yaml"])).code, 1);
    assert.equal((await interpres(["config", "import", "none.yaml"])).code, 2);
    await interpres(["domain", "remove", "fabrikam.example"]);
  });
});
