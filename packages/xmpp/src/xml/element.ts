/** What stands between a start tag and its end tag. */
export type Node = Element | string;

/**
 * One XML element; never changes, a new one is made. `name` is the local name, `namespace` the expanded namespace name
 * ("" for none). Attributes without a prefix have their plain name as key, those of the XML namespace `xml:lang`, any
 * other one `{namespace}local`. Neighbouring texts are one string in a parsed element.
 */
export interface Element {
  readonly name: string;
  readonly namespace: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Node[];
}

/** Attribute values to set; `undefined` leaves the attribute out (or takes it away). */
export type AttributeChanges = Readonly<Record<string, string | undefined>>;

/** Builds an element: `el("ping", "urn:xmpp:ping", {})`. The names are ours, not a peer's. */
export function el(
  name: string,
  namespace: string,
  attributes: AttributeChanges,
  ...children: readonly Node[]
): Element {
  return { name, namespace, attributes: changed(NO_ATTRIBUTES, attributes), children };
}

/** The attribute's value, or undefined; the key as in `Element.attributes`. */
export function attribute(element: Element, key: string): string | undefined {
  return element.attributes.get(key);
}

/** The element's own character data, without that of its descendants. */
export function text(element: Element): string {
  const [only] = element.children;
  if (element.children.length === 1 && typeof only === "string") return only;
  return element.children.filter((node) => typeof node === "string").join("");
}

/** The first child element of that name; without `namespace`, one in the parent's own namespace. */
export function child(element: Element, name: string, namespace: string = element.namespace): Element | undefined {
  for (const node of element.children) {
    if (typeof node !== "string" && node.name === name && node.namespace === namespace) return node;
  }
  return undefined;
}

/** The child elements, without character data. */
export function elements(element: Element): readonly Element[] {
  return element.children.filter((node) => typeof node !== "string");
}

/** The child elements of that name; without `namespace`, those in the parent's own namespace. */
export function childrenNamed(
  element: Element,
  name: string,
  namespace: string = element.namespace,
): readonly Element[] {
  return elements(element).filter((node) => node.name === name && node.namespace === namespace);
}

/** The same element with some attributes set or taken away (`undefined`). */
export function withAttributes(element: Element, changes: AttributeChanges): Element {
  return { ...element, attributes: changed(element.attributes, changes) };
}

/** The same element with other children. */
export function withChildren(element: Element, children: readonly Node[]): Element {
  return { ...element, children };
}

const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();

function changed(attributes: ReadonlyMap<string, string>, changes: AttributeChanges): ReadonlyMap<string, string> {
  const result = new Map(attributes);
  for (const key of Object.keys(changes)) {
    const value = changes[key];
    if (value === undefined) result.delete(key);
    else result.set(key, value);
  }
  return result;
}
