import { parseMediaType } from "@interpres/sip";
import type { BodyPart } from "./multipart.ts";
import { oneLine } from "./plain-text.ts";

/** RFC 3862 §2. */
export const CPIM_TYPE = "message/cpim";
const MAX_HEADERS = 64;

/** A message/cpim body: its message headers by full name, and the content. */
export interface CpimMessage {
  /** `DateTime`, or `urn:ietf:params:imdn Message-ID` for a name in a namespace (RFC 3862 §3.4); the first of each name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly content: BodyPart;
}

/**
 * Reads a message/cpim body (RFC 3862 §2): message headers, MIME headers, then the content. Its own addresses are not read,
 * SIP says who speaks. Undefined: not one.
 */
export function readCpim(body: Uint8Array): CpimMessage | undefined {
  const source = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const mime = afterEmptyLine(source, 0);
  if (mime === undefined) return undefined;
  const content = afterEmptyLine(source, mime);
  if (content === undefined) return undefined;
  const lines = source.toString("utf8", mime, content).split(/\r?\n/);
  const type = lines.find((line) => /^content-type:/i.test(line));
  const mediaType = parseMediaType(type === undefined ? "text/plain" : type.slice("content-type:".length));
  if ("kind" in mediaType) return undefined;
  const headers = headersIn(source.toString("utf8", 0, mime));
  return { headers, content: { mediaType, body: source.subarray(content) } };
}

/** A prefix counts from its declaration on; one that was never declared names nothing. */
function headersIn(text: string): ReadonlyMap<string, string> {
  const prefixes = new Map<string, string>();
  const headers = new Map<string, string>();
  for (const line of text.split(/\r?\n/, MAX_HEADERS)) {
    const [, prefix, name, value = ""] = /^(?:([\w-]+)\.)?([\w-]+):\s*(.*)$/.exec(line) ?? [];
    if (name === undefined) continue;
    const [, declared = "", uri] = /^(?:([\w-]+)\s+)?<([^>]*)>$/.exec(value.trim()) ?? [];
    if (prefix === undefined && name.toLowerCase() === "ns" && uri !== undefined) prefixes.set(declared, uri);
    const namespace = prefixes.get(prefix ?? "");
    const key = namespace === undefined ? name : `${namespace} ${name}`;
    if ((prefix === undefined || namespace !== undefined) && !headers.has(key)) headers.set(key, value.trim());
  }
  return headers;
}

/** What a message/cpim body is written of (RFC 3862 §2). */
export interface CpimInit {
  /** Message headers in their order: name as written, value. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** MIME headers beside Content-Type. */
  readonly disposition?: string;
  readonly contentType: string;
  readonly content: string;
}

/** Writes one. */
export function writeCpim({ headers, disposition, contentType, content }: CpimInit): string {
  const mime = [
    `Content-Type: ${contentType}`,
    ...(disposition === undefined ? [] : [`Content-Disposition: ${disposition}`]),
  ];
  return [...headers.map(([name, value]) => `${name}: ${oneLine(value)}`), "", ...mime, "", content].join("\r\n");
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
