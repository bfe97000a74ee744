import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { serializeElement } from "@interpres/xmpp/xml";
import { htmlToXhtml } from "./html-xhtml.ts";

function xhtml(html: string): string | undefined {
  const found = htmlToXhtml(html);
  const text = found === undefined ? undefined : serializeElement(found, "jabber:client");
  return text === undefined
    ? undefined
    : /<body xmlns='http:..www.w3.org.1999.xhtml'>(.*)<.body><.html>$/s.exec(text)?.[1];
}

describe("HTML bodies as XHTML-IM (RFC 7572 §7, XEP-0071's recommended profile)", () => {
  const rows: readonly (readonly [rule: string, html: string, is: string | undefined])[] = [
    [
      "bold and the like are styled spans",
      "a <b>b</b> <I>c</I>",
      "a <span style='font-weight: bold'>b</span> <span style='font-style: italic'>c</span>",
    ],
    [
      "only styles that clients show are kept",
      '<SPAN lang="en" style="color:#ff0000; position: fixed; background: url(x)">x</SPAN>',
      "<span style='color: #ff0000'>x</span>",
    ],
    [
      "a font is a span",
      '<font color="red" face="Segoe UI" size=7>x</font>',
      "<span style='color: red; font-family: Segoe UI'>x</span>",
    ],
    [
      "links of people lead on",
      '<a href="https://x.example/?a=1&amp;b" onclick="y()">x</a>',
      "<a href='https://x.example/?a=1&amp;amp;b'>x</a>",
    ],
    [
      "other links are text",
      '<b>a</b><a href="javascript:alert(1)">x</a>',
      "<span style='font-weight: bold'>a</span>x",
    ],
    [
      "scripts, styles and heads are gone",
      "<head><title>t</title></head><b>x</b><script>alert(1)</script><style>*{}</style>",
      "<span style='font-weight: bold'>x</span>",
    ],
    ["lists, and what is left open is closed", "<ul><li>a<li>b</ul>c", "<ul><li>a<li>b</li></li></ul>c"],
    [
      "a paragraph ends the one before it",
      '<div style="text-align:left">a<p>b</div>c',
      "<p style='text-align: left'>a</p><p>b</p>c",
    ],
    [
      "unknown elements leave their content",
      "<marquee><b>x</b></marquee><img src=http://x.example/beacon>",
      "<span style='font-weight: bold'>x</span>",
    ],
    ["nothing marked up is nothing", "a <p>b</p><br>c", undefined],
    ["text stays text", "<b>a &lt;b&gt; < c</b>", "<span style='font-weight: bold'>a &lt;b&gt; &lt; c</span>"],
  ];
  for (const [rule, html, is] of rows) test(rule, () => assert.equal(xhtml(html), is));

  test("hostile markup ends: depth, number and length have bounds", () => {
    assert.ok(JSON.stringify(htmlToXhtml("<b>".repeat(400))).length < 20_000);
    assert.equal(htmlToXhtml("<b>x</b>".repeat(10_000)), undefined);
    for (const piece of ["<", "<b ", "<a href='", "</b>", "<p>"]) htmlToXhtml(piece.repeat(1_000_000 / piece.length));
  });
});
