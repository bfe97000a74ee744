import type { MediaType } from "@interpres/sip";
import type { Element } from "@interpres/xmpp/xml";
import type { Composing } from "../model/composing.ts";
import { CPIM_TYPE, readCpim } from "./cpim.ts";
import { declineFile, FILE_OFFER_TYPE } from "./file-offer.ts";
import { htmlToText } from "./html-text.ts";
import { htmlToXhtml } from "./html-xhtml.ts";
import { type DispositionNotice, IMDN_TYPE, type NoticeRequest, readImdn, requestIn } from "./imdn.ts";
import { IS_COMPOSING_TYPE, readIsComposing } from "./is-composing.ts";
import { type BodyPart, splitMultipart } from "./multipart.ts";
import { decodeText } from "./plain-text.ts";
import { rtfToText } from "./rtf-text.ts";

/** What a MESSAGE body holds. */
export type ImBody =
  | {
      readonly kind: "text";
      readonly text: string;
      /** The same with its markup, where it had some (XEP-0071 §7). */
      readonly xhtml?: Element;
      /** What its sender wants to hear of it. */
      readonly asks?: NoticeRequest;
    }
  /** What became of a message of ours. */
  | { readonly kind: "notice"; readonly notice: DispositionNotice }
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
      return marked(decodeText(body, mediaType.parameters.get("charset")));
    case "text/rtf":
    case "application/rtf":
      return { kind: "text", text: rtfToText(decodeText(body, "latin1")) };
    case IS_COMPOSING_TYPE:
      return composing(mediaType, body);
    case FILE_OFFER_TYPE:
      return { kind: "file", decline: declineFile(decodeText(body, undefined)) };
    case CPIM_TYPE:
      return wrapped(mediaType, body, nesting);
    case IMDN_TYPE:
      return notice(body);
    default:
      return mediaType.type.startsWith("multipart/")
        ? oneOf(mediaType, splitMultipart(mediaType, body) ?? [], nesting)
        : { kind: "unsupported", type: mediaType.type };
  }
}

function composing(mediaType: MediaType, body: Uint8Array): ImBody {
  const reading = readIsComposing(body);
  return reading === undefined
    ? { kind: "unsupported", type: mediaType.type }
    : { kind: "composing", composing: reading };
}

function marked(html: string): ImBody {
  const xhtml = htmlToXhtml(html);
  const plain = { kind: "text", text: htmlToText(html) } as const;
  return xhtml === undefined ? plain : { ...plain, xhtml };
}

function notice(body: Uint8Array): ImBody {
  const reading = readImdn(body);
  return reading === undefined ? { kind: "unsupported", type: IMDN_TYPE } : { kind: "notice", notice: reading };
}

function wrapped(outer: MediaType, body: Uint8Array, nesting: number): ImBody {
  const cpim = readCpim(body);
  const content = nested(outer, cpim?.content, nesting);
  const asks = cpim === undefined ? undefined : requestIn(cpim);
  return content.kind === "text" && asks !== undefined ? { ...content, asks } : content;
}

/** The alternative we would rather have, with the markup of another where there is one. */
function oneOf(outer: MediaType, parts: readonly BodyPart[], nesting: number): ImBody {
  const chosen = nested(outer, choose(parts), nesting);
  const html = parts.find(({ mediaType }) => mediaType.type === "text/html");
  if (chosen.kind !== "text" || html === undefined || !outer.type.endsWith("/alternative")) return chosen;
  const other = read(html.mediaType, html.body, nesting - 1);
  return other.kind === "text" && other.xhtml !== undefined ? { ...chosen, xhtml: other.xhtml } : chosen;
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
