import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseMediaType } from "@interpres/sip";
import { serializeElement } from "@interpres/xmpp/xml";
import { readImBody } from "./im-body.ts";

function read(type: string, body: string): unknown {
  const mediaType = parseMediaType(type);
  assert.ok(!("kind" in mediaType));
  const found = readImBody(mediaType, Buffer.from(body));
  if (found.kind !== "text" || found.xhtml === undefined) return found;
  return { ...found, xhtml: /<body [^>]*>(.*)<.body>/s.exec(serializeElement(found.xhtml, "jabber:client"))?.[1] };
}

const alternative = [
  "--b1",
  "Content-Type: text/html; charset=UTF-8",
  "",
  "<b>marked up</b>",
  "--b1",
  "Content-Type: text/plain; charset=UTF-8",
  "",
  "hello",
  "--b1--",
  "",
].join("\r\n");

describe("MESSAGE bodies", () => {
  const rows: readonly { readonly rule: string; readonly type: string; readonly body: string; readonly is: unknown }[] =
    [
      {
        rule: "text/plain is the text, line ends made one (RFC 7572 §7)",
        type: "text/plain; charset=UTF-8; msgr=WAAtAE0A",
        body: "a\r\nbé",
        is: { kind: "text", text: "a\nbé" },
      },
      {
        rule: "characters XML cannot carry are left out",
        type: "text/plain",
        body: "a\u0000b\u0007c\ufffe",
        is: { kind: "text", text: "abc" },
      },
      {
        rule: "markup in plain text stays text",
        type: "text/plain",
        body: "]]><body>&amp;",
        is: { kind: "text", text: "]]><body>&amp;" },
      },
      {
        rule: "text/html as a Lync client sends it",
        type: "text/html; charset=UTF-8",
        body: '<SPAN lang="en-us" style="color:#000000; font-family:Segoe UI;">one &lt;two&gt;<BR>three\r\n four</SPAN>',
        is: {
          kind: "text",
          text: "one <two>\nthree four",
          xhtml: "<span style='color: #000000; font-family: Segoe UI'>one &lt;two&gt;<br/>three four</span>",
        },
      },
      {
        rule: "of alternatives the plain one",
        type: "multipart/alternative; boundary=b1",
        body: alternative,
        is: { kind: "text", text: "hello", xhtml: "<span style='font-weight: bold'>marked up</span>" },
      },
      {
        rule: "a quoted boundary",
        type: 'multipart/alternative; boundary="b1"',
        body: `preamble\r\n${alternative}`,
        is: { kind: "text", text: "hello", xhtml: "<span style='font-weight: bold'>marked up</span>" },
      },
      {
        rule: "text/rtf",
        type: "text/rtf",
        body: "{\\rtf1\\ansi{\\fonttbl{\\f0 Segoe UI;}}{\\colortbl;\\red0;}{\\*\\generator x;}\\f0\\fs20 caf\\'e9 \\u8364? \\{ok\\}\\par next}",
        is: { kind: "text", text: "café € {ok}\nnext" },
      },
      {
        rule: "message/cpim (RFC 3862 §2)",
        type: "message/cpim",
        body: "From: <im:a@x>\r\nTo: <im:b@y>\r\n\r\nContent-type: text/plain\r\n\r\nwrapped",
        is: { kind: "text", text: "wrapped" },
      },
      {
        rule: "isComposing inside MESSAGE (RFC 3994 §4)",
        type: "application/im-iscomposing+xml",
        body: '<?xml version="1.0"?><isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>active</state><refresh>90</refresh></isComposing>',
        is: { kind: "composing", composing: { state: "active", refreshSeconds: 90 } },
      },
      {
        rule: "an unknown state is idle (RFC 3994 §3.5)",
        type: "application/im-iscomposing+xml",
        body: '<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>thinking</state></isComposing>',
        is: { kind: "composing", composing: { state: "idle" } },
      },
      { rule: "a picture", type: "image/gif", body: "GIF89a", is: { kind: "unsupported", type: "image/gif" } },
      {
        rule: "a file offered as LCS does",
        type: "text/x-msmsgsinvite; charset=UTF-8",
        body: "Application-Name: File Transfer\r\nInvitation-Command: INVITE\r\nInvitation-Cookie: 4711\r\n",
        is: {
          kind: "file",
          decline: "Invitation-Command: CANCEL\r\nInvitation-Cookie: 4711\r\nCancel-Code: REJECT\r\n",
        },
      },
      {
        rule: "other talk about a file",
        type: "text/x-msmsgsinvite",
        body: "Invitation-Command: CANCEL\r\nInvitation-Cookie: 4711\r\n",
        is: { kind: "file", decline: undefined },
      },
      {
        rule: "an offer whose cookie is none",
        type: "text/x-msmsgsinvite",
        body: "Invitation-Command: INVITE\r\nInvitation-Cookie: a b<c>\r\n",
        is: { kind: "file", decline: undefined },
      },
      {
        rule: "multipart without boundary",
        type: "multipart/alternative",
        body: alternative,
        is: { kind: "unsupported", type: "multipart/alternative" },
      },
      {
        rule: "a DTD is refused",
        type: "application/im-iscomposing+xml",
        body: '<!DOCTYPE x [<!ENTITY e "active">]><isComposing><state>&e;</state></isComposing>',
        is: { kind: "unsupported", type: "application/im-iscomposing+xml" },
      },
    ];
  for (const { rule, type, body, is } of rows) {
    test(rule, () => assert.deepEqual(read(type, body), is));
  }

  test("nesting ends", () => {
    let body = "deep";
    let type = "text/plain";
    for (let level = 0; level < 20; level += 1) {
      body = `--x${level}\r\nContent-Type: ${type}\r\n\r\n${body}\r\n--x${level}--\r\n`;
      type = `multipart/mixed; boundary=x${level}`;
    }
    assert.deepEqual(read(type, body), { kind: "unsupported", type: "multipart/mixed" });
  });

  test("long hostile markup ends, which in quadratic time it would not", () => {
    for (const [type, octets] of [
      ["text/html", "<"],
      ["text/html", "<script>"],
      ["text/rtf", "{"],
      ["text/html", "&"],
    ] as const)
      read(type, octets.repeat(2_000_000 / octets.length));
  });
});
