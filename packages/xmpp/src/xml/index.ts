/** XML as elements, and the strict parsers and the serializer for streams and bodies. */
export * from "./element.ts";
export { NS } from "./namespaces.ts";
export { isXmlProblem, parseDocument, type XmlProblem } from "./parse-document.ts";
export { parseFrame } from "./parse-frame.ts";
export * from "./serializer.ts";
export { type RootDeclaration, type XmlStreamHandler, XmlStreamParser } from "./stream-parser.ts";
export * from "./xml-fault.ts";
