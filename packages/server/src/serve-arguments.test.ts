import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { serveArguments } from "./serve-arguments.ts";

describe("the command line of serve", () => {
  test("names settings and data directory", () => {
    const words = ["--config", "a.yaml", "--data=/srv"];
    assert.deepEqual(serveArguments(words), { kind: "serve", config: "a.yaml", data: "/srv" });
    assert.deepEqual(serveArguments([]), { kind: "serve", config: undefined, data: undefined });
  });

  for (const words of [["--nonsense"], ["--config"], ["now"], ["--data", "--config"]])
    test(`${words.join(" ")} is wrong usage, with the reason`, () => {
      const read = serveArguments(words);
      assert.equal(read.kind, "wrong");
      assert.ok(read.kind === "wrong" && read.reason.length > 10);
    });

  test("help is no error", () => assert.equal(serveArguments(["-h"]).kind, "help"));
});
