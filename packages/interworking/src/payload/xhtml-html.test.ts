import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isXmlProblem, parseDocument } from "@interpres/xmpp/xml";
import { xhtmlToHtml } from "./xhtml-html.ts";

function html(body: string): string | undefined {
  const parsed = parseDocument(
    Buffer.from(
      `<html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'>${body}</body></html>`,
    ),
  );
  assert.ok(!isXmlProblem(parsed));
  return xhtmlToHtml(parsed);
}

describe("XHTML-IM to HTML (XEP-0071 §7)", () => {
  const rows: readonly (readonly [rule: string, xhtml: string, html: string | undefined])[] = [
    ["emphasis stays", "a <strong>b</strong> <em>c</em>", "a <strong>b</strong> <em>c</em>"],
    ["a style of the profile stays", "<span style='color: red; top: 0'>x</span>", "<span style='color: red'>x</span>"],
    ["breaks and lists stay", "<ul><li>a<br/>b</li></ul>", "<ul><li>a<br/>b</li></ul>"],
    ["a link to a page stays", "<a href='https://x.example/?a=1'>x</a>", "<a href='https://x.example/?a=1'>x</a>"],
    ["a link that runs something is its text", "<p><a href='javascript:x()'>x</a></p>", "<p>x</p>"],
    ["a script is dropped whole", "<p>x<script>if (a &lt; b) c()</script></p>", "<p>x</p>"],
    ["text stays text", "<p>a &lt; b &amp; 'c'</p>", "<p>a &lt; b &amp; 'c'</p>"],
    ["handlers are dropped", "<p onclick='x()' class='y'>z</p>", "<p>z</p>"],
    ["a picture is its text", "<p>see <img src='cid:1' alt='a cat'/></p>", "<p>see a cat</p>"],
    ["what holds nothing is left out", "<p></p><p>x</p>", "<p>x</p>"],
    ["other vocabularies are dropped", "<p>x<y xmlns='urn:other'>z</y></p>", "<p>x</p>"],
    ["text without markup is none", "just text", undefined],
    ["more elements than a message holds are none", "<em>x</em>".repeat(501), undefined],
  ];
  for (const [rule, xhtml, expected] of rows) test(rule, () => assert.equal(html(xhtml), expected));

  test("markup within markup without end is cut off", () => {
    const deep = html(`${"<em>".repeat(40)}x${"</em>".repeat(40)}`);
    assert.equal(deep, undefined);
  });
});
