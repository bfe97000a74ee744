import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { localStates, mappingFor, mappingSets, seenWords, setOfType, wordsShownBy } from "./availability-mapping.ts";
import { dialects, dialectWith } from "./dialect.ts";

const types = ["microsoft", "aol", "standard"] as const;

describe("which words of availability stand for each other", () => {
  for (const type of types) {
    for (const set of mappingSets) {
      test(`${set}, ${type}: every state is told in a word that type shows`, () => {
        const { told } = mappingFor(type, { set });
        const unknown = localStates.filter((state) => !wordsShownBy[type].includes(told[state]));
        assert.deepEqual(unknown, []);
      });
    }
    test(`a domain of type ${type} begins with the set ${setOfType[type]}`, () => {
      assert.deepEqual(dialects[type].mapping, mappingFor(type, { set: setOfType[type] }));
    });
  }

  test("the sets differ in what our users see of one who is occupied, and in nothing else they see", () => {
    const [classic, faithful] = [
      mappingFor("microsoft", { set: "classic" }),
      mappingFor("microsoft", { set: "faithful" }),
    ];
    const different = seenWords.filter((word) => classic.seen[word].show !== faithful.seen[word].show);
    for (const word of different)
      assert.deepEqual([classic.seen[word].show, faithful.seen[word].show], ["away", "dnd"], word);
    assert.ok(different.includes("busy") && different.includes("on-the-phone"));
  });

  test("a row the administrator wrote stands, the others are those of the set", () => {
    const mapping = { set: "faithful", told: { xa: "busy" }, seen: { idle: { show: "xa" } } } as const;
    const dialect = dialectWith("microsoft", { domain: "contoso.example", mapping });
    assert.deepEqual([dialect.mapping.told.xa, dialect.mapping.told.away], ["busy", "away"]);
    assert.deepEqual(dialect.mapping.seen.idle, { show: "xa" });
    assert.deepEqual(dialect.mapping.seen.busy, { show: "dnd" });
  });
});
