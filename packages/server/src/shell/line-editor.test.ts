import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { keysIn } from "./keys.ts";
import { drawn, type EditedLine, type EditorEffect, emptyLine, press } from "./line-editor.ts";

const HISTORY = ["show status", "quit"];

function typed(input: string, lines: "commands" | "answers" = "commands") {
  let state: EditedLine = emptyLine;
  const effects: EditorEffect[] = [];
  for (const key of keysIn(input).keys) {
    const step = press(state, key, { history: HISTORY, lines });
    state = step.state;
    effects.push(...step.effects.filter(({ kind }) => kind !== "draw"));
  }
  return { state, effects };
}

describe("line editing in the shell", () => {
  const entered = [
    { rule: "characters", input: "show\r", line: "show" },
    { rule: "a line feed ends a line too", input: "show\n", line: "show" },
    { rule: "backspace, also over a character of two units", input: "a😀\x7f\x7fb\r", line: "b" },
    { rule: "left and right", input: "ac\x1b[Db\x1b[Cd\r", line: "abcd" },
    { rule: "application cursor keys", input: "ac\x1bODb\r", line: "abc" },
    { rule: "home, end and delete", input: "xbc\x1b[H\x1b[3~a\x1b[Fd\r", line: "abcd" },
    { rule: "Ctrl-A and Ctrl-E", input: "b\x01a\x05c\r", line: "abc" },
    { rule: "Ctrl-U erases what stands before", input: "abc\x1b[D\x15\r", line: "c" },
    { rule: "Ctrl-K erases what stands behind", input: "abc\x1b[D\x0b\r", line: "ab" },
    { rule: "Ctrl-W erases a word", input: "show status now \x17\r", line: "show status " },
    { rule: "up is the last line of history", input: "\x1b[A\r", line: "quit" },
    { rule: "up twice, and no further than there is history", input: "\x1b[A\x1b[A\x1b[A\r", line: "show status" },
    { rule: "down brings the new line back", input: "new\x1b[A\x1b[A\x1b[B\x1b[B\r", line: "new" },
    { rule: "Ctrl-D behind the line does nothing", input: "abc\x04\r", line: "abc" },
    { rule: "unknown sequences are nothing", input: "a\x1b[15~\x1b[1;5Cb\x1bx\x00\r", line: "ab" },
  ];
  for (const { rule, input, line } of entered) {
    test(rule, () => {
      assert.deepEqual(typed(input).effects, [{ kind: "entered", line }]);
    });
  }

  test("Ctrl-C gives the line up, Ctrl-D on an empty line ends", () => {
    assert.deepEqual(typed("show\x03\x04").effects, [{ kind: "interrupted" }, { kind: "ended" }]);
  });

  test("Tab and ? ask for help in commands, and are nothing special in answers", () => {
    assert.deepEqual(typed("s\t?").effects, [{ kind: "complete" }, { kind: "hint" }]);
    assert.deepEqual(typed("?\t\r", "answers").effects, [{ kind: "entered", line: "?" }]);
  });

  test("a line has an end", () => {
    assert.equal(typed("x".repeat(5000)).state.before.length, 1024);
  });

  test("a sequence cut in two is put together again", () => {
    assert.deepEqual(keysIn("a\x1b["), { keys: [{ kind: "text", text: "a" }], rest: "\x1b[" });
    assert.deepEqual(keysIn("\x1b").rest, "\x1b");
  });

  test("a line is drawn in one row with the cursor in its place", () => {
    assert.equal(drawn("$ ", { ...emptyLine, before: "ab", after: "cd" }, 80), "\r$ abcd\x1b[K\x1b[2D");
    assert.equal(drawn("$ ", { ...emptyLine, before: "0123456789abcdef" }, 12), "\r$ 789abcdef\x1b[K");
  });
});
