import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readCorpus } from "./corpus.ts";
import { targets } from "./targets.ts";

describe("what fuzzing has found to be worth keeping", () => {
  for (const target of targets) {
    const files = readCorpus(target);
    test(`${target.name}: there is a corpus`, () => assert.ok(files.length > 0));
    for (const { path, input } of files) test(path, () => target.run(input));
  }
});
