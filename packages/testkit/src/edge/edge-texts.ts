import { escaped } from "./edge-documents.ts";

/** A message body and its media type. */
export interface TextBody {
  readonly type: string;
  readonly body: string;
}

/** In which format a Microsoft client writes (dialect facts §3.6). */
export type TextFormat = "plain" | "msgr" | "html" | "rtf" | "multipart" | "related" | "iscomposing";

/** Font and colour as Windows Messenger tells them: UTF-16LE in base64 without padding. */
const FONT = "X-MMS-IM-Format: FN=MS%20Shell%20Dlg%202; EF=; CO=0; CS=0; PF=0\r\n\r\n";
const MSGR = Buffer.from(FONT, "utf16le").toString("base64").replaceAll("=", "");
const BOUNDARY = "----=_NextPart_000_0001";

const WRITERS: Readonly<Record<TextFormat, (text: string) => TextBody>> = {
  plain: (text) => ({ type: "text/plain; charset=UTF-8", body: text }),
  msgr: (text) => ({ type: `text/plain; charset=UTF-8; msgr=${MSGR}`, body: text }),
  html: (text) => ({ type: "text/html; charset=UTF-8", body: html(text) }),
  rtf: (text) => ({ type: "text/rtf; charset=UTF-8", body: rtf(text) }),
  multipart: (text) => ({
    type: `multipart/alternative; boundary="${BOUNDARY}"`,
    body: parts([plainPart(text), ["text/html; charset=UTF-8", html(text)], ["text/rtf; charset=UTF-8", rtf(text)]]),
  }),
  related: (text) => ({
    type: `multipart/related; type="text/html"; boundary="${BOUNDARY}"`,
    body: parts([["text/html; charset=UTF-8", html(text)]]),
  }),
  iscomposing: () => ({
    type: "application/im-iscomposing+xml",
    body: `<?xml version="1.0"?><isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>active</state></isComposing>`,
  }),
};

/** The body that says `text` so. */
export function textBody(text: string, format: TextFormat): TextBody {
  return WRITERS[format](text);
}

/** What an INVITE says so that the callee's notice can show it: base64 of the text, and of the rich formats. */
export function embeddedText(text: string): readonly string[] {
  const base64 = (body: string): string => Buffer.from(body, "utf8").toString("base64");
  return [
    `ms-text-format: text/plain; charset=UTF-8; ms-body=${base64(text)}`,
    `ms-im-format: text/html; charset=UTF-8; ms-body=${base64(html(text))}`,
    `ms-im-format: text/rtf; charset=UTF-8; ms-body=${base64(rtf(text))}`,
  ];
}

function html(text: string): string {
  const style = "color:#000000; font-family:Segoe UI; font-size:10pt;";
  return `<SPAN lang="en-us" style="${style}">${escaped(text).replaceAll("\n", "<BR>")}</SPAN>`;
}

/** RTF in ASCII: what is beyond stands as \u with a question mark for old readers. */
function rtf(text: string): string {
  const body = [...text.replaceAll(/[\\{}]/g, "\\$&").replaceAll("\n", "\\par ")]
    .map((character) => (character < "\u0080" ? character : codeUnits(character)))
    .join("");
  return `{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 Segoe UI;}}\\f0\\fs20 ${body}\\par}`;
}

function codeUnits(character: string): string {
  return character
    .split("")
    .map((unit) => `\\u${(unit.charCodeAt(0) << 16) >> 16}?`)
    .join("");
}

function plainPart(text: string): readonly [string, string] {
  return ["text/plain; charset=UTF-8", text];
}

function parts(bodies: readonly (readonly [string, string])[]): string {
  const written = bodies.map(([type, body]) => `--${BOUNDARY}\r\nContent-Type: ${type}\r\n\r\n${body}\r\n`);
  return `${written.join("")}--${BOUNDARY}--\r\n`;
}
