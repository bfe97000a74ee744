import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { StreamFramer } from "@interpres/sip";

/** Class 26: nobody and nothing between us may see other messages in a stream than we do. */

const INNER =
  "BYE sip:victim@example.com SIP/2.0\r\nVia: SIP/2.0/TCP x;branch=z9hG4bKinner\r\nContent-Length: 0\r\n\r\n";

function message(lengthLines: readonly string[], body = ""): string {
  const lines = ["MESSAGE sip:bob@example.com SIP/2.0", "Via: SIP/2.0/TCP x;branch=z9hG4bKouter", ...lengthLines];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

/** What is heard of octets: the method of each message, "problem" for what is none, "fatal" where the stream ends. */
function heard(text: string, chunk: number): readonly string[] {
  const events: string[] = [];
  const framer = new StreamFramer({
    message: (found) => events.push(found.kind === "request" ? found.method : "problem"),
    ping: () => events.push("ping"),
    fatal: () => events.push("fatal"),
  });
  const octets = Buffer.from(text, "latin1");
  for (let at = 0; at < octets.length; at += chunk) framer.push(octets.subarray(at, at + chunk));
  return events;
}

const bodyLength = `${INNER.length}`;
const rows: readonly (readonly [what: string, text: string, events: readonly string[]])[] = [
  ["a body that holds a whole request", message([`Content-Length: ${bodyLength}`], INNER), ["MESSAGE"]],
  ["two lengths that differ", message(["Content-Length: 0", `Content-Length: ${bodyLength}`], INNER), ["fatal"]],
  ["the same the other way round", message([`Content-Length: ${bodyLength}`, "Content-Length: 0"], INNER), ["fatal"]],
  [
    "long and compact name with different lengths",
    message([`Content-Length: ${bodyLength}`, "l: 0"], INNER),
    ["fatal"],
  ],
  ["a negative length", message(["Content-Length: -1"], INNER), ["fatal"]],
  ["a length with a sign", message(["Content-Length: +0"], INNER), ["fatal"]],
  ["a length in hexadecimal", message(["Content-Length: 0x0"], INNER), ["fatal"]],
  ["a length with a point", message(["Content-Length: 0.0"], INNER), ["fatal"]],
  ["a list of lengths", message([`Content-Length: 0, ${bodyLength}`], INNER), ["fatal"]],
  ["no length", message([], INNER), ["fatal"]],
  ["an empty length", message(["Content-Length:"], INNER), ["fatal"]],
  ["a length of another alphabet", message(["Content-Length: \u00b9"], INNER), ["fatal"]],
  ["a length beyond all measure", message([`Content-Length: ${"9".repeat(30)}`], INNER), ["fatal"]],
  ["a blank before the colon is no other header", message([`Content-Length : ${bodyLength}`], INNER), ["MESSAGE"]],
  ["a folded length is the same length", message([`Content-Length:\r\n ${bodyLength}`], INNER), ["MESSAGE"]],
  ["the name in another case", message([`cONTENT-lENGTH: ${bodyLength}`], INNER), ["MESSAGE"]],
  [
    "a length in another header's folded line",
    message(["Subject: x\r\n Content-Length: 0", `l: ${bodyLength}`], INNER),
    ["MESSAGE"],
  ],
  ["two in one go", message(["l: 2"], "hi") + message(["l: 0"]), ["MESSAGE", "MESSAGE"]],
  ["line ends between messages", `${message(["l: 0"])}\r\n\r\n${message(["l: 0"])}`, ["MESSAGE", "ping", "MESSAGE"]],
];

describe("framing of streams (attack class 26)", () => {
  for (const [what, text, events] of rows) {
    for (const chunk of [1, 7, 100_000])
      test(`${what}, ${chunk} octets at a time`, () => assert.deepEqual(heard(text, chunk), events));
  }

  test("bare line feeds never end a header: what they separate is one", () => {
    const smuggled = message(
      ["Subject: x\nContent-Length: 0\n\nBYE sip:victim@example.com SIP/2.0", `l: ${bodyLength}`],
      INNER,
    );
    assert.ok(!heard(smuggled, 100_000).includes("BYE"));
  });
});
