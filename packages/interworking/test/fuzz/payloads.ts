import assert from "node:assert/strict";
import { dialects } from "@interpres/federation";
import { parseMediaType } from "@interpres/sip";
import { type BareJid, parseBareJid } from "@interpres/xmpp";
import { type Element, el, isXmlProblem, parseDocument, serializeElement, text } from "@interpres/xmpp/xml";
import { readCpim } from "../../src/payload/cpim.ts";
import { readDeliveryNotices } from "../../src/payload/delivery-notice.ts";
import { htmlToText } from "../../src/payload/html-text.ts";
import { htmlToXhtml } from "../../src/payload/html-xhtml.ts";
import { readImBody } from "../../src/payload/im-body.ts";
import { readImdn, requestIn, writeRequest } from "../../src/payload/imdn.ts";
import { readIsComposing } from "../../src/payload/is-composing.ts";
import { readKeyboardActivity } from "../../src/payload/keyboard-activity.ts";
import { cleanText } from "../../src/payload/plain-text.ts";
import { isPresenceProblem, readPresenceDocument } from "../../src/payload/presence-document.ts";
import { rtfToText } from "../../src/payload/rtf-text.ts";
import { readSdp } from "../../src/payload/sdp.ts";
import { presenceOf, stateOfDocument } from "../../src/presence/pidf-to-presence.ts";
import { presenceDocument } from "../../src/presence/presence-to-pidf.ts";

const LF = 0x0a;
/** Longer texts are only looked at, so that what is measured is their reader. */
const LONGEST_CARRIED = 4096;
const LONGEST_MARKUP = 32_768;
const contact = jid("bob@contoso.example");
const user = jid("alice@example.com");

/** A Content-Type in the first line, the body behind it: read as what it says it is, and by every reader there is. */
export function fuzzPayloads(input: Buffer): void {
  const end = input.indexOf(LF);
  const mediaType = parseMediaType(input.toString("latin1", 0, Math.max(0, end)));
  const body = input.subarray(end + 1);
  if (!("reason" in mediaType)) checkImBody(mediaType, body);
  checkPresence(body);
  checkCpim(body);
  for (const read of [readSdp, readIsComposing, readKeyboardActivity, readImdn, readDeliveryNotices]) read(body);
  const html = cleanText(body.toString("utf8"));
  checkText(htmlToText(html), body.length);
  checkMarkup(htmlToXhtml(html));
  checkText(rtfToText(body.toString("latin1")), body.length);
}

function checkImBody(mediaType: Parameters<typeof readImBody>[0], body: Buffer): void {
  const read = readImBody(mediaType, body);
  // What is decoded from UTF-7, or one octet a character, may have more octets, but never more characters.
  if (read.kind !== "text") return;
  checkText(read.text, body.length);
  checkMarkup(read.xhtml);
}

/** What a sender asks to be told of is still asked for when we pass it on. */
function checkCpim(body: Buffer): void {
  const message = readCpim(body);
  const request = message === undefined ? undefined : requestIn(message);
  if (request === undefined) return;
  const again = readCpim(Buffer.from(writeRequest({ from: "sip:a@b.example", to: "sip:c@d.example" }, request, "x")));
  assert.ok(again !== undefined);
  const { messageId, wants } = requestIn(again) ?? {};
  assert.deepEqual({ messageId, wants }, { messageId: request.messageId, wants: request.wants });
}

function checkMarkup(xhtml: Element | undefined): void {
  if (xhtml === undefined) return;
  const written = serializeElement(xhtml);
  assert.ok(written.length > LONGEST_MARKUP || !isXmlProblem(parseDocument(written)), written);
}

/** Goes to a client as it is: XML carries it, and it is no longer than what came. */
function checkText(body: string, octets: number): void {
  assert.ok(body.length <= octets, "text longer than its body");
  assert.ok(cleanText(body) === body, "what XML does not carry");
  if (body.length > LONGEST_CARRIED) return;
  const carried = parseDocument(serializeElement(el("body", "jabber:client", {}, body)));
  assert.ok(!isXmlProblem(carried), "no XML");
  assert.equal(text(carried), body);
}

/** What a foreign document says reaches a client as a stanza, and the same told on to others is a document again. */
function checkPresence(body: Buffer): void {
  const document = readPresenceDocument(body);
  if (isPresenceProblem(document)) return;
  for (const dialect of Object.values(dialects)) {
    const state = stateOfDocument(document, { dialect, lang: undefined });
    for (const resource of state.resources) {
      const { element } = presenceOf(contact, user, resource);
      assert.ok(!isXmlProblem(parseDocument(serializeElement(element))), "no stanza");
    }
    const told = presenceDocument({ dialect, uri: "sip:bob@contoso.example", contactUri: "sip:b@c.example", state });
    const again = readPresenceDocument(Buffer.from(told));
    assert.ok(!isPresenceProblem(again), told);
    const isOpen = again.tuples.some(({ basic }) => basic === "open");
    assert.equal(isOpen, state.resources.length > 0, told);
  }
}

function jid(address: string): BareJid {
  const parsed = parseBareJid(address);
  assert.ok(parsed !== undefined);
  return parsed;
}
