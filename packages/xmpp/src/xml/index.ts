/** XML as elements, and the strict parsers and the serializer for streams and bodies. */
export * from "./element.ts";
export { NS } from "./namespaces.ts";
export * from "./parse-document.ts";
export * from "./serializer.ts";
export { type RootDeclaration, type XmlStreamHandler, XmlStreamParser } from "./stream-parser.ts";
export * from "./xml-fault.ts";
