import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BareJid } from "../address/jid.ts";
import { AwaitedAnswers } from "./awaited-answers.ts";

const [bob, eve] = [new BareJid("bob", "x.example"), new BareJid("eve", "x.example")];

describe("awaited answers", () => {
  test("one answer to each request, from who was asked", () => {
    const awaited = new AwaitedAnswers();
    awaited.asked("1", bob);
    assert.equal(awaited.answered("1", eve), false);
    assert.equal(awaited.answered("1", bob), true);
    assert.equal(awaited.answered("1", bob), false);
  });

  test("one id may serve several requests at once", () => {
    const awaited = new AwaitedAnswers();
    for (const jid of [bob, eve]) awaited.asked("1", jid);
    assert.deepEqual(
      [awaited.answered("1", eve), awaited.answered("1", bob), awaited.answered("1", bob)],
      [true, true, false],
    );
  });

  test("the oldest is forgotten beyond the bound", () => {
    const awaited = new AwaitedAnswers();
    for (let n = 0; n <= 256; n += 1) awaited.asked(String(n), bob);
    assert.equal(awaited.answered("0", bob), false);
    assert.equal(awaited.answered("256", bob), true);
  });
});
