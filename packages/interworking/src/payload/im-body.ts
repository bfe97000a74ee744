import type { MediaType } from "@interpres/sip";
import type { Composing } from "../model/composing.ts";
import { unwrapCpim } from "./cpim.ts";
import { declineFile, FILE_OFFER_TYPE } from "./file-offer.ts";
import { htmlToText } from "./html-text.ts";
import { IS_COMPOSING_TYPE, readIsComposing } from "./is-composing.ts";
import { type BodyPart, splitMultipart } from "./multipart.ts";
import { decodeText } from "./plain-text.ts";
import { rtfToText } from "./rtf-text.ts";

/** What a MESSAGE body holds. */
export type ImBody =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "composing"; readonly composing: Composing }
  /** Talk about a file of LCS; `decline` is what to say to it, undefined where nothing has to be said. */
  | { readonly kind: "file"; readonly decline: string | undefined }
  /** A type nobody here reads: answer 415 with Accept. */
  | { readonly kind: "unsupported"; readonly type: string };

/** The Accept of a 415 (RFC 3261 §21.4.13), preferred first. */
export const READABLE_TYPES = `text/plain, text/html, text/rtf, multipart/alternative, message/cpim, ${IS_COMPOSING_TYPE}`;

const MAX_NESTING = 4;
/** Which alternative we would rather have (RFC 2046 §5.1.4 leaves the choice to the reader): text before markup. */
const preference: readonly string[] = ["text/plain", "message/cpim", "text/html", "text/rtf", "application/rtf"];

/** Reads a MESSAGE body. Without a Content-Type it is text/plain. */
export function readImBody(mediaType: MediaType | undefined, body: Uint8Array): ImBody {
  if (mediaType === undefined) return { kind: "text", text: decodeText(body, undefined) };
  return read(mediaType, body, MAX_NESTING);
}

function read(mediaType: MediaType, body: Uint8Array, nesting: number): ImBody {
  switch (mediaType.type) {
    case "text/plain":
      return { kind: "text", text: decodeText(body, mediaType.parameters.get("charset")) };
    case "text/html":
      return { kind: "text", text: htmlToText(decodeText(body, mediaType.parameters.get("charset"))) };
    case "text/rtf":
    case "application/rtf":
      return { kind: "text", text: rtfToText(decodeText(body, "latin1")) };
    case IS_COMPOSING_TYPE:
      return composing(mediaType, body);
    case FILE_OFFER_TYPE:
      return { kind: "file", decline: declineFile(decodeText(body, undefined)) };
    case "message/cpim":
      return nested(mediaType, unwrapCpim(body), nesting);
    default:
      return mediaType.type.startsWith("multipart/")
        ? nested(mediaType, choose(splitMultipart(mediaType, body) ?? []), nesting)
        : { kind: "unsupported", type: mediaType.type };
  }
}

function composing(mediaType: MediaType, body: Uint8Array): ImBody {
  const reading = readIsComposing(body);
  return reading === undefined
    ? { kind: "unsupported", type: mediaType.type }
    : { kind: "composing", composing: reading };
}

function nested(outer: MediaType, part: BodyPart | undefined, nesting: number): ImBody {
  if (part === undefined || nesting === 0) return { kind: "unsupported", type: outer.type };
  return read(part.mediaType, part.body, nesting - 1);
}

function choose(parts: readonly BodyPart[]): BodyPart | undefined {
  for (const type of preference) {
    const part = parts.find((candidate) => candidate.mediaType.type === type && candidate.body.length > 0);
    if (part !== undefined) return part;
  }
  return parts.find((candidate) => candidate.mediaType.type.startsWith("multipart/"));
}
