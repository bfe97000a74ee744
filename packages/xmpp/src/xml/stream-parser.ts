import { SaxesParser, type SaxesTagNS } from "saxes";
import type { Element, Node } from "./element.ts";
import { MarkupScanner, type ScannerMode } from "./markup-scanner.ts";
import { NS } from "./namespaces.ts";
import { Utf8Decoder } from "./utf8-decoder.ts";
import type { XmlFault, XmlLimits } from "./xml-fault.ts";

/** Octets decoded and parsed at a time, so that one large chunk is refused before it is held twice. */
const SLICE_OCTETS = 16_384;

/** What the stream's start tag declared beside its attributes. */
export interface RootDeclaration {
  /** The default namespace, that of the stanzas (RFC 6120 §4.8.2); "" for none. */
  readonly contentNamespace: string;
  /** The prefix of the root element itself; "" for none. */
  readonly prefix: string;
}

/** What the parser tells, in order of the stream. After `closed` or `failed` comes nothing more. */
export interface XmlStreamHandler {
  /** The root's start tag, without children. */
  opened(root: Element, declaration: RootDeclaration): void;
  /** One complete child of the root. */
  element(element: Element): void;
  /** The root's end tag. */
  closed(): void;
  failed(fault: XmlFault): void;
}

/**
 * One XML stream (RFC 6120 §11) from octets to first-level elements: strict UTF-8, no DTD, comment, processing instruction
 * or foreign entity, and bounds on everything. Linear in the octets for any chunking. A restarted stream takes a new parser.
 */
export class XmlStreamParser {
  readonly #decoder = new Utf8Decoder();
  readonly #scanner: MarkupScanner;
  readonly #builder: TreeBuilder;
  readonly #handler: XmlStreamHandler;

  constructor(handler: XmlStreamHandler, limits: XmlLimits) {
    this.#handler = handler;
    this.#scanner = new MarkupScanner(limits, "stream");
    this.#builder = new TreeBuilder("stream", handler, limits.attributes);
  }

  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length && !this.#builder.isStopped; at += SLICE_OCTETS) {
      this.#pushSlice(bytes.subarray(at, at + SLICE_OCTETS));
    }
  }

  /** Takes nothing more, not even the rest of the chunk in hand: for a handler that ends or restarts the stream. */
  stop(): void {
    this.#builder.stop();
  }

  #pushSlice(slice: Uint8Array): void {
    const { text, fault } = this.#decoder.decode(slice);
    if (!(this.#scanner.isBetweenStanzas && isBlank(text))) this.#parse(text);
    if (fault === "not-utf8") this.#fail("unsupported-encoding");
  }

  #parse(text: string): void {
    const usable = this.#scanner.scan(text);
    const fault = this.#builder.write(usable === text.length ? text : text.slice(0, usable)) ?? this.#scanner.fault;
    if (fault !== undefined) this.#fail(fault);
  }

  #fail(fault: XmlFault): void {
    if (this.#builder.isStopped) return;
    this.#builder.stop();
    this.#handler.failed(fault);
  }
}

/** Thrown through the XML parser to leave it in the middle of a chunk; never leaves this file. */
class Interruption {
  readonly fault: XmlFault | undefined;

  constructor(fault: XmlFault | undefined) {
    this.fault = fault;
  }
}

interface OpenElement extends Element {
  readonly children: Node[];
}

/** saxes and the tree it feeds; in "stream" mode the children of the root are whole elements, else the root is. */
export class TreeBuilder {
  readonly #saxes = new SaxesParser({ xmlns: true, position: false, defaultXMLVersion: "1.0", forceXMLVersion: true });
  readonly #mode: ScannerMode;
  readonly #handler: Omit<XmlStreamHandler, "failed">;
  readonly #attributeLimit: number;
  #open: OpenElement[] = [];
  #attributes = 0;
  #rootIsOpen = false;
  #isStopped = false;
  /** What an end tag has completed: saxes tells of it before it has compared the names. */
  #completed: (() => void) | undefined;

  constructor(mode: ScannerMode, handler: Omit<XmlStreamHandler, "failed">, attributeLimit: number) {
    this.#mode = mode;
    this.#handler = handler;
    this.#attributeLimit = attributeLimit;
    const saxes = this.#saxes;
    saxes.on("error", (error) => this.#refused(error.message));
    saxes.on("doctype", () => refuse("restricted-xml"));
    saxes.on("xmldecl", (declaration) => this.#declaration(declaration.encoding, declaration.version));
    saxes.on("attribute", (attribute) => this.#attribute(attribute));
    saxes.on("opentag", (tag) => this.#opentag(tag));
    saxes.on("text", (text) => this.#text(text));
    saxes.on("cdata", (text) => this.#text(text));
    saxes.on("closetag", () => this.#closetag());
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Returns the fault met, if any. What the handler throws goes through. */
  write(text: string): XmlFault | undefined {
    return this.#run(() => this.#saxes.write(text));
  }

  /** The end of a document: everything must be closed. */
  end(): XmlFault | undefined {
    return this.#run(() => this.#saxes.close());
  }

  #run(parse: () => void): XmlFault | undefined {
    if (this.#isStopped) return undefined;
    try {
      parse();
      this.#deliver();
      return undefined;
    } catch (thrown) {
      if (!(thrown instanceof Interruption)) throw thrown;
      return thrown.fault;
    }
  }

  #leaveIfStopped(): void {
    if (this.#isStopped) throw new Interruption(undefined);
  }

  #refused(message: string): never {
    if (message.endsWith("unexpected close tag.")) this.#completed = undefined;
    this.#deliver();
    return refuse(faultOf(message));
  }

  #deliver(): void {
    const completed = this.#completed;
    if (completed === undefined) return;
    this.#completed = undefined;
    completed();
    this.#leaveIfStopped();
  }

  /** RFC 6120 §11.6 and §11.8. A body that came as UTF-8 may call itself UTF-16: it is a habit of some peers. */
  #declaration(encoding: string | undefined, version: string | undefined): void {
    if (version !== undefined && version !== "1.0") refuse("not-well-formed");
    const isTolerated = this.#mode === "document" ? /^(utf-?8|utf-?16|us-ascii)$/i : /^utf-8$/i;
    if (encoding !== undefined && !isTolerated.test(encoding)) refuse("unsupported-encoding");
  }

  #attribute(attribute: { readonly name: string; readonly prefix: string; readonly value: string }): void {
    this.#deliver();
    this.#attributes += 1;
    if (this.#attributes > this.#attributeLimit) refuse("policy-violation");
    // saxes trims namespace names: two different names would become one.
    const declares = attribute.prefix === "xmlns" || attribute.name === "xmlns";
    if (declares && attribute.value !== attribute.value.trim()) refuse("not-well-formed");
  }

  #opentag(tag: SaxesTagNS): void {
    this.#deliver();
    this.#attributes = 0;
    const element = { name: tag.local, namespace: tag.uri, attributes: attributesOf(tag), children: [] };
    if (this.#mode !== "stream" || this.#rootIsOpen) {
      this.#open.push(element);
      return;
    }
    this.#rootIsOpen = true;
    this.#handler.opened(element, { contentNamespace: tag.ns[""] ?? "", prefix: tag.prefix });
    this.#leaveIfStopped();
  }

  #text(text: string): void {
    this.#deliver();
    const parent = this.#open.at(-1);
    if (parent === undefined) return;
    const last = parent.children.length - 1;
    const before = parent.children[last];
    if (typeof before === "string") parent.children[last] = before + text;
    else if (text !== "") parent.children.push(text);
  }

  #closetag(): void {
    this.#deliver();
    const element = this.#open.pop();
    const parent = this.#open.at(-1);
    if (parent !== undefined && element !== undefined) parent.children.push(element);
    else this.#completed = element === undefined ? () => this.#close() : () => this.#handler.element(element);
  }

  #close(): void {
    this.#isStopped = true;
    this.#handler.closed();
  }
}

function refuse(fault: XmlFault): never {
  throw new Interruption(fault);
}

/** Of all that saxes objects to, only a foreign entity is restricted rather than malformed (RFC 6120 §11.1). */
function faultOf(message: string): XmlFault {
  return message.endsWith("undefined entity.") ? "restricted-xml" : "not-well-formed";
}

const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();

function attributesOf(tag: SaxesTagNS): ReadonlyMap<string, string> {
  let result: Map<string, string> | undefined;
  for (const name in tag.attributes) {
    const attribute = tag.attributes[name];
    if (attribute === undefined || attribute.prefix === "xmlns" || name === "xmlns") continue;
    result ??= new Map();
    result.set(attributeKey(attribute.uri, attribute.local), attribute.value);
  }
  return result ?? NO_ATTRIBUTES;
}

function attributeKey(namespace: string, local: string): string {
  if (namespace === "") return local;
  return namespace === NS.xml ? `xml:${local}` : `{${namespace}}${local}`;
}

function isBlank(text: string): boolean {
  return /^[ \t\r\n]*$/.test(text);
}
