import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isXmlProblem, parseDocument } from "../../src/xml/index.ts";
import {
  hostileFile,
  hostileRows,
  parseInFrame,
  parseInStream,
  skipWithoutHostileData,
  unzip,
} from "../hostile-data.ts";

interface HostileFile {
  readonly file: string;
  readonly rejectWith?: readonly string[] | null;
}

interface XmltestCase {
  readonly file: string;
  readonly inXmppStream: readonly string[] | "accept";
}

interface Utf8Case {
  readonly id: string;
  readonly hex: string;
  readonly expect: "accept" | "reject";
}

const CHUNKS = [1, 7, 1_000_000];

describe("restricted and malformed XML in a stream (RFC 6120 §11.1, §11.3)", { skip: skipWithoutHostileData }, () => {
  for (const { file, rejectWith } of hostileRows<HostileFile>("index.json", "files")) {
    if (!Array.isArray(rejectWith)) continue;
    test(`${file} ends the stream with ${rejectWith.join(" or ")}`, () => {
      for (const chunk of CHUNKS) {
        const { fault } = parseInStream(wrap("", hostileFile(file), "</stream:stream>"), chunk);
        const allowed: readonly string[] = [...rejectWith, ...misplacedDeclaration(hostileFile(file), chunk)];
        assert.ok(allowed.includes(fault ?? "nothing"), `${fault} in chunks of ${chunk}`);
      }
      const { fault } = parseInFrame(hostileFile(file));
      const allowed: readonly string[] = [...rejectWith, ...foreignEncoding(hostileFile(file))];
      assert.ok(allowed.includes(fault ?? "nothing"), `${fault} as a frame`);
    });
  }
});

describe("xmltest, each document in the place of a stanza", { skip: skipWithoutHostileData }, () => {
  const archive = skipWithoutHostileData === false ? unzip(hostileFile("xmltest.zip")) : new Map<string, Buffer>();
  /** Well-formed, but not namespace-well-formed: a colon alone is no name (Namespaces in XML 1.0 §7; RFC 6120 §11.3). */
  const notNamespaceWellFormed = ["xmltest/valid/sa/out/012.xml"];
  /** Broken only as whole documents: no end, no root, a second root. In a stream they are stanzas, or still open. */
  const brokenAsDocument = ["017", "040", "041", "044", "050"].map((number) => `xmltest/not-wf/sa/${number}.xml`);

  for (const { file, inXmppStream } of hostileRows<XmltestCase>("xmltest-expected.json", "cases")) {
    test(`${file}: ${inXmppStream}`, () => {
      const document = archive.get(file);
      assert.ok(document !== undefined, "not in the archive");
      const asFrame = parseInFrame(document).fault ?? "accept";
      const isGood = inXmppStream === "accept" && !notNamespaceWellFormed.includes(file);
      const frameFaults = inXmppStream === "accept" ? ["not-well-formed"] : inXmppStream;
      assert.ok(isGood ? asFrame === "accept" : frameFaults.includes(asFrame), `${asFrame} as a frame`);
      if (brokenAsDocument.includes(file)) {
        const result = parseDocument(document);
        assert.ok(isXmlProblem(result) && inXmppStream.includes(result.fault));
        return;
      }
      for (const chunk of CHUNKS) {
        const { fault } = parseInStream(wrap("", document, "</stream:stream>"), chunk);
        if (notNamespaceWellFormed.includes(file)) assert.equal(fault, "not-well-formed");
        else if (inXmppStream === "accept") assert.equal(fault, undefined);
        else {
          const allowed: readonly string[] = [...inXmppStream, ...misplacedDeclaration(document, chunk)];
          assert.ok(allowed.includes(fault ?? "nothing"), `${fault} in chunks of ${chunk}`);
        }
      }
    });
  }
});

describe("UTF-8 (RFC 6120 §11.6, Unicode table 3-7)", { skip: skipWithoutHostileData }, () => {
  const places: Readonly<Record<string, (octets: Buffer) => Buffer>> = {
    text: (octets) => wrap("<message><body>", octets, "</body></message>"),
    attribute: (octets) => wrap("<message id='", octets, "'/>"),
    "element name": (octets) => wrap("<message><a", octets, "/></message>"),
  };
  for (const { id, hex, expect } of hostileRows<Utf8Case>("utf8-cases.json", "cases")) {
    const octets = Buffer.from(hex, "hex");
    for (const [place, put] of Object.entries(places)) {
      // Which good characters may stand in a name is another question.
      if (expect === "accept" && place === "element name") continue;
      test(`${id} ${hex} in ${place}: ${expect}`, () => {
        for (const chunk of [1, 2, 1_000_000]) {
          const { fault, elements } = parseInStream(put(octets), chunk);
          if (expect === "accept") {
            assert.equal(fault, undefined);
            assert.equal(elements.length, 1);
          } else {
            assert.match(fault ?? "nothing", /^(not-well-formed|unsupported-encoding)$/);
            assert.equal(elements.length, 0, "nothing of it is passed on");
          }
        }
        const asFrame = parseInFrame(put(octets)).fault ?? "accept";
        assert.match(asFrame, expect === "accept" ? /^accept$/ : /^(not-well-formed|unsupported-encoding)$/);
      });
    }
  }

  test("stanzas before the bad octet still count, none after it", () => {
    const octets = Buffer.concat([Buffer.from("<iq/><iq/>"), Buffer.from([0xc3]), Buffer.from("<iq/>")]);
    assert.deepEqual(parseInStream(octets).elements.length, 2);
    assert.deepEqual(parseInStream(octets, 1).elements.length, 2);
  });
});

describe("bounds (attack classes 12 and 15)", () => {
  const bodies = {
    "endless text": ["<message><body>", "a", "</body></message>"],
    "endless start tag": ["<message ", "a='b' ", "/>"],
    "endless attribute": ["<message a='", "x", "'/>"],
    "endless name": ["<", "x", "/>"],
    "whitespace in a tag": ["<message", " ", "/>"],
    "endless CDATA": ["<message><![CDATA[", "x", "]]></message>"],
    "deep nesting": ["", "<a>", ""],
    "character references": ["<message><body>", "&#x1F600;", "</body></message>"],
  } as const;
  for (const [name, [prefix, repeated, suffix]] of Object.entries(bodies)) {
    test(`${name} is cut off with policy-violation, in bounded memory`, () => {
      const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
      const octets = Buffer.from(prefix + repeated.repeat(1_000_000 / repeated.length) + suffix);
      assert.equal(parseInStream(octets, 1024).fault, "policy-violation");
      assert.equal(parseInFrame(octets).fault, "policy-violation");
      const after = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
      assert.ok(after - before < 60_000_000, `${after - before} octets`);
    });
  }

  test("a stanza just below the limit passes octet by octet", () => {
    const octets = Buffer.from(`<message><body>${"é".repeat(130_000)}</body></message>`);
    const { fault, elements } = parseInStream(octets, 1);
    assert.equal(fault, undefined);
    assert.equal(elements.length, 1);
  });

  test("depth and attributes have the same limit in a frame as in a stream", () => {
    const nested = (depth: number) => Buffer.from(`${"<a>".repeat(depth)}${"</a>".repeat(depth)}`);
    const attributes = (count: number) =>
      Buffer.from(`<a ${Array.from({ length: count }, (_, at) => `a${at}=''`).join(" ")}/>`);
    for (const [good, bad] of [
      [nested(63), nested(64)],
      [attributes(64), attributes(65)],
    ] as const) {
      for (const parse of [parseInStream, parseInFrame]) {
        assert.equal(parse(good).fault, undefined);
        assert.equal(parse(bad).fault, "policy-violation");
      }
    }
  });

  test("whitespace between stanzas is a keepalive and never adds up to a stanza (RFC 6120 §4.6.1)", () => {
    const { fault, elements } = parseInStream(Buffer.from(`${" \n".repeat(400_000)}<iq/>`), 1000);
    assert.equal(fault, undefined);
    assert.equal(elements.length, 1);
  });
});

describe("parseDocument: the same strictness for bodies", { skip: skipWithoutHostileData }, () => {
  for (const name of ["lol_classic.xml", "lol_ig_attr.xml", "lol_ig_content.xml", "lol_long_name.xml", "good.xml"]) {
    test(`refuses ${name} at its DTD`, () => {
      const result = parseDocument(hostileFile(`xml-bombs/${name}`));
      assert.ok(isXmlProblem(result));
      assert.equal(result.fault, "restricted-xml");
    });
  }

  test("survives what crashed other parsers", () => {
    for (const name of ["html-crash-doctype-in-element.xml", "xml-crash-doctype-in-element.xml"]) {
      assert.ok(isXmlProblem(parseDocument(hostileFile(`xmldom-crashes/${name}`))));
    }
  });
});

/** Cut by chunks, an XML declaration where none may be is refused before the DTD behind it is seen. */
function misplacedDeclaration(document: Buffer, chunk: number): readonly string[] {
  return chunk < document.length && document.toString("latin1").startsWith("<?xml") ? ["not-well-formed"] : [];
}

/** A frame may begin with an XML declaration, so that the encoding it names counts. */
function foreignEncoding(document: Buffer): readonly string[] {
  const named = /^<\?xml[^>]*encoding=.([\w-]+)/.exec(document.toString("latin1"))?.[1];
  return named === undefined || /^utf-8$/i.test(named) ? [] : ["unsupported-encoding"];
}

function wrap(prefix: string, octets: Buffer, suffix: string): Buffer {
  return Buffer.concat([Buffer.from(prefix), octets, Buffer.from(suffix)]);
}
