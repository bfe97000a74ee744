import { type MediaType, parseMediaType } from "@interpres/sip";

/** A MIME part: what it is, and its octets. */
export interface BodyPart {
  readonly mediaType: MediaType;
  readonly body: Uint8Array;
}

const MAX_PARTS = 32;

/**
 * The parts of a multipart body (RFC 2046 §5.1), undecoded transfer encodings left out. Undefined without a usable
 * boundary, or when there are more than 32.
 */
export function splitMultipart(mediaType: MediaType, body: Uint8Array): readonly BodyPart[] | undefined {
  const boundary = mediaType.parameters.get("boundary");
  if (boundary === undefined || boundary === "" || boundary.length > 70) return undefined;
  const source = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const parts: BodyPart[] = [];
  let start = afterDelimiter(source, source.indexOf(`--${boundary}`), boundary);
  while (start !== undefined) {
    const end = source.indexOf(`\n--${boundary}`, start - 1);
    if (end < 0) break;
    if (parts.length === MAX_PARTS) return undefined;
    const part = readPart(
      source.subarray(start, source[end - 1] === 0x0d ? Math.max(start, end - 1) : Math.max(start, end)),
    );
    if (part !== undefined) parts.push(part);
    start = afterDelimiter(source, end + 1, boundary);
  }
  return parts;
}

/** Position after the delimiter's line; undefined when there is none or it closes the whole. */
function afterDelimiter(source: Buffer, at: number, boundary: string): number | undefined {
  if (at < 0) return undefined;
  const end = at + 2 + boundary.length;
  if (source.toString("latin1", end, end + 2) === "--") return undefined;
  const line = source.indexOf("\n", end);
  return line < 0 ? undefined : line + 1;
}

/** One part: header lines, an empty line, content. Without headers it is text/plain (RFC 2046 §5.1). */
function readPart(part: Buffer): BodyPart | undefined {
  let at = 0;
  let type = "text/plain";
  let encoding = "";
  while (at < part.length) {
    const end = part.indexOf("\n", at);
    const line = part.toString("utf8", at, end < 0 ? part.length : end).trimEnd();
    at = end < 0 ? part.length : end + 1;
    if (line === "") break;
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).trim().toLowerCase();
    if (name === "content-type") type = line.slice(colon + 1);
    if (name === "content-transfer-encoding")
      encoding = line
        .slice(colon + 1)
        .trim()
        .toLowerCase();
  }
  const body = decoded(part.subarray(at), encoding);
  const mediaType = parseMediaType(type);
  return body === undefined || "kind" in mediaType ? undefined : { mediaType, body };
}

function decoded(body: Buffer, encoding: string): Uint8Array | undefined {
  if (encoding === "base64") return Buffer.from(body.toString("latin1"), "base64");
  return encoding === "" || /^(7bit|8bit|binary)$/.test(encoding) ? body : undefined;
}
