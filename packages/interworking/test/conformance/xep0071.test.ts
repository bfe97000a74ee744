import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Dialect } from "@interpres/federation";
import { DialectBed } from "../fakes/dialect-bed.ts";
import { bodyText, rest, sessionDescription } from "../fakes/played-peer.ts";

const XHTML =
  "<html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'>" +
  "<p onclick='x()'>Good <strong>morning</strong></p></body></html>";
const HTML = "<p>Good <strong>morning</strong></p>";
const PLAIN = "Good morning";
const TAKES_HTML = sessionDescription().replace(/a=accept-types:.*\r\n/, "a=accept-types:text/plain text/html\r\n");
const TAKES_TEXT = sessionDescription().replace(/a=accept-types:.*\r\n/, "a=accept-types:text/plain\r\n");

/** Alice's words with their markup, and what of them reached the peer: the type of the body, and the body. */
async function sent(bed: DialectBed, more = ""): Promise<readonly (string | undefined)[]> {
  const words = `<body>${PLAIN}</body>${XHTML}${more}`;
  bed.alice.send(`<message type='chat' to='${bed.bob}' id='m1'>${words}</message>`);
  await rest();
  const message = bed.peer.last("MESSAGE");
  return [message.contentType?.type, bodyText(message)];
}

describe("XHTML-IM of our users towards SIP (XEP-0071)", () => {
  const sessions: readonly (readonly [string, Partial<Dialect>, string, string, string])[] = [
    ["as HTML where the domain and the session take it", { richText: "html" }, TAKES_HTML, "text/html", HTML],
    ["as text in a session that takes no HTML", { richText: "html" }, TAKES_TEXT, "text/plain", PLAIN],
    ["as text where the domain does not", {}, TAKES_HTML, "text/plain", PLAIN],
    ["as text where HTML is too long", { richText: "html", maxMessageBytes: 30 }, TAKES_HTML, "text/plain", PLAIN],
  ];
  for (const [rule, override, body, ...expected] of sessions)
    test(`goes ${rule}`, async () => {
      const bed = await DialectBed.start("microsoft", override);
      await bed.talk({ body });
      assert.deepEqual(await sent(bed), expected);
    });

  test("a session that we begin goes by what the answer takes", async () => {
    const bed = await DialectBed.start("microsoft", { richText: "html" });
    assert.deepEqual(await sent(bed), ["text/html", HTML]);
  });

  const pages: readonly (readonly [string, Partial<Dialect>, string, string])[] = [
    ["as HTML where the domain takes it", { richText: "html" }, "text/html", HTML],
    ["as text where it does not", {}, "text/plain", PLAIN],
  ];
  for (const [rule, override, ...expected] of pages)
    test(`goes in pages ${rule}`, async () => {
      const bed = await DialectBed.start("standard", override);
      assert.deepEqual(await sent(bed), expected);
    });

  test("a page that would be too long with its markup goes without", async () => {
    const bed = await DialectBed.start("standard", { richText: "html", pageRequestBytes: 1000 });
    const styled = `<span style='font-family: ${"a".repeat(100)}'>x</span>`.repeat(8);
    const xhtml = XHTML.replace("<p onclick", `${styled}<p onclick`);
    bed.alice.send(`<message type='chat' to='${bed.bob}' id='m1'><body>${PLAIN}</body>${xhtml}</message>`);
    await rest();
    assert.equal(bodyText(bed.peer.last("MESSAGE")), PLAIN);
  });

  test("a wish to hear of it counts more than its markup", async () => {
    const bed = await DialectBed.start("standard", { richText: "html", receipts: "imdn" });
    const [type] = await sent(bed, "<request xmlns='urn:xmpp:receipts'/>");
    assert.equal(type, "message/cpim");
  });
});
