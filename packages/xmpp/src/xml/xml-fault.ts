/** Why input is refused, in the words of RFC 6120 §4.9.3; "policy-violation" is one of our limits. */
export type XmlFault = "not-well-formed" | "restricted-xml" | "unsupported-encoding" | "policy-violation";

/** Bounds of one stanza, or of one document. */
export interface XmlLimits {
  /** Octets from the first "<" to the last ">", entity and character references as written. */
  readonly stanzaBytes: number;
  /** Open elements, the stream's root element included. */
  readonly depth: number;
  /** Attributes of one element, namespace declarations included. */
  readonly attributes: number;
}

/** What a stanza of a client or peer may hold unless settings say otherwise. */
export const defaultXmlLimits: XmlLimits = { stanzaBytes: 262_144, depth: 64, attributes: 64 };
