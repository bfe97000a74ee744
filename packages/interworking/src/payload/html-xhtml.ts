import { type Element, el } from "@interpres/xmpp/xml";
import { afterClosing, folded, silent, type Tag, tagAt } from "./html-text.ts";
import { cleanText } from "./plain-text.ts";
import { isSafeLink, MAX_DEPTH, MAX_ELEMENTS, safeStyle, XHTML, XHTML_IM } from "./xhtml-profile.ts";

/** More of a tag is not searched for attributes. */
const MAX_TAG = 2048;
const ATTRIBUTE = /([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/g;

/** Elements of the recommended profile that stay themselves, and those that a styled `span` stands for. */
const kept: ReadonlySet<string> = new Set(["p", "span", "a", "ul", "ol", "li"]);
const paragraphs: ReadonlySet<string> = new Set(["div", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre"]);
const spans: ReadonlyMap<string, string> = new Map([
  ["b", "font-weight: bold"],
  ["strong", "font-weight: bold"],
  ["i", "font-style: italic"],
  ["em", "font-style: italic"],
  ["u", "text-decoration: underline"],
  ["s", "text-decoration: line-through"],
  ["strike", "text-decoration: line-through"],
  ["font", ""],
]);

interface Frame {
  /** Of the HTML, which its end tag bears; empty at the root. */
  readonly tag: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: (Element | string)[];
}

/**
 * The markup of an HTML body as XHTML-IM: only elements, styles and links of XEP-0071's recommended profile, whatever the
 * HTML holds. Undefined where nothing is marked up, or it is more than a message would hold.
 */
export function htmlToXhtml(html: string): Element | undefined {
  const root: Frame = { tag: "", name: "body", attributes: {}, children: [] };
  const stack: Frame[] = [root];
  let isMarkedUp = false;
  let count = 0;
  for (let at = 0; at < html.length && count <= MAX_ELEMENTS; ) {
    const open = html.indexOf("<", at);
    addText(stack, html.slice(at, open < 0 ? html.length : open));
    if (open < 0) break;
    const tag = tagAt(html, open);
    const frame = tag === undefined ? undefined : frameOf(tag, html.slice(open, Math.min(tag.end, open + MAX_TAG)));
    if (frame !== undefined && stack.length <= MAX_DEPTH) {
      count += 1;
      isMarkedUp ||= frame.name !== "p" || frame.attributes.style !== undefined;
      begin(stack, frame);
    } else addOther(stack, tag);
    at = after(html, open, tag);
  }
  while (stack.length > 1) end(stack);
  if (!isMarkedUp || count > MAX_ELEMENTS) return undefined;
  return el("html", XHTML_IM, {}, el("body", XHTML, {}, ...root.children));
}

/** What begins no element: an end tag, a line break, a "<" that is text. */
function addOther(stack: Frame[], tag: Tag | undefined): void {
  if (tag === undefined) addText(stack, "<");
  else if (tag.closing) close(stack, tag.name);
  else if (tag.name === "br") stack.at(-1)?.children.push(el("br", XHTML, {}));
}

function after(html: string, open: number, tag: Tag | undefined): number {
  if (tag === undefined) return open + 1;
  return silent.has(tag.name) && !tag.closing ? afterClosing(html, tag.name, tag.end) : tag.end;
}

function addText(stack: readonly Frame[], piece: string): void {
  const words = cleanText(folded(piece));
  if (words !== "") stack.at(-1)?.children.push(words);
}

/** A paragraph ends the one before it: XHTML has none within another. */
function begin(stack: Frame[], frame: Frame): void {
  if (frame.name === "p") endParagraph(stack);
  stack.push(frame);
}

function endParagraph(stack: Frame[]): void {
  while (stack.some(({ name }) => name === "p")) end(stack);
}

function close(stack: Frame[], tag: string): void {
  const isOpen = stack.some((frame, depth) => depth > 0 && frame.tag === tag);
  if (isOpen) while (stack.at(-1)?.tag !== tag) end(stack);
  if (isOpen) end(stack);
  else if (tag === "p" || paragraphs.has(tag)) endParagraph(stack);
}

function end(stack: Frame[]): void {
  const frame = stack.pop();
  if (frame !== undefined) stack.at(-1)?.children.push(el(frame.name, XHTML, frame.attributes, ...frame.children));
}

/** What stands for a start tag; undefined for one whose content alone is kept. */
function frameOf({ name: tag, closing }: Tag, source: string): Frame | undefined {
  if (closing) return undefined;
  const given = attributesOf(source);
  const own = spans.get(tag);
  const style = [own ?? "", fontStyle(tag, given), safeStyle(given.get("style") ?? "")].filter((part) => part !== "");
  const styled = style.length === 0 ? {} : { style: style.join("; ") };
  if (tag === "a") {
    const href = given.get("href") ?? "";
    return isSafeLink(href) ? { tag, name: "a", attributes: { href, ...styled }, children: [] } : undefined;
  }
  if (own !== undefined || tag === "span")
    return style.length === 0 ? undefined : { tag, name: "span", attributes: styled, children: [] };
  const name = paragraphs.has(tag) ? "p" : tag;
  return kept.has(name) ? { tag, name, attributes: styled, children: [] } : undefined;
}

function attributesOf(source: string): ReadonlyMap<string, string> {
  const found = [...source.matchAll(ATTRIBUTE)];
  return new Map(
    found.map(([, name = "", double, single, bare]) => [name.toLowerCase(), double ?? single ?? bare ?? ""]),
  );
}

function fontStyle(tag: string, given: ReadonlyMap<string, string>): string {
  if (tag !== "font") return "";
  return safeStyle(`color: ${given.get("color") ?? ""}; font-family: ${given.get("face") ?? ""}`);
}
