import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Element, el, isXmlProblem, parseDocument, serializeElement, text } from "../../src/xml/index.ts";
import { hostileFile, parseInStream, skipWithoutHostileData } from "../hostile-data.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: what XML 1.0 cannot carry
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
const xmlText = fc.string({ unit: "grapheme" }).filter((value) => !NOT_XML.test(value) && value.isWellFormed());
const name = fc.constantFrom("message", "body", "x", "constructor", "__proto__", "hasOwnProperty");
const namespace = fc.constantFrom("jabber:client", "urn:x", "", "a&b'c");
const key = fc.constantFrom("id", "to", "xml:lang", "__proto__", "constructor", "{urn:y}z");

const { tree } = fc.letrec<{ tree: Element }>((tie) => ({
  tree: fc
    .tuple(
      name,
      namespace,
      fc.array(fc.tuple(key, xmlText), { maxLength: 3 }),
      fc.array(fc.oneof({ maxDepth: 4 }, xmlText, tie("tree")), { maxLength: 3 }),
    )
    .map(([local, space, attributes, children]) => ({
      name: local,
      namespace: space,
      attributes: new Map(attributes),
      children: joined(children),
    })),
}));

describe("elements and their text", () => {
  test("parse after serialize gives the same element", () => {
    fc.assert(
      fc.property(tree, (element) => {
        const parsed = parseDocument(serializeElement(element));
        assert.ok(!isXmlProblem(parsed), serializeElement(element));
        assert.deepEqual(plain(parsed), plain(element));
      }),
      { numRuns: 300 },
    );
  });

  test("any string at all comes out as XML, and parses again", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (anything) => {
        const parsed = parseDocument(serializeElement(el("body", "u:x", { id: anything }, anything)));
        assert.ok(!isXmlProblem(parsed));
      }),
      { numRuns: 300 },
    );
  });

  test("any chunking gives the same stanzas", () => {
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 3 }), fc.integer({ min: 1, max: 40 }), (trees, chunk) => {
        const octets = Buffer.from(trees.map((element) => serializeElement(element, "jabber:client")).join(" "));
        const whole = parseInStream(octets);
        assert.equal(whole.fault, undefined);
        assert.deepEqual(parseInStream(octets, chunk).elements.map(plain), whole.elements.map(plain));
        assert.deepEqual(whole.elements.map(plain), trees.map(plain));
      }),
      { numRuns: 200 },
    );
  });

  test("any octets at all end in elements or a fault, the same for any chunking", () => {
    const piece = fc.constantFrom(
      "<",
      ">",
      "</",
      "/>",
      "<![CDATA[",
      "]]>",
      "<!--",
      "<?",
      "?>",
      "'",
      '"',
      "&",
      ";",
      "a",
      "=",
      " ",
      "é",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.integer({ min: 1, max: 5 }), (pieces, chunk) => {
        const octets = Buffer.from(pieces.join(""));
        const [whole, chunked] = [parseInStream(octets), parseInStream(octets, chunk)];
        assert.deepEqual(chunked.elements.map(plain), whole.elements.map(plain));
        assert.equal(chunked.fault === undefined, whole.fault === undefined);
      }),
      { numRuns: 1000 },
    );
  });

  test("the naughty strings come through as message bodies", { skip: skipWithoutHostileData }, () => {
    const strings = JSON.parse(hostileFile("blns.json").toString("utf8")) as readonly string[];
    for (const naughty of strings) {
      if (NOT_XML.test(naughty) || !naughty.isWellFormed()) continue;
      const parsed = parseDocument(serializeElement(el("body", "jabber:client", {}, naughty)));
      assert.ok(!isXmlProblem(parsed), naughty);
      assert.equal(text(parsed), naughty);
    }
  });
});

/** Neighbouring texts as the parser would give them. */
function joined(children: readonly (Element | string)[]): readonly (Element | string)[] {
  const result: (Element | string)[] = [];
  for (const child of children) {
    const last = result.at(-1);
    if (typeof child === "string" && typeof last === "string") result.splice(-1, 1, last + child);
    else if (child !== "") result.push(child);
  }
  return result;
}

function plain(node: Element | string): unknown {
  if (typeof node === "string") return node;
  const attributes = [...node.attributes].sort(([left], [right]) => (left < right ? -1 : 1));
  return [node.name, node.namespace, attributes, node.children.map(plain)];
}
