import type { Role } from "@interpres/admin-api";

/** What a line asks for, once it is understood. */
export type ShellCommand =
  | { readonly kind: "show-network"; readonly amount: "brief" | "detail" }
  | { readonly kind: "set-domain"; readonly domain: string }
  | { readonly kind: "look-up"; readonly name: string; readonly record: "address" | "srv" }
  | { readonly kind: "list-services" }
  | { readonly kind: "control-service"; readonly action: "start" | "stop" | "restart"; readonly service: string }
  | { readonly kind: "restart-system" }
  | { readonly kind: "show-status" }
  | { readonly kind: "show-version" }
  | { readonly kind: "list-certificates"; readonly store: "own" | "trust" }
  | { readonly kind: "help"; readonly about: string }
  | { readonly kind: "quit" };

/** One position of a command. */
export type Part =
  /** One of these, or the beginning of one. */
  | { readonly kind: "words"; readonly words: readonly string[] }
  /** A word that may be left out; stands last. */
  | { readonly kind: "option"; readonly word: string }
  /** Any one word. */
  | { readonly kind: "argument"; readonly name: string }
  /** Everything up to the end of the line; `least` words of it. */
  | { readonly kind: "rest"; readonly name: string; readonly least: 0 | 1 };

/** One command as it may be written, who may give it, and what it is for. */
export interface CommandForm {
  readonly text: string;
  readonly parts: readonly Part[];
  readonly role: Role;
  readonly summary: string;
  /** `words` are the full words of the form, in order; an option that was left out is missing. */
  readonly make: (words: readonly string[]) => ShellCommand;
}

/**
 * A form from its text: `show cert list own|trust`, `show network eth0 [detail]`. Capitals stand for any word, `NAME...`
 * for the rest of the line, `[NAME...]` for a rest that may be empty.
 */
export function form(text: string, about: Pick<CommandForm, "role" | "summary" | "make">): CommandForm {
  return { text, parts: text.split(" ").map(partOf), ...about };
}

function partOf(text: string): Part {
  const optional = /^\[(.+)\]$/.exec(text)?.[1];
  const name = (optional ?? text).replace(/\.\.\.$/, "");
  if (text.includes("...")) return { kind: "rest", name, least: optional === undefined ? 1 : 0 };
  if (optional !== undefined) return { kind: "option", word: optional };
  if (/^[A-Z]+$/.test(text)) return { kind: "argument", name: text };
  return { kind: "words", words: text.split("|") };
}
