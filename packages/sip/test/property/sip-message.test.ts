import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  buildRequest,
  buildResponse,
  checkMandatory,
  decodeUtf8,
  escapeUser,
  MalformedMessageError,
  MessageProblem,
  parseMessage,
  parseNameAddr,
  parseSipUri,
  parseVia,
  quote,
  SipUri,
  serialize,
  unescapeUri,
  unquote,
  uriEquals,
} from "../../src/index.ts";
import { framed, readEverything } from "../read-everything.ts";

const folder = join(import.meta.dirname, "../wire/rfc4475");
const torture = readdirSync(folder)
  .filter((name) => name.endsWith(".dat"))
  .map((name) => readFileSync(join(folder, name)));

const token = fc.string({ unit: fc.constantFrom(..."abcXYZ019-.!%*_+`'~"), minLength: 1, maxLength: 12 });
/** Visible octets, UTF-8 among them, that neither begin nor end with a blank. */
const value = fc
  .string({ unit: fc.constantFrom(...'aZ09 ,;:=<>@"\\()[]?/\t\xc3\xa9\xff'), maxLength: 40 })
  .map((text) => text.trim());
const name = fc.oneof(token, fc.constantFrom("Subject", "Supported", "k", "__proto__", "constructor", "X-A"));
const fields = fc.array(fc.tuple(name, value), { maxLength: 12 });
const body = fc.uint8Array({ maxLength: 60 });
const request = fc.record({
  method: token,
  requestUri: fc.constantFrom("sip:a@b", "tel:+1;x=y"),
  headers: fields,
  body,
});

/** Octets near to real ones: pieces of torture messages, some of them changed. */
const mutated = fc
  .record({
    base: fc.constantFrom(...torture),
    edits: fc.array(
      fc.record({
        at: fc.nat(4000),
        octets: fc.oneof(fc.uint8Array({ maxLength: 4 }), fc.constantFrom(...snippets())),
        cut: fc.nat(6),
      }),
      {
        maxLength: 8,
      },
    ),
  })
  .map(({ base, edits }) => {
    let octets = base;
    for (const { at, octets: inserted, cut } of edits) {
      const from = at % (octets.length + 1);
      octets = Buffer.concat([octets.subarray(0, from), inserted, octets.subarray(from + cut)]);
    }
    return octets;
  });

function snippets(): Buffer[] {
  const texts = [
    "\r\n",
    "\r",
    "\n",
    "\r\n ",
    "\r\n\r\n",
    '"',
    "<",
    ">",
    ";",
    ",",
    ":",
    "\\",
    "[",
    "]",
    "%",
    "Via: ",
    "l: 3\r\n",
    "\0",
    "\xff",
    "sip:",
    "=",
  ];
  return texts.map((text) => Buffer.from(text, "latin1"));
}

describe("messages, whatever they hold", () => {
  test("parse after serialize gives the same message and the same octets", () => {
    fc.assert(
      fc.property(request, (parts) => {
        const octets = serialize(buildRequest(withoutLength(parts)));
        const again = parseMessage(octets, "stream");
        assert.ok(again.kind === "request");
        assert.equal(again.method, parts.method);
        assert.equal(again.requestUri, parts.requestUri);
        assert.deepEqual(again.headers.entries().slice(0, -1), withoutLength(parts).headers);
        assert.equal(Buffer.compare(again.body, parts.body), 0);
        assert.equal(serialize(again).compare(octets), 0);
      }),
    );
  });

  test("an edit that changes nothing changes no octet", () => {
    for (const octets of torture) {
      const message = parseMessage(octets, "datagram");
      if (message instanceof MessageProblem || message.first("Content-Length") === undefined) continue;
      const sent = serialize(message.with({}));
      const hadLength = /\r\n(content-length|l)\s*:/i.test(octets.toString("latin1"));
      if (hadLength) assert.equal(sent.compare(octets.subarray(0, sent.length)), 0);
    }
  });

  test("no octets make the parser throw, nor the accessors after checkMandatory", () => {
    fc.assert(
      fc.property(
        fc.oneof(mutated, fc.uint8Array({ maxLength: 300 })),
        fc.constantFrom("datagram" as const, "stream" as const),
        (octets, framing) => {
          const message = parseMessage(octets, framing);
          if (message instanceof MessageProblem) {
            if (message.message !== undefined)
              assert.ok(serialize(buildResponse(message.message, message.status, { toTag: "t" })));
            return;
          }
          const found = checkMandatory(message);
          if (found === undefined) readEverything(message);
          const target = found?.message ?? (message.kind === "request" ? message : undefined);
          if (target === undefined) return;
          const answer = parseMessage(serialize(buildResponse(target, 400, { toTag: "t" })), "stream");
          assert.equal(answer.kind, "response");
        },
      ),
      { numRuns: 1500 },
    );
  });

  test("accessors throw MalformedMessageError and nothing else", () => {
    fc.assert(
      fc.property(mutated, (octets) => {
        const message = parseMessage(octets, "datagram");
        if (message instanceof MessageProblem) return;
        for (const read of [
          () => message.topVia,
          () => message.vias,
          () => message.from,
          () => message.to,
          () => message.contacts,
          () => message.cseq,
        ]) {
          try {
            read();
          } catch (error) {
            assert.ok(error instanceof MalformedMessageError);
          }
        }
        assert.ok(message.readableTopVia !== null);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("values, whatever they hold", () => {
  const any = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    value,
    fc.string({ unit: fc.constantFrom(...'sip:a@<>;=",[]?&% \r\n'), maxLength: 30 }),
  );

  test("parsers of one value never throw", () => {
    fc.assert(
      fc.property(any, (text) => {
        for (const parse of [parseNameAddr, parseVia, parseSipUri]) assert.equal(typeof parse(text), "object");
      }),
      { numRuns: 1500 },
    );
  });

  test("every name that can be quoted is read again", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 30 }), (text) => {
        const address = parseNameAddr(`${quote(text)} <sip:a@b>;tag=1`);
        assert.ok("displayName" in address);
        assert.equal(address.displayName, decodeUtf8(unquote(quote(text))));
        assert.equal(address.tag, "1");
      }),
    );
  });

  test("every user that can be escaped is read again, and equals itself", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }), (text) => {
        const uri = parseSipUri(`sip:${escapeUser(text)}@b`);
        assert.ok(uri instanceof SipUri);
        assert.equal(unescapeUri(uri.user ?? ""), text);
        assert.ok(uriEquals(uri, uri));
      }),
    );
  });
});

describe("streams", () => {
  test("any cutting into chunks frames the same", () => {
    const stream = fc.array(
      fc.oneof(
        request.map((parts) => serialize(buildRequest(withoutLength(parts)))),
        fc.constantFrom("\r\n", "\r\n\r\n", "\n").map((text) => Buffer.from(text)),
        mutated,
      ),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(
        stream,
        fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 20 }),
        (pieces, sizes) => {
          const octets = Buffer.concat(pieces);
          assert.deepEqual(framed(octets, sizes), framed(octets, [octets.length + 1]));
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** Content-Length is the builder's own. */
function withoutLength<T extends { readonly headers: readonly (readonly [string, string])[] }>(parts: T): T {
  return { ...parts, headers: parts.headers.filter(([key]) => !/^(l|content-length)$/i.test(key)) };
}
