import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseScript, ScriptError } from "./parse-script.ts";
import { parseStep, StepError } from "./parse-step.ts";

describe("steps of a script", () => {
  test("the last word takes the rest of the line, quotes off", () => {
    assert.deepEqual(parseStep(`say bob alice@example.com "Good  morning -> all"`), {
      name: "say",
      words: ["bob", "alice@example.com", "Good  morning -> all"],
    });
  });

  test("an arrow at the end names the status", () => {
    assert.deepEqual(parseStep("watch bob nobody@example.com -> 404"), {
      name: "watch",
      words: ["bob", "nobody@example.com"],
      status: 404,
    });
  });

  test("words that may be missing may be missing", () => {
    assert.deepEqual(parseStep("wait session").words, ["session"]);
    assert.deepEqual(parseStep("wait presence alice@example.com open").words, [
      "presence",
      "alice@example.com",
      "open",
    ]);
  });

  const wrong = [
    ["", /there is no step ""/],
    ["constructor", /there is no step "constructor"/],
    ["state bob dancing", /dancing is none of available/],
    ["state bob", /it is written: state USER available\|busy/],
    ["crash now", /it is written: crash$/],
    ["probe nothing bob alice@example.com", /nothing is none of all, options/],
    ["pause -1", /pause takes seconds/],
  ] as const;
  for (const [line, says] of wrong)
    test(`${JSON.stringify(line)} is refused`, () => {
      assert.throws(
        () => parseStep(line),
        (error) => error instanceof StepError && says.test(error.message),
      );
    });
});

describe("script", () => {
  test("is a list in YAML or JSON", () => {
    const steps = [
      { name: "crash", words: [] },
      { name: "pause", words: ["2"] },
    ];
    assert.deepEqual(parseScript("- crash\n- pause 2\n"), steps);
    assert.deepEqual(parseScript(`["crash", "pause 2"]`), steps);
  });

  const wrong = [
    ["steps: []", /a script is a list of steps/],
    ["[]", /a script is a list of steps/],
    ["- [", /flow sequence|Flow sequence/i],
    ["- say: bob", /\[0\]: a step is a line of text/],
    ["- crash\n- dance\n- jump", /\[1\]: there is no step "dance".*\n\[2\]: there is no step "jump"/],
  ] as const;
  for (const [text, says] of wrong)
    test(`${JSON.stringify(text)} is refused`, () => {
      assert.throws(
        () => parseScript(text),
        (error) => error instanceof ScriptError && says.test(error.message),
      );
    });
});
