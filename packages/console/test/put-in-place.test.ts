import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, describe, test } from "node:test";
import { putInPlace } from "../build/put-in-place.ts";

describe("putting a build in place while another does", () => {
  const root = mkdtempSync(join(tmpdir(), "interpres-place-"));
  const [place, fresh, other] = ["dist", "dist.1", "dist.2"].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ];
  const shown = (): string => (existsSync(join(place, "built")) ? readFileSync(join(place, "built"), "utf8") : "");
  const folder = (path: string, text: string): void => {
    rmSync(path, { recursive: true, force: true });
    mkdirSync(path);
    writeFileSync(join(path, "built"), text);
  };

  /** Before the rename of that number the other build does its part. */
  const putBeside = (between: Readonly<Record<number, () => void>>): void => {
    let count = 0;
    const rename: typeof renameSync = (from, to) => {
      between[count]?.();
      count += 1;
      renameSync(from, to);
    };
    putInPlace({ fresh, place, isPlaced: () => shown().startsWith("new"), rename });
  };
  const otherMovesAway = (): void => renameSync(place, `${other}.old`);
  const otherPlaces = (): void => renameSync(other, place);

  beforeEach(() => {
    rmSync(`${other}.old`, { recursive: true, force: true });
    folder(place, "old");
    folder(fresh, "new, mine");
    folder(other, "new, the other's");
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  const rows = [
    ["nobody", {}, "new, mine"],
    ["the other has moved the old one away, and not placed its own yet", { 0: otherMovesAway }, "new, mine"],
    ["the other has placed its own meanwhile", { 1: otherPlaces }, "new, the other's"],
    ["the other was quicker with both", { 0: otherMovesAway, 1: otherPlaces }, "new, the other's"],
  ] as const;
  for (const [what, between, left] of rows)
    test(`${what}: a whole build is there, and nothing is left over of this one`, () => {
      putBeside(between);
      assert.equal(shown(), left);
      assert.deepEqual(
        readdirSync(root).filter((name) => name.endsWith("1.old")),
        [],
      );
    });

  test("another kind of build that came between is replaced", () => {
    folder(other, "older");
    putBeside({ 1: otherPlaces });
    assert.equal(shown(), "new, mine");
  });

  test("what cannot be moved is an error", () => {
    rmSync(fresh, { recursive: true });
    assert.throws(() => putBeside({}), /ENOENT/);
  });
});
