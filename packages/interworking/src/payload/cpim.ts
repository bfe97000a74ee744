import { parseMediaType } from "@interpres/sip";
import type { BodyPart } from "./multipart.ts";

/**
 * The content of a message/cpim body (RFC 3862 §2): message headers, MIME headers, then the content. Its own addresses are
 * not read, SIP says who speaks. Undefined: not one.
 */
export function unwrapCpim(body: Uint8Array): BodyPart | undefined {
  const source = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const mime = afterEmptyLine(source, 0);
  if (mime === undefined) return undefined;
  const content = afterEmptyLine(source, mime);
  if (content === undefined) return undefined;
  const lines = source.toString("utf8", mime, content).split(/\r?\n/);
  const type = lines.find((line) => /^content-type:/i.test(line));
  const mediaType = parseMediaType(type === undefined ? "text/plain" : type.slice("content-type:".length));
  return "kind" in mediaType ? undefined : { mediaType, body: source.subarray(content) };
}

function afterEmptyLine(source: Buffer, from: number): number | undefined {
  for (let at = from; at < source.length; ) {
    const end = source.indexOf("\n", at);
    if (end < 0) return undefined;
    if (end === at || (end === at + 1 && source[at] === 0x0d)) return end + 1;
    at = end + 1;
  }
  return undefined;
}
