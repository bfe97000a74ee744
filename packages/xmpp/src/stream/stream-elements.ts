import { child, type Element, el, NS, text } from "../xml/index.ts";
import type { SaslFailure } from "./sasl-exchange.ts";

/** `<challenge/>` or `<success/>`; the data is sent as base64, empty data of a success as "=" (RFC 6120 §6.4). */
export function sasl(name: "challenge" | "success", data: string | undefined): Element {
  if (data === undefined || (data === "" && name === "challenge")) return el(name, NS.sasl, {});
  return el(name, NS.sasl, {}, data === "" ? "=" : Buffer.from(data).toString("base64"));
}

/** RFC 6120 §6.4.5. */
export function saslFailure(condition: SaslFailure): Element {
  return el("failure", NS.sasl, {}, el(condition, NS.sasl, {}));
}

/**
 * The text of `<auth/>` or `<response/>`: none at all, decoded UTF-8, or "malformed" (RFC 6120 §6.4.2: "=" is an empty
 * response).
 */
export function decodeSasl(element: Element): { readonly initial: string } | Record<never, never> | "malformed" {
  const encoded = text(element);
  if (encoded === "") return {};
  if (encoded === "=") return { initial: "" };
  if (encoded.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return "malformed";
  const octets = Buffer.from(encoded, "base64");
  const decoded = octets.toString("utf8");
  return Buffer.from(decoded).equals(octets) ? { initial: decoded } : "malformed";
}

/** What a client asks for in the IQ that binds (RFC 6120 §7.6, §7.7); undefined for any other stanza. */
export function bindRequest(element: Element): { readonly resource?: string } | undefined {
  if (element.namespace !== NS.client || element.name !== "iq" || element.attributes.get("type") !== "set") {
    return undefined;
  }
  const bind = child(element, "bind", NS.bind);
  if (bind === undefined || element.attributes.get("id") === undefined) return undefined;
  const resource = child(bind, "resource");
  return resource === undefined || text(resource) === "" ? {} : { resource: text(resource) };
}
