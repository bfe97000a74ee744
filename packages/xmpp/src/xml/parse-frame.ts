import type { Element } from "./element.ts";
import { parseText, problem, type XmlProblem } from "./parse-document.ts";
import { Utf8Decoder } from "./utf8-decoder.ts";
import type { XmlLimits } from "./xml-fault.ts";

const LESS = 0x3c;

/**
 * One frame of a framed stream (RFC 7395 §3.3.3): a document of its own that begins with "<", with the strictness and the
 * limits of a stream (RFC 6120 §11.1). The stream's root element, which is not there, counts for the depth as if it were.
 */
export function parseFrame(octets: Uint8Array, limits: XmlLimits): Element | XmlProblem {
  if (octets.length > limits.stanzaBytes) return problem("policy-violation");
  if (octets[0] !== LESS) return problem("not-well-formed");
  const decoder = new Utf8Decoder();
  const { text, fault } = decoder.decode(octets);
  if (fault === "not-utf8" || decoder.isMidCharacter) return problem("unsupported-encoding");
  return parseText(text, "frame", limits);
}
