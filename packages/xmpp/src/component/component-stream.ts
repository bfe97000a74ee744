import { hash } from "node:crypto";
import type { Step } from "@interpres/runtime";
import type { StreamErrorCondition } from "../stream/stream-error.ts";
import { child, type Element, el, elements, type Node, NS, type RootDeclaration, text } from "../xml/index.ts";

/** The stream of a component, from its side: XEP-0114 §3. */
export type ComponentStream =
  /** Our header is out. */
  | { readonly name: "opening" }
  /** Our handshake is out. */
  | { readonly name: "shaking-hands" }
  | { readonly name: "open" }
  | { readonly name: "over" };

export type ComponentInput =
  | { readonly kind: "header"; readonly root: Element; readonly declaration: RootDeclaration }
  | { readonly kind: "element"; readonly element: Element }
  /** The server ended its stream. */
  | { readonly kind: "ended" };

export type ComponentEffect =
  /** The credentials are due, for the stream of this id. */
  | { readonly kind: "shake-hands"; readonly streamId: string }
  | { readonly kind: "opened" }
  /** In namespace `jabber:client`, as everything beyond the stream. */
  | { readonly kind: "stanza"; readonly element: Element }
  /** The server broke a rule: it is told by a stream error, and the stream is closed. */
  | { readonly kind: "fault"; readonly condition: StreamErrorCondition; readonly reason: string }
  /** The server closed the stream; what it said, fit to be shown. */
  | { readonly kind: "lost"; readonly reason: string };

type Outcome = Step<ComponentStream, ComponentEffect>;

/** One step of the stream. After "over" nothing has an effect. */
export function stepComponent(state: ComponentStream, input: ComponentInput): Outcome {
  if (state.name === "over") return { state, effects: [] };
  if (input.kind === "ended") return lost("the server closed the stream");
  if (input.kind === "element" && isStreamError(input.element)) return lost(wordsOf(input.element));
  switch (state.name) {
    case "opening":
      return input.kind === "header" ? readHeader(input) : fault("bad-format", "sent an element before its header");
    case "shaking-hands":
      if (input.kind === "element" && isHandshake(input.element))
        return { state: { name: "open" }, effects: [{ kind: "opened" }] };
      return fault("not-authorized", "did not answer the handshake");
    case "open":
      if (input.kind === "header") return fault("bad-format", "sent a second header");
      return { state, effects: [{ kind: "stanza", element: asClientElement(input.element) }] };
  }
}

/** The credentials of XEP-0114 §3: SHA-1 of stream id and secret as UTF-8, in lower-case hexadecimal digits. */
export function handshake(streamId: string, secret: string): Element {
  return el("handshake", NS.component, {}, hash("sha1", `${streamId}${secret}`, "hex"));
}

function readHeader({ root, declaration }: Extract<ComponentInput, { readonly kind: "header" }>): Outcome {
  if (root.namespace !== NS.streams || root.name !== "stream")
    return fault("invalid-namespace", "is no XMPP server: its header opens no stream");
  if (declaration.contentNamespace !== NS.component)
    return fault("invalid-namespace", `speaks ${declaration.contentNamespace} on this port, not ${NS.component}`);
  const streamId = root.attributes.get("id");
  // A header that comes before an error has none (XEP-0114 §3); without one there is nothing to prove.
  if (streamId === undefined) return { state: { name: "shaking-hands" }, effects: [] };
  return { state: { name: "shaking-hands" }, effects: [{ kind: "shake-hands", streamId }] };
}

function fault(condition: StreamErrorCondition, reason: string): Outcome {
  return { state: { name: "over" }, effects: [{ kind: "fault", condition, reason: `the server ${reason}` }] };
}

function lost(reason: string): Outcome {
  return { state: { name: "over" }, effects: [{ kind: "lost", reason }] };
}

function isHandshake({ name, namespace }: Element): boolean {
  return name === "handshake" && namespace === NS.component;
}

function isStreamError({ name, namespace }: Element): boolean {
  return name === "error" && namespace === NS.streams;
}

/** Condition and text of a stream error (RFC 6120 §4.9.2), what an administrator looks for in the server's manual. */
function wordsOf(error: Element): string {
  const condition = elements(error).find(({ name, namespace }) => namespace === NS.streamErrors && name !== "text");
  const said = child(error, "text", NS.streamErrors);
  const words = said === undefined ? "" : text(said).trim().slice(0, 200);
  const name = condition?.name ?? "undefined-condition";
  return words === "" ? `the server said ${name}` : `the server said ${name}: ${words}`;
}

/** The same stanza in the namespace that stanzas have within: content namespaces differ, not their vocabulary. */
function asClientElement(element: Element): Element {
  const children = element.children.map((node: Node) => (typeof node === "string" ? node : asClientElement(node)));
  const namespace = element.namespace === NS.component ? NS.client : element.namespace;
  return { ...element, namespace, children };
}
