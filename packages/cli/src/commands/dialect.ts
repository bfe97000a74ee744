import { type SipDialect, sipDialectPath } from "@interpres/admin-api";
import type { Command } from "commander";
import { parse as parseYaml, stringify as stringifyYaml } from "yaml";
import { CommandError, type Io } from "../io.ts";
import { CommandSession } from "../session.ts";

interface Setting {
  readonly path: readonly string[];
  /** Undefined: as the type of the domain has it. */
  readonly value: unknown;
}

/** `domain dialect DOMAIN [KEY=VALUE…]`: how one domain is spoken to, shown and changed. */
export function addDialectCommand(domain: Command, io: Io): void {
  domain
    .command("dialect")
    .description(
      "how a domain is spoken to; with KEY=VALUE as it is shown, changes that: mapping.told.dnd=away typing=none",
    )
    .argument("<domain>", "like contoso.example")
    .argument("[settings...]", "what to change; KEY= is as the type of the domain has it again")
    .action((name: string, settings: readonly string[], _options: unknown, command: Command) =>
      dialect(name, settings.map(settingOf), new CommandSession(command, io)),
    );
}

async function dialect(name: string, settings: readonly Setting[], session: CommandSession): Promise<void> {
  const path = sipDialectPath(name);
  const present = (await session.client.ask("GET", path)) as SipDialect;
  if (settings.length === 0) {
    session.say(present, stringifyYaml(present).trimEnd());
    return;
  }
  const { effective: _, ...chosen } = present;
  const next = settings.reduce(placed, chosen as object);
  const written = (await session.client.ask("PUT", path, next)) as SipDialect;
  session.tell(written, `changed ${settings.map((setting) => setting.path.join(".")).join(", ")}`);
}

/** Numbers and what stands in braces as YAML has them; everything else is text. What may be said, the node decides. */
function settingOf(word: string): Setting {
  const at = word.indexOf("=");
  if (at < 1) throw new CommandError(`${word} is not KEY=VALUE`, 2);
  const text = word.slice(at + 1);
  const value = text === "" ? undefined : /^(\d+|\{.*\})$/s.test(text) ? parseYaml(text) : text;
  return { path: word.slice(0, at).split("."), value };
}

/** `chosen` with one setting changed; what nothing is left of goes. */
function placed(chosen: object, { path: [key = "", ...below], value }: Setting): object {
  const entries = new Map<string, unknown>(Object.entries(chosen));
  const present = entries.get(key);
  const inner = typeof present === "object" && present !== null ? present : {};
  const next = below.length === 0 ? value : placed(inner, { path: below, value });
  const isNothing = next === undefined || (typeof next === "object" && next !== null && Object.keys(next).length === 0);
  if (isNothing) entries.delete(key);
  else entries.set(key, next);
  return Object.fromEntries(entries);
}
