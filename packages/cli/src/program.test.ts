import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Exchange } from "@interpres/admin-api";
import { httpsExchange } from "./https-exchange.ts";
import type { LiveConsole } from "./io.ts";
import { runCommand } from "./program.ts";

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const NO_CONSOLE: LiveConsole = {
  columns: () => undefined,
  isInteractive: false,
  write: () => undefined,
  writeError: () => undefined,
  listen: () => () => undefined,
};

interface Given {
  readonly files?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Stands for the node. */
  readonly node?: Exchange;
  readonly waited?: number[];
}

async function run(line: string, given: Given = {}): Promise<Run> {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await runCommand(
    line.split(" ").filter((word) => word !== ""),
    "1.2.3",
    {
      out: (text) => out.push(text),
      err: (text) => err.push(text),
      readInput: async () => given.input ?? "",
      readFile: (path) => given.files?.[path],
      writeFile: () => undefined,
      environment: given.environment ?? {},
      exchange: (trust) => given.node ?? httpsExchange(trust),
      wait: async (milliseconds) => void given.waited?.push(milliseconds),
      randomOctets: (count) => new Uint8Array(count).fill(255),
      console: NO_CONSOLE,
    },
  );
  return { code, out: out.join("\n"), err: err.join("\n") };
}

describe("command line", () => {
  const usage = [
    { line: "", says: /Usage/ },
    { line: "launch", says: /unknown command/ },
    { line: "user", says: /Usage/ },
    { line: "user add", says: /missing required argument/ },
    { line: "user list --colour", says: /unknown option/ },
    { line: "user remove a@b c@d", says: /too many arguments/ },
    { line: "domain add contoso.example", says: /--type/ },
    { line: "domain add contoso.example --type lotus", says: /Allowed choices/ },
    { line: "route add contoso.example", says: /--next-hop/ },
    { line: "route add contoso.example --next-hop edge:port", says: /not a number/ },
    { line: "user list --url http://imp1:8443 --token t", says: /https/ },
    { line: "user list --url https://imp1:8443", says: /INTERPRES_TOKEN/ },
    { line: "user list --url https://imp1:8443 --token t --ca none.pem", says: /none\.pem/ },
    { line: "certificate fetch edge", says: /HOST:PORT/ },
    { line: "certificate trust", says: /Usage: interpres certificate trust/ },
    { line: "certificate trust add", says: /missing required argument/ },
    { line: "tls context select", says: /missing required argument/ },
    { line: "tls subject list --colour", says: /unknown option/ },
    { line: "user import none.csv", says: /none\.csv/ },
    { line: "user add a@b --password-stdin", says: /no password/ },
    { line: "domain notice", says: /missing required argument/ },
    { line: "trace --follow --text", says: /--follow/ },
    { line: "presence", says: /Usage/ },
    { line: "presence set --email yes", says: /Allowed choices are on, off/ },
    { line: "presence set --max-watchers many", says: /not a number, and not none/ },
  ];
  for (const { line, says } of usage) {
    test(`interpres ${line}: wrong usage is 2 and says why on standard error`, async () => {
      const { code, out, err } = await run(line);
      assert.deepEqual([code, out], [2, ""]);
      assert.match(err, says);
    });
  }

  test("help and version are no errors", async () => {
    assert.deepEqual(await run("--version"), { code: 0, out: "1.2.3", err: "" });
    const help = await run("route add --help");
    assert.equal(help.code, 0);
    assert.match(help.out, /--next-hop <host\[:port\]>/);
  });

  const nowhere = [
    { rule: "the default directory", line: "user list", given: {}, names: "./data" },
    { rule: "--data", line: "user list --data /srv/a", given: {}, names: "/srv/a" },
    {
      rule: "the environment",
      line: "user list",
      given: { environment: { INTERPRES_DATADIRECTORY: "/srv/b" } },
      names: "/srv/b",
    },
    {
      rule: "interpres.yaml",
      line: "user list",
      given: { files: { "interpres.yaml": "dataDirectory: /srv/c" } },
      names: "/srv/c",
    },
  ];
  for (const { rule, line, given, names } of nowhere) {
    test(`a node that does not run is looked for where ${rule} says`, async () => {
      const { code, err } = await run(line, given);
      assert.equal(code, 1);
      assert.ok(err.includes(names), err);
    });
  }

  test("a node that runs but whose token may not be read is told apart", async () => {
    const { code, err } = await run("user list", { files: { "data/node.json": '{"adminUrl":"https://localhost:1"}' } });
    assert.equal(code, 1);
    assert.match(err, /local-token/);
  });

  test("a node that does not answer is a failure with its address", async () => {
    const files = { "data/node.json": '{"adminUrl":"https://127.0.0.1:1"}', "data/local-token": "t" };
    const { code, err } = await run("user list", { files });
    assert.equal(code, 1);
    assert.match(err, /https:\/\/127\.0\.0\.1:1 does not answer/);
  });

  const LOCAL = { "data/node.json": '{"adminUrl":"https://localhost:1"}', "data/local-token": "t" };

  test("a domain whose records nobody asks for is said to be reached by static routes", async () => {
    const ours = { name: "imp1.example.com", type: "A", domain: "example.com", kind: "host", state: "ok" };
    const item = { ...ours, wanted: null, found: ["192.0.2.1"], problems: [], advice: [] };
    const check = { domain: "direct.example", kind: "foreign", integrationType: "microsoft", items: [item] };
    const node: Exchange = async () => ({ status: 200, body: JSON.stringify(check) });
    const { code, out } = await run("dns check direct.example", { files: LOCAL, node });
    assert.equal(code, 0);
    assert.match(out, /^direct\.example is reached by static routes alone.*\n\nRECORD/);
  });

  test("a synchronisation that takes long is asked for once a second, until it is over", async () => {
    const waited: number[] = [];
    const asked: string[] = [];
    const node: Exchange = async ({ method, url }) => {
      asked.push(`${method} ${new URL(url).pathname}`);
      const finishedAt = asked.length < 4 ? null : "2026-11-27T10:00:09.000Z";
      const counts = { entries: 2, add: 2, unchanged: 0, problems: 0 };
      const run = { mode: "apply", startedAt: "2026-11-27T10:00:00.000Z", finishedAt, failure: null, counts };
      const shown = { ...run, changes: [], problems: [] };
      return { status: 200, body: JSON.stringify(method === "POST" ? shown : { run: shown }) };
    };
    const { code, out } = await run("directory sync", { files: LOCAL, node, waited });
    assert.deepEqual([code, out], [0, "2026-11-27T10:00:00.000Z: 2 entries: add 2; 0 unchanged, 0 problems"]);
    const path = "/api/v1/directory/sync";
    assert.deepEqual(asked, [`POST ${path}`, `GET ${path}`, `GET ${path}`, `GET ${path}`]);
    assert.deepEqual(waited, [1000, 1000, 1000]);
  });

  test("a user without a password gets one that nobody can guess, shown once", async () => {
    const sent: unknown[] = [];
    const node: Exchange = async ({ body = "" }) => {
      sent.push(JSON.parse(body));
      return { status: 201, body: '{"jid":"a@b.example"}' };
    };
    const { out } = await run("user add a@b.example", { files: LOCAL, node });
    assert.deepEqual(sent, [{ jid: "a@b.example", password: "_".repeat(20) }]);
    assert.equal(out, `added a@b.example\npassword: ${"_".repeat(20)}`);
  });

  test("a CSV file without jid column is refused before anything is sent", async () => {
    const { code, err } = await run("user import u.csv", { files: { "u.csv": "name,mail\na,b" } });
    assert.equal(code, 1);
    assert.match(err, /jid/);
  });
});
