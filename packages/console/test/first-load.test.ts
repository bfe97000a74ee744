import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { before, describe, test } from "node:test";

const PACKAGE = resolve(import.meta.dirname, "..");
const DIST = join(PACKAGE, "dist");
const LIMIT_OCTETS = 270_000;

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
}

describe("what the browser fetches for the first page", () => {
  let manifest: Readonly<Record<string, Chunk>>;
  before(() => {
    const build = spawnSync(process.execPath, [join(PACKAGE, "build/main.ts")], { encoding: "utf8" });
    assert.equal(build.status, 0, build.stderr);
    manifest = JSON.parse(readFileSync(join(DIST, "manifest.json"), "utf8"));
  });

  /** The files of these chunks and all they import at once. */
  function filesOf(names: readonly string[], seen = new Set<string>()): ReadonlySet<string> {
    for (const name of names) {
      const chunk = manifest[name];
      assert.ok(chunk, `${name} is not in the manifest`);
      if (seen.has(chunk.file)) continue;
      seen.add(chunk.file);
      filesOf(chunk.imports ?? [], seen);
    }
    return seen;
  }

  const sizeOf = (file: string): number => statSync(join(DIST, `${file}.gz`)).size;

  test(`is less than ${LIMIT_OCTETS / 1000} kB of compressed script`, () => {
    const files = [...filesOf(["index.html", "src/pages/overview/overview.tsx"])];
    const octets = files.map(sizeOf).reduce((sum, size) => sum + size, 0);
    assert.ok(octets < LIMIT_OCTETS, `${octets} octets: ${files.map((file) => `${file} ${sizeOf(file)}`).join(", ")}`);
  });

  test("does not include the other pages", () => {
    const first = filesOf(["index.html", "src/pages/overview/overview.tsx"]);
    const others = Object.entries(manifest).filter(([name]) =>
      /^src\/pages\/(?!overview\/)[\w-]+\/[\w-]+\.tsx$/.test(name),
    );
    assert.ok(others.length > 0);
    for (const [name, { file }] of others) assert.ok(!first.has(file), name);
  });
});
