import { attribute, child, type Element, el, type Node, serializeElement } from "@interpres/xmpp/xml";
import { silent } from "./html-text.ts";
import { isSafeLink, MAX_DEPTH, MAX_ELEMENTS, safeStyle, XHTML } from "./xhtml-profile.ts";

/** Elements of the recommended profile (XEP-0071 §7) that pass; of others their content does, and of pictures their text. */
const kept: ReadonlySet<string> = new Set([
  ...["a", "blockquote", "br", "cite", "em", "li", "ol", "p", "span", "strong", "ul"],
]);

/**
 * The markup of a message as a piece of HTML, as Microsoft's clients write it: the recommended profile and nothing else,
 * whatever a client put in. Undefined where nothing is marked up, or it is more than a message should hold.
 */
export function xhtmlToHtml(xhtml: Element): string | undefined {
  const body = child(xhtml, "body", XHTML);
  if (body === undefined) return undefined;
  const count = { elements: 0 };
  const content = passed(body, count, 1);
  if (count.elements === 0 || count.elements > MAX_ELEMENTS || content.length === 0) return undefined;
  // As if they stood within XHTML: no namespace is declared again.
  const within = serializeElement(el("body", XHTML, {}, ...content), XHTML);
  return within.slice("<body>".length, -"</body>".length);
}

function passed(parent: Element, count: { elements: number }, depth: number): readonly Node[] {
  return parent.children.flatMap((node) => {
    if (typeof node === "string") return [node];
    count.elements += 1;
    const isPassed = node.namespace === XHTML && !silent.has(node.name);
    if (!isPassed || depth > MAX_DEPTH || count.elements > MAX_ELEMENTS) return [];
    if (node.name === "img") return [attribute(node, "alt") ?? ""];
    return marked(node, passed(node, count, depth + 1));
  });
}

/** HTML has no empty elements but breaks: what holds nothing is left out. */
function marked(element: Element, content: readonly Node[]): readonly Node[] {
  const { name } = element;
  if (name === "br") return [el("br", XHTML, {})];
  const href = name === "a" ? (attribute(element, "href") ?? "") : "";
  if (!kept.has(name) || content.length === 0 || (name === "a" && !isSafeLink(href))) return content;
  const style = safeStyle(attribute(element, "style") ?? "");
  return [el(name, XHTML, { href: href || undefined, style: style || undefined }, ...content)];
}
