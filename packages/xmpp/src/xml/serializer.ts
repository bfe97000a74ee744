import { type Element, withAttributes } from "./element.ts";
import { NS } from "./namespaces.ts";

/**
 * The element as text, with namespace declarations where they change against `parentNamespace` (inside a stream: its
 * content namespace, RFC 6120 §4.8.2). Characters XML cannot carry, lone surrogates too, become U+FFFD.
 */
export function serializeElement(element: Element, parentNamespace = ""): string {
  const { name, namespace, attributes, children } = element;
  let text = `<${name}`;
  if (namespace !== parentNamespace) text += ` xmlns='${escapeAttribute(namespace)}'`;
  if (attributes.size > 0) text += serializeAttributes(attributes);
  if (children.length === 0) return `${text}/>`;
  text += ">";
  for (const node of children) {
    text += typeof node === "string" ? escapeText(node) : serializeElement(node, namespace);
  }
  return `${text}</${name}>`;
}

/** A first-level element of the stream's own vocabulary: `<stream:features/>`, `<stream:error/>`; the root declared the prefix. */
export function serializeStreamElement(element: Element, contentNamespace: string): string {
  const content = element.children.map((node) =>
    typeof node === "string" ? escapeText(node) : serializeElement(node, contentNamespace),
  );
  const name = `stream:${element.name}`;
  const open = `<${name}${serializeAttributes(element.attributes)}`;
  return content.length === 0 ? `${open}/>` : `${open}>${content.join("")}</${name}>`;
}

/** A first-level element as a document of its own (RFC 7395 §3.3.3): it declares what a stream's root would have declared. */
export function serializeFrame(element: Element): string {
  if (element.namespace !== NS.streams) return serializeElement(element);
  return serializeStreamElement(withAttributes(element, { "xmlns:stream": NS.streams }), "");
}

/** Attributes as ` key='value'`; those of a foreign namespace get a prefix of their own. */
function serializeAttributes(attributes: ReadonlyMap<string, string>): string {
  let text = "";
  let prefixes = 0;
  for (const [key, value] of attributes) {
    const foreign = key.startsWith("{") ? key.indexOf("}") : -1;
    if (foreign < 0) {
      text += ` ${key}='${escapeAttribute(value)}'`;
      continue;
    }
    prefixes += 1;
    const prefix = `n${prefixes}`;
    text += ` xmlns:${prefix}='${escapeAttribute(key.slice(1, foreign))}'`;
    text += ` ${prefix}:${key.slice(foreign + 1)}='${escapeAttribute(value)}'`;
  }
  return text;
}

/** The whole document as a SIP body carries it, with its declaration. */
export function serializeDocument(element: Element): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${serializeElement(element)}`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not pass
const TEXT_SPECIAL = /[\u0000-\u0008\u000b-\u001f&<>\ud800-\udfff\ufffe\uffff]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not pass
const ATTRIBUTE_SPECIAL = /[\u0000-\u001f&<>'"\ud800-\udfff\ufffe\uffff]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not pass
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

const REFERENCES: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ["'", "&apos;"],
  ['"', "&quot;"],
  ["\r", "&#xD;"],
  ["\n", "&#xA;"],
  ["\t", "&#x9;"],
]);

function escapeText(text: string): string {
  return TEXT_SPECIAL.test(text) ? clean(text).replace(/[&<>\r]/g, reference) : text;
}

function escapeAttribute(value: string): string {
  return ATTRIBUTE_SPECIAL.test(value) ? clean(value).replace(/[&<>'"\r\n\t]/g, reference) : value;
}

function reference(character: string): string {
  return REFERENCES.get(character) ?? character;
}

/** What no XML 1.0 document can hold (§2.2, Char) becomes U+FFFD. */
function clean(text: string): string {
  return text.toWellFormed().replace(FORBIDDEN, "\ufffd");
}

/** The start tag of a stream, left open (RFC 6120 §4.7), after the XML declaration (§11.5). */
export function serializeStreamHeader(attributes: ReadonlyMap<string, string>, contentNamespace: string): string {
  const declared = ` xmlns='${contentNamespace}' xmlns:stream='${NS.streams}'`;
  return `<?xml version='1.0'?><stream:stream${declared}${serializeAttributes(attributes)}>`;
}
