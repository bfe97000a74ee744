import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isXmlProblem, parseDocument } from "@interpres/xmpp/xml";
import { type DocumentFormat, formatFor, presenceDocument } from "./edge-documents.ts";
import { embeddedText, textBody } from "./edge-texts.ts";

const ENTITY = "sip:bob@contoso.example";

describe("presence documents of a Microsoft server", () => {
  test("the first format of its order that is accepted is sent (MS-PRES 1.3.3)", () => {
    const [categories, msrtc, pidf, xpidf] = [
      "application/msrtc-event-categories+xml",
      "text/xml+msrtc.pidf",
      "application/pidf+xml",
      "application/xpidf+xml",
    ];
    assert.equal(formatFor([pidf, msrtc, categories]), "categories");
    assert.equal(formatFor([xpidf, pidf, msrtc]), "msrtc-pidf");
    assert.equal(formatFor([xpidf, `${pidf};q=0.5`]), "pidf");
    assert.equal(formatFor([xpidf]), "xpidf");
    assert.equal(formatFor([]), "pidf");
    assert.equal(formatFor(["application/rlmi+xml"]), undefined);
  });

  for (const format of ["pidf", "utf-16", "categories", "msrtc-pidf", "xpidf"] as const satisfies DocumentFormat[])
    for (const state of ["available", "busy", "away", "idle", "offline"] as const)
      test(`${format} of ${state} is XML`, () => {
        assert.ok(!isXmlProblem(parseDocument(presenceDocument(`${ENTITY}&"<`, state, format).body)));
      });

  test("idle is not told to a foreign watcher, busy and away are", () => {
    assert.doesNotMatch(presenceDocument(ENTITY, "idle", "pidf").body, /activity/);
    assert.match(presenceDocument(ENTITY, "busy", "pidf").body, /<basic>open<.*>busy</);
    assert.match(presenceDocument(ENTITY, "offline", "pidf").body, /<basic>closed</);
  });
});

describe("texts of a Microsoft client", () => {
  test("markup and backslashes are escaped, line ends are elements", () => {
    assert.match(textBody("a < b\n\\c", "html").body, />a &lt; b<BR>\\c<\/SPAN>$/);
    assert.match(textBody("a\\b{é😀", "rtf").body, /a\\\\b\\\{\\u233\?\\u-10179\?\\u-8704\?/);
  });

  test("the font is told as published examples show", () => {
    assert.match(textBody("x", "msgr").type, /msgr=WAAtAE0ATQBTAC0ASQBNAC0ARgBvAHIAbQBhAHQA/);
  });

  test("the INVITE carries the text in base64, and each rich format", () => {
    const [plain = "", ...rich] = embeddedText("hello");
    assert.match(plain, /^ms-text-format: text\/plain; charset=UTF-8; ms-body=aGVsbG8=$/);
    assert.deepEqual(
      rich.map((line) => line.slice(0, 24)),
      ["ms-im-format: text/html;", "ms-im-format: text/rtf; "],
    );
  });
});
