import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Show } from "@interpres/federation";
import { aggregate, type ResourceState } from "./availability.ts";

function at(resource: string, show: Show, priority = 0): ResourceState {
  return { resource, show, priority, notes: [] };
}

describe("one state for several resources", () => {
  const rows: readonly [string, readonly ResourceState[], string | undefined][] = [
    ["no resource is offline", [], undefined],
    ["the higher priority wins", [at("a", "available", 1), at("b", "dnd", 5)], "b"],
    ["among equals the most available wins", [at("a", "xa"), at("b", "away"), at("c", "dnd")], "c"],
    ["a negative priority stands back", [at("a", "chat", -1), at("b", "xa", 0)], "b"],
    ["a negative priority alone still counts", [at("a", "away", -5)], "a"],
  ];
  for (const [rule, resources, expected] of rows) {
    test(rule, () => assert.equal(aggregate(resources)?.resource, expected));
  }
});
