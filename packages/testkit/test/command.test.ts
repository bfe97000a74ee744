import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import type { Io } from "../src/command/io.ts";
import { runSimulator } from "../src/command/program.ts";
import { RULES } from "../src/observer/observer.ts";
import { STEPS } from "../src/script/steps.ts";
import { FAULTS } from "../src/simulator/faults.ts";
import { PROBES } from "../src/simulator/probes.ts";

/** A terminal in which somebody types these lines and then presses Ctrl-C. */
class Terminal {
  readonly shown: string[] = [];
  readonly told: string[] = [];
  readonly #typed: readonly string[];

  constructor(typed: readonly string[] = []) {
    this.#typed = typed;
  }

  get io(): Io {
    const { promise: interrupted, resolve } = Promise.withResolvers<void>();
    const typed = this.#typed;
    return {
      out: (text) => void this.shown.push(text),
      err: (text) => void this.told.push(text),
      readFile: (path) => (path.startsWith("/") ? readFileSync(path, "utf8") : undefined),
      interrupted,
      typed: (async function* () {
        yield* typed;
        resolve();
      })(),
    };
  }
}

describe("interpres-sim", { timeout: 30_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "interpres-sim-"));
  const EDGE = ["edge", "--domain", "contoso.example", "--listen", "127.0.0.1:0", "--ca-dir", folder];
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function run(words: readonly string[], typed: readonly string[] = []) {
    const terminal = new Terminal(typed);
    const code = await runSimulator(words, "0", terminal.io);
    return { code, out: terminal.shown.join("\n"), err: terminal.told.join("\n") };
  }

  test("says where it listens, and does what is typed until the end", async () => {
    const { code, out, err } = await run(EDGE, [
      "",
      "state bob available",
      "dance",
      "fault delay=INVITE:soon",
      "watch bob alice@example.com",
    ]);
    assert.equal(code, 0);
    assert.match(out, /sip\.contoso\.example for contoso\.example listens on 127\.0\.0\.1:\d{2,5}; its authority is /);
    assert.match(out, /ok {2}state bob available/);
    assert.match(err, /there is no step "dance"/);
    assert.match(err, /failed: fault delay=INVITE:soon: fault delay is written delay=METHOD:SECONDS/);
    assert.match(err, /failed: watch bob alice@example\.com: no server to call: --peer/);
  });

  test("a script of which everything holds ends with 0; with --json every line is JSON", async () => {
    const script = join(folder, "script.yaml");
    writeFileSync(script, "- state bob busy\n- pause 0.01\n");
    const { code, out } = await run([...EDGE, "--json", "--script", script]);
    assert.equal(code, 0);
    const events = out
      .split("\n")
      .map((line) => JSON.parse(line) as { readonly event: string; readonly kind?: string });
    assert.deepEqual(
      events.map(({ event, kind }) => kind ?? event),
      ["listening", "held", "held", "held"],
    );
  });

  test("a script ends with 1 at the first step that fails, and runs no other", async () => {
    const script = join(folder, "failing.yaml");
    writeFileSync(script, "- state bob busy\n- watch bob alice@example.com\n- state bob away\n");
    const { code, out, err } = await run([...EDGE, "--script", script]);
    assert.equal(code, 1);
    assert.match(out, /ok {2}state bob busy$/);
    assert.match(err, /^failed: watch bob alice@example\.com: no server to call: --peer$/);
  });

  test("its authority is kept: the certificate of a second start leads to the same", async () => {
    const before = readFileSync(join(folder, "ca.pem"), "utf8");
    assert.equal((await run(EDGE)).code, 0);
    assert.equal(readFileSync(join(folder, "ca.pem"), "utf8"), before);
  });

  const wrong = [
    [["edge"], /--domain/],
    [["nothing"], /unknown command|too many arguments/],
    [[...EDGE, "--listen", "5061"], /--listen: 5061 is not HOST:PORT/],
    [[...EDGE, "--peer", "host:99999"], /--peer: host:99999 is not HOST:PORT/],
    [[...EDGE, "--fault", "nothing"], /--fault: there is no fault nothing/],
    [[...EDGE, "--allow", "nothing"], /--allow: there is no rule nothing/],
    [[...EDGE, "--tls", "2"], /--tls: 2 is none of 1\.0/],
    [[...EDGE, "--within", "-1"], /--within: -1 is no number of seconds/],
    [[...EDGE, "--partner", "friend"], /--partner: friend is neither/],
    [[...EDGE, "--cert", "/etc/hostname"], /--cert and --key go together/],
    [[...EDGE, "--peer-ca", "missing.pem"], /there is no file missing\.pem/],
    [[...EDGE, "--script", "missing.yaml"], /there is no file missing\.yaml/],
    [["certificate", "../evil", "--ca-dir", folder], /\.\.\/evil is no host name/],
  ] as const;
  for (const [words, says] of wrong)
    test(`${words.slice(-2).join(" ")} is wrong usage`, async () => {
      const { code, out, err } = await run(words);
      assert.equal(code, 2, out + err);
      assert.match(err, says);
    });

  test("a port that is taken is a failure, with the reason", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    const { code, err } = await run([...EDGE, "--listen", `127.0.0.1:${port}`]);
    taken.close();
    assert.equal(code, 1);
    assert.match(err, new RegExp(`^127\\.0\\.0\\.1:${port}: .*EADDRINUSE`));
  });

  const lists = [
    ["faults", FAULTS],
    ["rules", RULES],
    ["probes", PROBES],
    ["steps", STEPS],
  ] as const;
  for (const [list, known] of lists)
    test(`--list-${list} needs nothing else, and lists each that the simulator has`, async () => {
      const { code, out } = await run(["edge", `--list-${list}`]);
      assert.equal(code, 0);
      const listed = out.match(/^[a-z][\w-]*/gm) ?? [];
      assert.deepEqual(
        listed,
        Object.keys(known).filter((name) => name !== "contact-name"),
      );
    });
});
