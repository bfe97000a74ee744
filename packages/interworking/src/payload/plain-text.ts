// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not pass
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the test that lets ordinary text pass untouched
const SUSPECT = /[\u0000-\u0008\u000b-\u001f\u007f\ud800-\udfff\ufffe\uffff]/;

/** A peer's text as XML may carry it (XML 1.0 §2.2): line ends "\n", nothing forbidden, no lone surrogate. */
export function cleanText(text: string): string {
  if (!SUSPECT.test(text)) return text;
  return text.toWellFormed().replace(/\r\n?/g, "\n").replace(FORBIDDEN, "");
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not pass
const LINE_BREAKING = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/** A text for a header line: one line, no control character. CR LF in a subject must not begin a header (CWE-93). */
export function oneLine(text: string): string {
  return text.toWellFormed().replace(LINE_BREAKING, " ").trim();
}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: false });

/** Octets as text in the charset of the media type; UTF-8 when none is named or the name means nothing to us. */
export function decodeText(body: Uint8Array, charset: string | undefined): string {
  return cleanText(decoderOf(charset).decode(body));
}

function decoderOf(charset: string | undefined): InstanceType<typeof TextDecoder> {
  if (charset === undefined || /^"?utf-?8"?$/i.test(charset)) return utf8;
  try {
    return new TextDecoder(charset.replaceAll('"', ""));
  } catch {
    // An unknown label says nothing about the octets; UTF-8 is what peers mean.
    return utf8;
  }
}
