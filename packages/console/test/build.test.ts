import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, test } from "node:test";

const ROOT = resolve(import.meta.dirname, "../../..");

/** The builder and the launcher in a repository of their own, with a console of one line and a node that only says that it runs. */
describe("building the console", () => {
  const root = mkdtempSync(join(tmpdir(), "interpres-console-"));
  const console = join(root, "packages/console");
  const run = (...args: readonly string[]) => spawnSync(process.execPath, args, { encoding: "utf8" });
  const build = () => run(join(console, "build/main.ts"));
  const write = (file: string, text: string) => writeFileSync(join(console, file), text);

  before(() => {
    for (const file of ["packages/console/build", "packages/console/package.json", "packages/cli/bin", "package.json"])
      cpSync(join(ROOT, file), join(root, file), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
    for (const folder of ["packages/console/src", "packages/server/src"])
      mkdirSync(join(root, folder), { recursive: true });
    write("index.html", '<!doctype html><title>x</title><script type="module" src="/src/main.ts"></script>');
    write("src/main.ts", 'document.title = "first";');
    writeFileSync(join(root, "packages/server/src/main.ts"), 'console.log("the node runs");');
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  const built = (): string =>
    globSync("assets/*.js", { cwd: join(console, "dist") })
      .map((file) => readFileSync(join(console, "dist", file), "utf8"))
      .join();

  test("is done where it is missing, with the files compressed beside", () => {
    const { status, stderr } = build();
    assert.equal(status, 0, stderr);
    assert.match(stderr, /^Building the console …\nThe console is built \(\d+\.\d s\)\.\n$/);
    assert.match(built(), /first/);
    assert.equal(globSync("assets/*.js.{br,gz}", { cwd: join(console, "dist") }).length, 2);
  });

  test("is not done again, and nothing is said, where nothing has changed", () => {
    const { status, stdout, stderr } = build();
    assert.deepEqual([status, stdout, stderr], [0, "", ""]);
  });

  test("is done where a source has changed", () => {
    write("src/main.ts", 'document.title = "second";');
    assert.match(build().stderr, /The console is built/);
    assert.match(built(), /second/);
  });

  test("that fails says why, and leaves what was built before", () => {
    write("src/main.ts", 'import "./nowhere.ts";');
    const { status, stderr } = build();
    assert.equal(status, 1);
    assert.match(stderr, /The console could not be built: .*nowhere/s);
    assert.match(built(), /second/);
    assert.deepEqual(globSync("dist.*", { cwd: console }), []);
  });

  test("that fails keeps nobody from starting the node", () => {
    const { status, stdout, stderr } = run(join(root, "packages/cli/bin/interpres.mjs"), "serve");
    assert.deepEqual([status, stdout], [0, "the node runs\n"]);
    assert.match(stderr, /It goes on with the console that was built before; where there is none, without\./);
  });

  test("comes before the node when it is started", () => {
    rmSync(join(console, "dist"), { recursive: true });
    write("src/main.ts", 'document.title = "third";');
    const { stdout } = run(join(root, "packages/cli/bin/interpres.mjs"), "serve");
    assert.equal(stdout, "the node runs\n");
    assert.ok(existsSync(join(console, "dist/index.html")));
  });
});
