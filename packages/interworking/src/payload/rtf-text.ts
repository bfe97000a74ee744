import { cleanText } from "./plain-text.ts";

/** Groups that hold tables, pictures and properties, not text. */
const silent: ReadonlySet<string> = new Set([
  "fonttbl",
  "colortbl",
  "stylesheet",
  "info",
  "pict",
  "object",
  "listtable",
  "listoverridetable",
  "header",
  "footer",
]);
const words: ReadonlyMap<string, string> = new Map([
  ["par", "\n"],
  ["line", "\n"],
  ["tab", "\t"],
  ["emdash", "\u2014"],
  ["endash", "\u2013"],
  ["bullet", "\u2022"],
  ["lquote", "\u2018"],
  ["rquote", "\u2019"],
  ["ldblquote", "\u201c"],
  ["rdblquote", "\u201d"],
]);
const ansi = new TextDecoder("windows-1252");
const MAX_GROUPS = 256;

/** The text of an RTF message body (Windows code page 1252 and `\u`). Reads what IM clients send, in linear time. */
export function rtfToText(rtf: string): string {
  const reader = new RtfReader(rtf);
  return cleanText(reader.text()).trim();
}

/** Where a group's content goes, and how many characters follow a `\u` as its substitute. */
interface Group {
  readonly isSilent: boolean;
  readonly substituteLength: number;
}

class RtfReader {
  readonly #rtf: string;
  readonly #groups: Group[] = [];
  #group: Group = { isSilent: false, substituteLength: 1 };
  #at = 0;
  #text = "";
  /** Substitute characters of the last `\u` still to be left out. */
  #skip = 0;

  constructor(rtf: string) {
    this.#rtf = rtf;
  }

  text(): string {
    while (this.#at < this.#rtf.length && this.#groups.length <= MAX_GROUPS) this.#step();
    return this.#text;
  }

  #step(): void {
    const character = this.#rtf.charAt(this.#at);
    this.#at += 1;
    if (character === "{") this.#groups.push(this.#group);
    else if (character === "}") this.#group = this.#groups.pop() ?? this.#group;
    else if (character === "\\") this.#control();
    else if (character !== "\r" && character !== "\n") this.#write(character);
  }

  #control(): void {
    const character = this.#rtf.charAt(this.#at);
    if (/[A-Za-z]/.test(character)) {
      this.#word();
      return;
    }
    this.#at += 1;
    if (character === "'") {
      const octet = Number.parseInt(this.#rtf.slice(this.#at, this.#at + 2), 16);
      this.#at += 2;
      if (!Number.isNaN(octet)) this.#write(ansi.decode(Uint8Array.of(octet)));
    } else if (character === "*") this.#group = { ...this.#group, isSilent: true };
    else if (character === "~") this.#write(" ");
    else if (character === "\n" || character === "\r") this.#write("\n");
    else if (character === "\\" || character === "{" || character === "}") this.#write(character);
  }

  #word(): void {
    const start = this.#at;
    while (/[A-Za-z]/.test(this.#rtf.charAt(this.#at))) this.#at += 1;
    const word = this.#rtf.slice(start, this.#at);
    const digits = this.#at;
    if (this.#rtf.charAt(this.#at) === "-") this.#at += 1;
    while (/[0-9]/.test(this.#rtf.charAt(this.#at)) && this.#at - digits < 8) this.#at += 1;
    const value = Number.parseInt(this.#rtf.slice(digits, this.#at), 10);
    if (this.#rtf.charAt(this.#at) === " ") this.#at += 1;
    this.#obey(word, value);
  }

  #obey(word: string, value: number): void {
    if (word === "uc") this.#group = { ...this.#group, substituteLength: Number.isNaN(value) ? 1 : Math.max(0, value) };
    else if (word === "u" && !Number.isNaN(value)) {
      this.#write(String.fromCharCode(value < 0 ? value + 65536 : value));
      this.#skip = Math.min(this.#group.substituteLength, 16);
    } else if (word === "bin" && value > 0) this.#at += value;
    else if (silent.has(word)) this.#group = { ...this.#group, isSilent: true };
    else {
      const text = words.get(word);
      if (text !== undefined) this.#write(text);
    }
  }

  #write(text: string): void {
    if (this.#skip > 0) {
      this.#skip -= 1;
      return;
    }
    if (!this.#group.isSilent) this.#text += text;
  }
}
