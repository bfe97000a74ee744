/** One block of PEM text (RFC 7468 §2). */
export interface PemBlock {
  /** `CERTIFICATE`, `PRIVATE KEY`. */
  readonly label: string;
  /** Where it begins; 1 is the first line. */
  readonly line: number;
  readonly text: string;
}

export interface PemProblem {
  readonly line: number;
  readonly message: string;
}

export type Pem =
  | { readonly kind: "blocks"; readonly blocks: readonly PemBlock[] }
  | { readonly kind: "problem"; readonly problem: PemProblem };

const BEGIN = /^-----BEGIN ([A-Z0-9 ]+)-----$/;
const END = /^-----END ([A-Z0-9 ]+)-----$/;
/** Header fields of the older format, RFC 1421 §4.6: the key inside is encrypted. */
const HEADER = /^[A-Za-z-]+: /;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** The blocks of a PEM text in order, or the first thing that is wrong and where. Text between blocks is explanation. */
export function readPem(text: string): Pem {
  const blocks: PemBlock[] = [];
  let open: { readonly label: string; readonly line: number; readonly lines: string[] } | undefined;
  for (const [index, raw] of text.split(/\r\n|\n|\r/).entries()) {
    const [line, content] = [index + 1, raw.trimEnd()];
    const begins = BEGIN.exec(content)?.[1];
    const ends = END.exec(content)?.[1];
    if (open === undefined) {
      if (ends !== undefined) return problemAt(line, `END ${ends} without a BEGIN before it`);
      if (begins !== undefined) open = { label: begins, line, lines: [content] };
      continue;
    }
    const wrong = ends === undefined ? problemInside(content, open.label) : problemAtEnd(ends, open);
    if (wrong !== undefined) return problemAt(line, wrong);
    open.lines.push(content);
    if (ends === undefined) continue;
    blocks.push({ label: open.label, line: open.line, text: `${open.lines.join("\n")}\n` });
    open = undefined;
  }
  if (open !== undefined) return problemAt(open.line, `BEGIN ${open.label} without an END`);
  return { kind: "blocks", blocks };
}

function problemInside(content: string, label: string): string | undefined {
  const begins = BEGIN.exec(content)?.[1];
  if (begins !== undefined) return `BEGIN ${begins} before the END of ${label}`;
  return BASE64.test(content) || HEADER.test(content) ? undefined : "is not base64";
}

function problemAtEnd(
  ends: string,
  { label, lines }: { readonly label: string; readonly lines: readonly string[] },
): string | undefined {
  if (ends !== label) return `END ${ends} ends BEGIN ${label}`;
  return lines.length === 1 ? `nothing between BEGIN and END of ${label}` : undefined;
}

function problemAt(line: number, message: string): Pem {
  return { kind: "problem", problem: { line, message } };
}
