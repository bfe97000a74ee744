import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";
import {
  defaultXmlLimits,
  type Element,
  isXmlProblem,
  parseFrame,
  type XmlFault,
  XmlStreamParser,
} from "../src/xml/index.ts";

/** The shared hostile XML (see its README), beside the project; tests that need it are skipped where it is not. */
export const hostileFolder = join(import.meta.dirname, "../../../../shared/testdata/xml-hostile");

/** For `test`'s options: false, or why not. */
export const skipWithoutHostileData: false | string = existsSync(hostileFolder)
  ? false
  : "../shared/testdata is not here";

export function hostileFile(name: string): Buffer {
  return readFileSync(join(hostileFolder, name));
}

/** Rows of one of its JSON files; none where the data is not there. */
export function hostileRows<Row>(name: string, key: "cases" | "files"): readonly Row[] {
  if (skipWithoutHostileData !== false) return [];
  const document = JSON.parse(hostileFile(name).toString("utf8")) as Readonly<Record<string, readonly Row[]>>;
  return document[key] ?? [];
}

/** The files of a zip archive (APPNOTE 4.3.7, local headers behind the central directory), stored or deflated. */
export function unzip(archive: Buffer): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>();
  const end = archive.lastIndexOf(Buffer.from("PK\u0005\u0006", "latin1"));
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    const nameLength = archive.readUInt16LE(at + 28);
    const name = archive.toString("utf8", at + 46, at + 46 + nameLength);
    files.set(name, content(archive, at));
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return files;
}

function content(archive: Buffer, entry: number): Buffer {
  const local = archive.readUInt32LE(entry + 42);
  const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const packed = archive.subarray(start, start + archive.readUInt32LE(entry + 20));
  return archive.readUInt16LE(entry + 10) === 0 ? packed : inflateRawSync(packed);
}

/** The same for octets that come as one frame (RFC 7395 §3.3.3). */
export function parseInFrame(octets: Uint8Array): Omit<Parsed, "isClosed"> {
  const result = parseFrame(octets, defaultXmlLimits);
  return isXmlProblem(result) ? { elements: [], fault: result.fault } : { elements: [result], fault: undefined };
}

export const STREAM_HEADER =
  "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='example.com' version='1.0'>";

/** What came out of a stream, and what ended it. */
export interface Parsed {
  readonly elements: readonly Element[];
  readonly fault: XmlFault | undefined;
  readonly isClosed: boolean;
}

/** Puts octets through a parser, `chunk` at a time, behind a stream header. */
export function parseInStream(octets: Uint8Array, chunk: number = octets.length): Parsed {
  const elements: Element[] = [];
  const ending: { fault?: XmlFault; isClosed: boolean } = { isClosed: false };
  const parser = new XmlStreamParser(
    {
      opened: () => undefined,
      element: (element) => elements.push(element),
      closed: () => {
        ending.isClosed = true;
      },
      failed: (fault) => {
        ending.fault = fault;
      },
    },
    defaultXmlLimits,
  );
  parser.push(Buffer.from(STREAM_HEADER));
  for (let at = 0; at < octets.length; at += chunk) parser.push(octets.subarray(at, at + chunk));
  return { elements, fault: ending.fault, isClosed: ending.isClosed };
}
