import type { FlowEvent, FlowPath } from "@interpres/runtime";
import { attribute, type Element, NS, serializeElement, withChildren } from "../xml/index.ts";

/** Where an element comes from or goes to: by which connection, and the JID or, as long as there is none, the address of its end. */
export interface FlowLine {
  readonly path: FlowPath;
  readonly remote: string;
}

/** One first-level element as a flow event; what SASL carries is masked. */
export function flowEvent(element: Element, direction: FlowEvent["direction"], { path, remote }: FlowLine): FlowEvent {
  return {
    leg: "xmpp",
    direction,
    remote,
    summary: summarize(element),
    path: () => path,
    parties: () => [attribute(element, "from") ?? remote, attribute(element, "to") ?? ""].map(bareText),
    text: () => serializeElement(masked(element), NS.client),
  };
}

function summarize(element: Element): string {
  const type = attribute(element, "type");
  const to = attribute(element, "to");
  const payload = element.name === "iq" ? element.children.find((node) => typeof node !== "string") : undefined;
  const words = [element.name, type, payload === undefined ? undefined : `<${payload.name}/>`];
  return [...words, to === undefined ? undefined : `to ${to}`].filter((word) => word !== undefined).join(" ");
}

/** An address as it stands, without its resource. */
function bareText(address: string): string {
  return address.split("/", 1)[0]?.toLowerCase() ?? "";
}

function masked(element: Element): Element {
  const isSecret = element.namespace === NS.sasl && element.children.some((node) => typeof node === "string");
  return isSecret ? withChildren(element, ["(masked)"]) : element;
}
