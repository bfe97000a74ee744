import type { Element } from "@interpres/xmpp/xml";

/** Prefix for each namespace a document uses; "" is the default namespace. All are declared on the root element. */
export type Prefixes = Readonly<Record<string, string>>;

const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
const references: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["\n", "&#10;"],
  ["\r", "&#13;"],
  ["\t", "&#9;"],
]);

/**
 * A document with the prefixes some peers know by heart: they read `ep:activities` where another form of the same names
 * would do. An element of a namespace without a prefix declares it itself; attributes have no prefix but `xml:`.
 */
export function writeDocument(root: Element, prefixes: Prefixes): string {
  let declarations = "";
  for (const [namespace, prefix] of Object.entries(prefixes)) {
    if (namespace !== "") declarations += ` xmlns${prefix === "" ? "" : `:${prefix}`}="${attributeText(namespace)}"`;
  }
  return `<?xml version="1.0" encoding="UTF-8"?>\n${write(root, prefixes, declarations)}\n`;
}

function write(element: Element, prefixes: Prefixes, declarations: string): string {
  const prefix = Object.hasOwn(prefixes, element.namespace) ? prefixes[element.namespace] : undefined;
  const name = prefix === undefined || prefix === "" ? element.name : `${prefix}:${element.name}`;
  const own = prefix === undefined ? ` xmlns="${attributeText(element.namespace)}"` : "";
  let text = `<${name}${declarations}${own}`;
  for (const [key, value] of element.attributes) text += ` ${key}="${attributeText(value)}"`;
  if (element.children.length === 0) return `${text}/>`;
  text += ">";
  for (const node of element.children) {
    text += typeof node === "string" ? contentText(node) : write(node, prefixes, "");
  }
  return `${text}</${name}>`;
}

function contentText(text: string): string {
  return clean(text).replace(/[&<>\r]/g, (character) => references.get(character) ?? "");
}

function attributeText(text: string): string {
  return clean(text).replace(/[&<>"\n\r\t]/g, (character) => references.get(character) ?? "");
}

function clean(text: string): string {
  return text.toWellFormed().replace(FORBIDDEN, "\ufffd");
}
