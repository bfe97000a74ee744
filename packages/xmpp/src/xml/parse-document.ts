import type { Element } from "./element.ts";
import { MarkupScanner, type ScannerMode } from "./markup-scanner.ts";
import { TreeBuilder } from "./stream-parser.ts";
import { Utf8Decoder } from "./utf8-decoder.ts";
import { defaultXmlLimits, type XmlFault, type XmlLimits } from "./xml-fault.ts";

/** A document that was refused. */
export interface XmlProblem {
  readonly kind: "xml-problem";
  readonly fault: XmlFault;
}

/** True for what `parseDocument` refused. */
export function isXmlProblem(result: Element | XmlProblem): result is XmlProblem {
  return "kind" in result;
}

/**
 * One whole XML document, such as the body of a SIP message, with the strictness of a stream: UTF-8 only, no DTD, no
 * processing instruction, no entity but the five. Tolerated beside it: an XML declaration, a byte order mark, comments
 * (skipped), and the label UTF-16 on what is UTF-8.
 */
export function parseDocument(source: Uint8Array | string, limits: XmlLimits = defaultXmlLimits): Element | XmlProblem {
  const bytes = typeof source === "string" ? Buffer.from(source) : source;
  const decoder = new Utf8Decoder();
  if (bytes.length > limits.stanzaBytes) return problem("policy-violation");
  const { text, fault } = decoder.decode(bytes);
  if (fault === "not-utf8" || decoder.isMidCharacter) return problem("unsupported-encoding");
  return parseText(text.startsWith("\ufeff") ? text.slice(1) : text, "document", limits);
}

/** The one tree of a text that is all there. */
export function parseText(text: string, mode: Exclude<ScannerMode, "stream">, limits: XmlLimits): Element | XmlProblem {
  let root: Element | undefined;
  const handler = {
    opened: (): void => undefined,
    element: (element: Element): void => {
      root = element;
    },
    closed: (): void => undefined,
  };
  const scanner = new MarkupScanner(limits, mode);
  const builder = new TreeBuilder(mode, handler, limits.attributes);
  const usable = scanner.scan(text);
  const fault = builder.write(text.slice(0, usable)) ?? scanner.fault ?? builder.end();
  if (fault !== undefined || root === undefined) return problem(fault ?? "not-well-formed");
  return root;
}

/** A refusal for this reason. */
export function problem(fault: XmlFault): XmlProblem {
  return { kind: "xml-problem", fault };
}
