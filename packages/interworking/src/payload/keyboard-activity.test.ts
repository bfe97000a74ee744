import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readKeyboardActivity, writeKeyboardActivity } from "./keyboard-activity.ts";

describe("typing notices in INFO", () => {
  const rows: readonly [string, unknown][] = [
    [
      '<?xml version="1.0"?><KeyboardActivity> <status status="type" /></KeyboardActivity>',
      { state: "active", refreshSeconds: 10 },
    ],
    ['<KeyboardActivity>\r\n<status status="idle"/></KeyboardActivity>', { state: "idle" }],
    [
      '<keyboardactivity xmlns="urn:x"><Status status="TYPE"/></keyboardactivity>',
      { state: "active", refreshSeconds: 10 },
    ],
    ['<action id="0"/>', undefined],
    ["<!DOCTYPE KeyboardActivity><KeyboardActivity/>", undefined],
  ];
  for (const [xml, is] of rows) test(xml, () => assert.deepEqual(readKeyboardActivity(Buffer.from(xml)), is));

  test("ours has no namespace", () => {
    const xml = writeKeyboardActivity("active");
    assert.equal(
      xml,
      '<?xml version="1.0" encoding="UTF-8"?>\n<KeyboardActivity><status status="type"/></KeyboardActivity>\n',
    );
    assert.deepEqual(readKeyboardActivity(Buffer.from(writeKeyboardActivity("idle"))), { state: "idle" });
  });
});
