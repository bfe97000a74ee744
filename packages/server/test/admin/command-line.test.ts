import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type AdminFixture, TOKENS } from "./admin-fixture.ts";
import { CommandLine, LAUNCHER, type Run } from "./command-line-fixture.ts";

describe("interpres against a node", { timeout: 110_000 }, () => {
  let line: CommandLine;
  let fixture: AdminFixture;
  let directory: string;
  let url: string;
  before(async () => {
    line = await CommandLine.start();
    ({ fixture, directory, url } = line);
  });
  after(() => line.stop());

  const interpres = (words: readonly string[], input?: string) => line.run(words, input);
  const json = (...words: string[]) => line.json(...words);

  test("dns records are text to copy; dns check says what is not there, and fails for it (R17, R22)", async () => {
    const [name, host] = ["_sipfederationtls._tcp.example.com", "imp1.example.com"];
    const { zone } = fixture;
    const records = await interpres(["dns", "records"]);
    assert.match(records.out, new RegExp(`^${name}\\. 3600 IN SRV 0 0 5061 ${host}\\.$`, "m"));
    assert.equal(records.code, 0);
    const missing = await interpres(["dns", "check"]);
    assert.deepEqual([missing.code, missing.err], [1, "not all is as it shall be in DNS\n"]);
    assert.match(missing.out, new RegExp(`${name} +SRV +missing +-`));
    assert.match(missing.out, new RegExp(`publish ${name}\\. IN SRV 0 0 5061 ${host}\\.`));
    zone.host(host, "192.0.2.10").service(name, host, 5061);
    const found = await interpres(["dns", "check", "example.com"]);
    assert.deepEqual([found.code, found.err], [0, ""]);
    assert.match(found.out, /SRV +ok +1 1 5061 imp1\.example\.com\./);
    zone.service("_sipfederationtls._tcp.contoso.example", "edge.contoso.example", 5061);
    const foreign = await interpres(["dns", "check", "contoso.example"]);
    assert.equal(foreign.code, 1);
    assert.match(foreign.out, /edge\.contoso\.example +A +unreachable/);
    zone.host("edge.contoso.example", "192.0.2.1");
    const checked = (await json("dns", "check", "contoso.example")) as { readonly kind: string };
    assert.equal(checked.kind, "foreign");
    zone.remove(name).remove(host);
    const wrong = await interpres(["dns", "check", "no domain"]);
    assert.deepEqual([wrong.code, /^domain: /.test(wrong.err)], [1, true]);
  });

  test("users come, are listed, and go", async () => {
    const added = await interpres(
      ["user", "add", "alice@example.com", "--display-name", "Alice", "--password-stdin"],
      "pw\n",
    );
    assert.deepEqual(added, { code: 0, out: "added alice@example.com\n", err: "" });
    assert.equal(fixture.passwords.at(-1), "pw");
    const made = (await json("user", "add", "bob@example.com")) as { readonly password: string };
    assert.equal(fixture.passwords.at(-1), made.password);
    assert.ok(made.password.length >= 20);
    const listed = await interpres(["user", "list"]);
    assert.match(
      listed.out,
      /^JID +NAME .*\nalice@example\.com +Alice +here +imp1 +yes +alice@example\.com\nbob@example\.com/,
    );
    assert.deepEqual(await interpres(["user", "disable", "bob@example.com"]), {
      code: 0,
      out: "disabled bob@example.com\n",
      err: "",
    });
    assert.equal(((await json("user", "enable", "bob@example.com")) as { readonly enabled: boolean }).enabled, true);
    assert.equal((await interpres(["user", "remove", "bob@example.com"])).code, 0);
    assert.equal(((await json("user", "list")) as unknown[]).length, 1);
  });

  test("users come from a file, all or none", async () => {
    writeFileSync(
      join(directory, "users.csv"),
      "jid,displayName,password\ncarol@example.com,Carol,pw\ndan@example.com,,\n",
    );
    const imported = (await json("user", "import", "users.csv")) as {
      readonly imported: number;
      readonly passwords: object[];
    };
    assert.deepEqual([imported.imported, imported.passwords.length], [2, 1]);
    writeFileSync(join(directory, "bad.csv"), "jid,enabled\nerik@example.com,yes\nfay@example.com,perhaps\n");
    const bad = await interpres(["user", "import", "bad.csv"]);
    assert.deepEqual([bad.code, bad.err], [1, "bad.csv: lines.3.enabled is neither yes nor no\n"]);
    const again = await interpres(["user", "import", "users.csv"]);
    assert.equal(again.code, 1);
    assert.match(again.err, /users\.csv: lines\.2\.jid exists already/);
  });

  test("domains come with a warning where there is one, are listed, and go", async () => {
    assert.deepEqual(await interpres(["domain", "add", "contoso.example", "--type", "microsoft", "--direct"]), {
      code: 0,
      out: "added contoso.example\n",
      err: "",
    });
    assert.match((await interpres(["domain", "add", "aim.com", "--type", "aol"])).out, /warning: domain/);
    assert.match((await interpres(["domain", "list"])).out, /contoso\.example +microsoft +yes/);
    assert.equal((await interpres(["domain", "remove", "contoso.example"])).code, 0);
    const refused = await interpres(["domain", "remove", "contoso.example"]);
    assert.equal(refused.code, 1);
    assert.match(refused.err, /contoso\.example/);
  });

  test("routes come, are listed, and go; an address is explained", async () => {
    const words = ["route", "add", "domaina.example", "--next-hop", "[2001:db8::5]:5062", "--priority", "7"];
    const route = (await json(...words, "--no-less-specific")) as Record<string, unknown>;
    assert.deepEqual(
      [route.nextHop, route.nextHopPort, route.priority, route.allowLessSpecific],
      ["2001:db8::5", 5062, 7, false],
    );
    assert.match((await interpres(["route", "list"])).out, /\.example\.domaina\.\* +2001:db8::5:5062 +tls +7/);
    assert.equal((await interpres(["route", "remove", String(route.id)])).code, 0);
    fixture.explanation = {
      uri: "sip:bob@domaina.example",
      domain: "domaina.example",
      integrationType: "standard",
      verdict: "route",
      steps: [{ step: 1, rule: "dns-srv", name: "_sip._tls.domaina.example", outcome: "matched", detail: "1 target" }],
      nextHops: [{ host: "a.example", port: 5061, protocol: "tls", addresses: ["192.0.2.1"], from: "dns-srv" }],
    };
    const explained = await interpres(["route", "explain", "sip:bob@domaina.example"]);
    assert.match(
      explained.out,
      /^domaina\.example \(standard\): route\n\nbob@domaina\.example is sip:bob@domaina\.example in SIP\n\nSTEP .*\n1 +dns-srv .*\n\nNEXT HOP/,
    );
  });

  test("services are listed, ordered about by any of their names, and switched", async () => {
    assert.match((await interpres(["service", "list"])).out, /\nsip-proxy +feature +running +yes/);
    const stopped = await interpres(["service", "stop", "Cisco XCP Router"]);
    assert.equal(stopped.code, 0);
    assert.match(stopped.out, /^stopped xmpp-router: stopped\nwarning: .*sip-federation, xmpp-client/);
    const refused = await interpres(["service", "start", "xmpp-client"]);
    assert.deepEqual([refused.code, refused.out], [1, ""]);
    assert.match(refused.err, /needs xmpp-router/);
    assert.equal((await interpres(["service", "start", "xmpp-r", "--node", "imp1"])).code, 0);
    for (const name of ["sip-federation", "xmpp-client"]) await interpres(["service", "start", name]);
    const off = (await json("service", "deactivate", "xmpp-client")) as Record<string, unknown>;
    assert.deepEqual([off.activated, off.state], [false, "stopped"]);
    assert.equal((await interpres(["service", "activate", "xmpp-client"])).out, "activated xmpp-client: running\n");
    assert.equal((await interpres(["service", "restart", "sip-proxy"])).out, "restarted sip-proxy: running\n");
  });

  test("a service nobody knows, or one of several, is wrong usage", async () => {
    const unknown = await interpres(["service", "start", "tomcat"]);
    assert.deepEqual([unknown.code, unknown.err], [2, "tomcat is no service\n"]);
    const ambiguous = await interpres(["service", "start", "sip-"]);
    assert.deepEqual([ambiguous.code, ambiguous.err], [2, "sip- may be sip-federation or sip-proxy\n"]);
    const elsewhere = await interpres(["service", "start", "sip-proxy", "--node", "imp9"]);
    assert.deepEqual([elsewhere.code, elsewhere.err], [1, "there is no node imp9\n"]);
  });

  test("presence settings are shown and changed, e-mail addresses only by one who has read the warning", async () => {
    assert.match((await interpres(["presence", "show"])).out, /^e-mail addresses for federation: off\n/);
    const refused = await interpres(["presence", "set", "--email", "on"]);
    assert.deepEqual([refused.code, refused.out], [1, ""]);
    assert.match(refused.err, /^acknowledgeWarning: must be true/);
    await interpres(["user", "add", "mia@example.com", "--mail-id", "mia@mail.example"]);
    const impact = await interpres(["presence", "impact"]);
    assert.match(impact.out, /^switching e-mail addresses on:\n.*by e-mail address: 1 /);
    assert.match(impact.out, /e-mail domains: mail\.example \(1\)/);
    const words = ["presence", "set", "--email", "on", "--acknowledge-warning", "--max-watchers", "none"];
    const changed = await interpres([...words, "--max-contacts", "50", "--without-approval", "on"]);
    assert.match(
      changed.out,
      /federation: on\n.*\n.*asking: yes\ncontacts of a user, at most: 50\n.*: no limit\nwarning:/,
    );
    assert.match((await interpres(["presence", "notice"])).out, /now know you by your e-mail address/);
    const again = (await json("presence", "set", "--email", "off", "--accept-jid-until", "never")) as object;
    assert.partialDeepStrictEqual(again, { useEmailAddressWhenFederating: false, acceptJidUntil: null });
  });

  test("dropped requests are listed; the letter to a foreign administrator is printed", async () => {
    assert.equal((await interpres(["presence", "drops"])).out, "nothing was dropped\n");
    const drop = { addressed: "mia@example.com", method: "MESSAGE", count: 3, firstAt: 0, lastAt: 0 };
    fixture.emailDrops.push({ ...drop, sender: "bob@contoso.example", user: "mia@example.com" });
    assert.match(
      (await interpres(["presence", "drops", "--peer", "contoso.example"])).out,
      /^LAST .*\n1970-01-01T00:00:00\.000Z +bob@contoso\.example +mia@example\.com .* 3\n/,
    );
    assert.equal(((await json("presence", "drops", "--user", "nobody@example.com")) as unknown[]).length, 0);
    const letter = await interpres(["domain", "notice", "aim.com"]);
    assert.match(letter.out, /^Federation of example\.com with aim\.com\n/);
    assert.equal((await interpres(["domain", "notice", "nobody.example"])).code, 1);
  });

  test("from elsewhere a token is not enough: the authority must be known", async () => {
    const remote = ["--url", url, "--token", TOKENS.auditor];
    const unknown = await interpres(["user", "list", ...remote, "--data", "elsewhere"]);
    assert.equal(unknown.code, 1);
    assert.match(unknown.err, /certificate.*; name the authority's file with --ca/);
    assert.equal((await interpres(["user", "list", ...remote, "--ca", "data/ca.pem"])).code, 0);
    const forbidden = await interpres(["user", "remove", "alice@example.com", ...remote, "--ca", "data/ca.pem"]);
    assert.equal(forbidden.code, 1);
    assert.match(forbidden.err, /role administrator/);
  });

  test("by address and token on the node's own machine, its data directory vouches for it whatever the name", async () => {
    const address = url.replace("localhost", "127.0.0.1");
    const remote = ["--url", address, "--token", TOKENS.auditor];
    assert.equal((await interpres(["user", "list", ...remote])).code, 0);
    const named = await interpres(["user", "list", ...remote, "--ca", "data/ca.pem"]);
    assert.match(named.err, /127\.0\.0\.1/);
  });

  const elsewhere = "/usr/bin/node";
  const skip = existsSync(elsewhere) ? false : `there is no ${elsewhere}`;
  test("an older Node hands over to the bundled one", { skip }, async () => {
    const answer = await new Promise<Omit<Run, "err">>((done, fail) => {
      const child = spawn(elsewhere, [LAUNCHER, "--version"], { stdio: "pipe" });
      let out = "";
      child.stdout.on("data", (chunk: Buffer) => {
        out += chunk.toString();
      });
      child.on("error", fail);
      child.on("close", (code) => done({ code, out }));
    });
    assert.deepEqual(answer, { code: 0, out: "0.1.0\n" });
  });
});
