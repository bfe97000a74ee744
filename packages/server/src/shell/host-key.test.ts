import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { hostKey } from "./host-key.ts";

describe("the shell's host key", () => {
  const directory = mkdtempSync(join(tmpdir(), "interpres-key-"));
  after(() => rmSync(directory, { recursive: true }));

  test("is made once, readable by its owner only", () => {
    const path = join(directory, "kept");
    const key = hostKey(path);
    assert.equal(hostKey(path), key);
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  test("can be read whenever it is made", () => {
    for (let made = 0; made < 200; made += 1) hostKey(join(directory, `key-${made}`));
  });

  test("that is none is told by the name of its file", () => {
    const path = join(directory, "broken");
    writeFileSync(path, "no key");
    assert.throws(() => hostKey(path), /broken is no private key/);
  });
});
