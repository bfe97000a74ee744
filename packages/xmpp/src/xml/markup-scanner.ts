import type { XmlFault, XmlLimits } from "./xml-fault.ts";

/** Where in the markup the scanner stands. "open" is just behind "<", "bang" behind "<!", "target" behind "<?". */
type Place = "text" | "open" | "bang" | "target" | "declaration" | "start-tag" | "end-tag" | "comment" | "cdata";

/**
 * "stream": character data belongs into stanzas only. "frame": one tree, a stanza that comes by itself. "document": one tree,
 * comments of a peer's body are skipped.
 */
export type ScannerMode = "stream" | "frame" | "document";

/** Longer names of entities are nobody's; character references need at most eight. */
const MAX_REFERENCE = 64;
const GREATER = 0x3e;
const SLASH = 0x2f;
const DOUBLE_QUOTE = 0x22;
const SINGLE_QUOTE = 0x27;

/**
 * Runs ahead of the XML parser and knows just enough of the markup to refuse, at their first octets, what RFC 6120 §11.1
 * forbids, and to hold the limits of depth and size. Well-formedness is the parser's business: on input that is well-formed
 * both see the same structure, and on input that is not the parser refuses it.
 */
export class MarkupScanner {
  readonly #limits: XmlLimits;
  readonly #mode: ScannerMode;
  #place: Place = "text";
  /** Inside a quoted attribute value: its quote; else "". */
  #quote = "";
  #word = "";
  #afterSlash = false;
  #depth: number;
  /** Octets of the present stanza in earlier chunks. */
  #octets = 0;
  #isAtStart = true;
  /** Index in the present chunk at which the present stanza begins. */
  #from = 0;
  /** Characters of the reference under way, "&" not counted; -1 outside of one. */
  #reference = -1;
  #fault: XmlFault | undefined;

  constructor(limits: XmlLimits, mode: ScannerMode) {
    this.#limits = limits;
    this.#mode = mode;
    this.#depth = mode === "frame" ? 1 : 0;
  }

  /** The reason for which `scan` stopped. */
  get fault(): XmlFault | undefined {
    return this.#fault;
  }

  /** True between stanzas: whitespace here is a keepalive (RFC 6120 §4.6.1). */
  get isBetweenStanzas(): boolean {
    return this.#mode === "stream" && this.#depth === 1 && this.#place === "text";
  }

  /** Returns how much of `text` may go on to the parser: all of it, or less and `fault` is set. */
  scan(text: string): number {
    this.#from = 0;
    let at = 0;
    while (at < text.length && this.#fault === undefined) at = this.#advance(text, at);
    if (this.#fault === undefined) this.#count(text, text.length);
    return this.#fault === undefined ? text.length : Math.min(at, text.length);
  }

  #advance(text: string, at: number): number {
    switch (this.#place) {
      case "text":
        return this.#text(text, at);
      case "open":
        return this.#open(text, at);
      case "bang":
        return this.#bang(text, at);
      case "target":
        return this.#target(text, at);
      case "declaration":
        return this.#skipPast(text, at, "?>");
      case "comment":
        return this.#skipPast(text, at, "-->");
      case "cdata":
        return this.#skipPast(text, at, "]]>");
      case "start-tag":
      case "end-tag":
        return this.#tag(text, at);
    }
  }

  #refuse(fault: XmlFault, at: number): number {
    this.#fault = fault;
    return at;
  }

  #text(text: string, at: number): number {
    const found = text.indexOf("<", at);
    const end = found < 0 ? text.length : found;
    if (this.#mode === "stream" && this.#depth <= 1) {
      for (let index = at; index < end; index += 1) {
        if (!isSpace(text.charCodeAt(index))) return this.#refuse("not-well-formed", index);
      }
      if (this.#depth === 1) this.#newStanza(end);
    } else if (!this.#referencesEnd(text, at, end)) {
      return this.#refuse("not-well-formed", at);
    }
    if (found < 0) {
      this.#isAtStart = false;
      return end;
    }
    if (found > 0) this.#isAtStart = false;
    this.#place = "open";
    return found + 1;
  }

  /** False where a reference is cut short: the XML parser would go on waiting for its ";". */
  #referencesEnd(text: string, from: number, to: number): boolean {
    let at = this.#reference >= 0 ? from : text.indexOf("&", from);
    if (this.#reference < 0 && (at < 0 || at >= to)) return true;
    for (; at < to; at += 1) {
      const character = text.charAt(at);
      if (this.#reference < 0) this.#reference = character === "&" ? 0 : -1;
      else if (character === ";") this.#reference = -1;
      else if (this.#reference < MAX_REFERENCE && /[\w#.:\u0080-\uffff-]/.test(character)) this.#reference += 1;
      else return false;
    }
    return this.#reference < 0 || to === text.length;
  }

  #newStanza(at: number): void {
    this.#octets = 0;
    this.#from = at;
  }

  #open(text: string, at: number): number {
    this.#word = "";
    const next = text.charAt(at);
    if (next === "?") {
      this.#place = "target";
      return at + 1;
    }
    this.#isAtStart = false;
    if (next === "!") {
      this.#place = "bang";
      return at + 1;
    }
    this.#afterSlash = false;
    if (next === "/") {
      this.#place = "end-tag";
      return at + 1;
    }
    this.#place = "start-tag";
    this.#depth += 1;
    return this.#depth > this.#limits.depth ? this.#refuse("policy-violation", at) : at;
  }

  /** Behind "<!": a DTD or a comment is refused before it can hold anything. */
  #bang(text: string, at: number): number {
    this.#word += text.charAt(at);
    const isMisplaced = this.#mode === "stream" && this.#depth <= 1 && this.#word === "[";
    if (isMisplaced) return this.#refuse("not-well-formed", at);
    if (this.#word === "[CDATA[") return this.#enter("cdata", at);
    if (this.#word === "--" && this.#mode === "document") return this.#enter("comment", at);
    if ("[CDATA[".startsWith(this.#word)) return at + 1;
    if (this.#word === "-" && this.#mode === "document") return at + 1;
    return this.#refuse(/^[-D]/.test(this.#word) ? "restricted-xml" : "not-well-formed", at);
  }

  #enter(place: "cdata" | "comment" | "declaration", at: number): number {
    this.#place = place;
    this.#word = "";
    return at + 1;
  }

  /** Behind "<?": only the XML declaration, and only as the very first thing (XML 1.0 §2.8). */
  #target(text: string, at: number): number {
    const code = text.charCodeAt(at);
    const isNameEnd = isSpace(code) || text.charAt(at) === "?";
    if (!isNameEnd && this.#word.length < "xml".length) {
      this.#word += text.charAt(at);
      return at + 1;
    }
    if (!isNameEnd || this.#word !== "xml") return this.#refuse("restricted-xml", at);
    if (!this.#isAtStart) {
      // A misplaced declaration is malformed; where it brings a DTD, that is the graver offence.
      return this.#refuse(/^[^>]*\?>\s*<!D/.test(text.slice(at)) ? "restricted-xml" : "not-well-formed", at);
    }
    this.#isAtStart = false;
    this.#enter("declaration", at);
    return at;
  }

  /** Goes behind the terminator, which may be cut by chunks anywhere: its beginning waits in `#word`. */
  #skipPast(text: string, at: number, terminator: string): number {
    const window = this.#word + text.slice(at);
    const found = window.indexOf(terminator);
    if (found < 0) {
      this.#word = window.slice(-(terminator.length - 1));
      return text.length;
    }
    this.#place = "text";
    return at + found + terminator.length - this.#word.length;
  }

  #tag(text: string, from: number): number {
    let at = from;
    if (this.#quote !== "") {
      const found = text.indexOf(this.#quote, at);
      const end = found < 0 ? text.length : found;
      if (!this.#referencesEnd(text, at, end)) return this.#refuse("not-well-formed", at);
      if (found < 0) return text.length;
      this.#quote = "";
      at = end + 1;
    }
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === GREATER) return this.#tagEnded(text, at + 1);
      this.#afterSlash = code === SLASH;
      if (code === DOUBLE_QUOTE || code === SINGLE_QUOTE) {
        this.#quote = text.charAt(at);
        return at + 1;
      }
    }
    return at;
  }

  #tagEnded(text: string, at: number): number {
    if (this.#place === "end-tag" || this.#afterSlash) this.#depth -= 1;
    this.#place = "text";
    if (this.#mode === "stream" && this.#depth === 1) {
      this.#count(text, at);
      if (this.#fault !== undefined) return this.#from;
      this.#newStanza(at);
    }
    return at;
  }

  #count(text: string, end: number): void {
    this.#octets += Buffer.byteLength(text.slice(this.#from, end));
    if (this.#octets > this.#limits.stanzaBytes) this.#fault = "policy-violation";
  }
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
