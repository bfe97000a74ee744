import { type Element, el, NS } from "../xml/index.ts";
import type { Mechanism } from "./sasl.ts";

/** What a stream can go on with. */
export type Offer =
  | { readonly stage: "tls" | "bind" }
  | { readonly stage: "sasl"; readonly mechanisms: readonly Mechanism[] };

/**
 * `<stream:features/>` (RFC 6120 §4.3.2). Before TLS nothing else is offered, so that a client cannot but secure the stream
 * (§5.3.1); before SASL only mechanisms; `extra` are further features of an authenticated stream.
 */
export function streamFeatures(offer: Offer, extra: readonly Element[]): Element {
  switch (offer.stage) {
    case "tls":
      return el("features", NS.streams, {}, el("starttls", NS.tls, {}, el("required", NS.tls, {})));
    case "sasl":
      return el("features", NS.streams, {}, el("mechanisms", NS.sasl, {}, ...offer.mechanisms.map(mechanismElement)));
    case "bind":
      return el("features", NS.streams, {}, ...authenticatedFeatures, ...extra);
  }
}

function mechanismElement(name: string): Element {
  return el("mechanism", NS.sasl, {}, name);
}

/** Bind is mandatory (RFC 6120 §7.3.1); the session of RFC 3921 is kept for old clients, marked optional (RFC 6121 §1.4). */
const authenticatedFeatures: readonly Element[] = [
  el("bind", NS.bind, {}),
  el("session", NS.session, {}, el("optional", NS.session, {})),
  el("sm", NS.streamManagement, {}),
];
