import { cleanText } from "./plain-text.ts";

const entities: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
  ["nbsp", "\u00a0"],
]);
/** Elements whose content is not text. */
export const silent: ReadonlySet<string> = new Set(["script", "style", "head", "title", "xml"]);
/** Elements that begin and end a line. */
const blocks: ReadonlySet<string> = new Set(["p", "div", "li", "ul", "ol", "tr", "h1", "h2", "h3", "h4", "h5", "h6"]);

/**
 * The text of an HTML message body, as a person would read it: tags dropped, `br` and blocks as line ends, white space
 * folded. Not a parser of HTML: it reads what IM clients send, in linear time, and takes anything else as text.
 */
export function htmlToText(html: string): string {
  let text = "";
  // Looking at the end of what is joined so far would copy it each time.
  let last = "";
  const add = (piece: string): void => {
    text += piece;
    if (piece !== "") last = piece;
  };
  for (let at = 0; at < html.length; ) {
    const open = html.indexOf("<", at);
    add(folded(html.slice(at, open < 0 ? html.length : open)));
    if (open < 0) break;
    const tag = tagAt(html, open);
    add(tag === undefined ? "<" : lineEnd(tag.name, last));
    if (tag === undefined) at = open + 1;
    else at = silent.has(tag.name) && !tag.closing ? afterClosing(html, tag.name, tag.end) : tag.end;
  }
  return finished(text);
}

/** Whether a text begins as the HTML of IM clients does. */
export function isHtml(text: string): boolean {
  return /^\s{0,64}<(?:html|body|font|div|span)(?:\s[^<>]*)?>/i.test(text);
}

/** One tag of a body: `end` is the place behind it, `closing` for an end tag; the name in lower case, empty for a comment. */
export interface Tag {
  readonly name: string;
  readonly closing: boolean;
  readonly end: number;
}

/** The tag that begins at `open`, a "<"; undefined where that is text. */
export function tagAt(html: string, open: number): Tag | undefined {
  if (html.startsWith("<!--", open)) {
    const close = html.indexOf("-->", open + 4);
    return { name: "", closing: false, end: close < 0 ? html.length : close + 3 };
  }
  const first = html.charAt(open + 1);
  if (!/[A-Za-z/!?]/.test(first)) return undefined;
  const closing = first === "/";
  let end = open + (closing ? 2 : 1);
  const start = end;
  while (end < html.length && /[A-Za-z0-9]/.test(html.charAt(end))) end += 1;
  return { name: html.slice(start, end).toLowerCase(), closing, end: afterTag(html, end) };
}

/** A ">" inside a quoted attribute value does not end the tag. */
function afterTag(html: string, start: number): number {
  let quote = "";
  for (let at = start; at < html.length; at += 1) {
    const character = html.charAt(at);
    if (quote !== "") {
      if (character === quote) quote = "";
    } else if (character === '"' || character === "'") quote = character;
    else if (character === ">") return at + 1;
  }
  return html.length;
}

/** The place behind the next end tag of this name. */
export function afterClosing(html: string, name: string, start: number): number {
  for (let at = html.indexOf("</", start); at >= 0; at = html.indexOf("</", at + 2)) {
    if (html.slice(at + 2, at + 2 + name.length).toLowerCase() === name) return afterTag(html, at + 2);
  }
  return html.length;
}

/** What the element puts behind the piece of text before it. */
function lineEnd(name: string, before: string): string {
  if (name === "br") return "\n";
  return blocks.has(name) && before !== "" && !before.endsWith("\n") ? "\n" : "";
}

/** White space of HTML is one space; character references become characters. */
export function folded(piece: string): string {
  const spaced = /[\t\n\f\r]| {2}/.test(piece) ? piece.replace(/[ \t\n\f\r]+/g, " ") : piece;
  return spaced.includes("&") ? spaced.replace(/&(#x[0-9a-fA-F]{1,6}|#[0-9]{1,7}|[a-z]{2,4});/g, referenced) : spaced;
}

function referenced(whole: string, name: string): string {
  if (!name.startsWith("#")) return entities.get(name) ?? whole;
  const code = name.startsWith("#x") ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : "";
}

function finished(text: string): string {
  return cleanText(text.replaceAll("\u00a0", " "))
    .split("\n")
    .map((line) => line.replace(/^ +/, "").trimEnd())
    .join("\n")
    .trim();
}
