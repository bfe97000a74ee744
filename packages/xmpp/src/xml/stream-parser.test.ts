import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { defaultXmlLimits, XmlStreamParser } from "./index.ts";

const OPEN = "<s:stream xmlns='jabber:client' xmlns:s='http://etherx.jabber.org/streams'>";

/** What a parser tells of a stream, in its order; `stopAt` is an element after which its reader wants no more. */
function told(chunks: readonly string[], stopAt = ""): readonly string[] {
  const heard: string[] = [];
  const parser = new XmlStreamParser(
    {
      opened: () => undefined,
      element: ({ name }) => {
        heard.push(name);
        if (name === stopAt) parser.stop();
      },
      closed: () => heard.push("closed"),
      failed: (fault) => heard.push(fault),
    },
    defaultXmlLimits,
  );
  for (const chunk of [OPEN, ...chunks]) parser.push(Buffer.from(chunk));
  return heard;
}

describe("end tags of a stream (RFC 6120 §4.9.3.13, §11)", () => {
  for (const { what, text, heard } of [
    {
      what: "of a stanza, by the wrong name: it is not handed over",
      text: "<message></presence>",
      heard: ["not-well-formed"],
    },
    { what: "of an element in it: nor then", text: "<message><body></message>", heard: ["not-well-formed"] },
    { what: "of the stream, by another name: it has not ended", text: "</stream>", heard: ["not-well-formed"] },
    { what: "one too many: what came before counts", text: "<message/></iq>", heard: ["message", "not-well-formed"] },
    { what: "then what is no XML: what came before counts", text: "<iq/><a b>", heard: ["iq", "not-well-formed"] },
    { what: "all in order", text: "<iq/> <message>x</message></s:stream>", heard: ["iq", "message", "closed"] },
  ]) {
    test(what, () => assert.deepEqual(told([text]), heard));
    test(`${what} (in single octets)`, () => assert.deepEqual(told([...text]), heard));
  }

  test("a reader that has had enough gets nothing more of the chunk in hand", () => {
    assert.deepEqual(told(["<starttls/><auth/></wrong>"], "starttls"), ["starttls"]);
  });
});
