import {
  type ConfigDifference,
  type ConfigDocument,
  type ConfigImported,
  configPath,
  printable,
  withQuery,
} from "@interpres/admin-api";
import type { Command } from "commander";
import { stringify as stringifyYaml } from "yaml";
import type { Io } from "../io.ts";
import { readDocument } from "../read-file.ts";
import { CommandSession } from "../session.ts";
import { warningsOf } from "../warnings.ts";

/** A line of a difference; whole entries are longer than anybody reads. */
const MOST_CHARACTERS = 200;
const SIGN: Readonly<Record<ConfigDifference["kind"], string>> = { added: "+", changed: "~", removed: "-" };

interface ImportOptions {
  readonly dryRun?: true;
  readonly acknowledgeWarning?: true;
}

/** `config export|import`: the whole configuration as one YAML document. */
export function addConfigCommands(program: Command, io: Io): void {
  const config = program.command("config").description("the whole configuration as one document");
  config
    .command("export")
    .description("print it as YAML: settings and trusted certificates; no users, administrators, keys or passwords")
    .action((_options: unknown, command: Command) => exportConfig(new CommandSession(command, io)));
  config
    .command("import")
    .description("print what is different and take it whole, or nothing; a section that is left away stays")
    .argument("<file>", "YAML or JSON file, - for standard input")
    .option("--dry-run", "print what is different, and change nothing")
    .option("--acknowledge-warning", "the warning of switching mail addresses on has been read")
    .action((file: string, options: ImportOptions, command: Command) =>
      importConfig(file, options, new CommandSession(command, io)),
    );
}

async function exportConfig(session: CommandSession): Promise<void> {
  const document = (await session.client.ask("GET", configPath)) as ConfigDocument;
  session.say(document, stringifyYaml(document, { lineWidth: 0 }).trimEnd());
}

/** The differences first; then the same document, unless somebody changed the settings in between. */
async function importConfig(file: string, options: ImportOptions, session: CommandSession): Promise<void> {
  const document = await readDocument(file, session.io);
  const acknowledged = options.acknowledgeWarning === true ? { acknowledgeWarning: "true" } : {};
  const put = async (query: Readonly<Record<string, string>>) =>
    (await session.client.ask("PUT", withQuery(configPath, { ...acknowledged, ...query }), document)) as ConfigImported;
  const tried = await put({ dryRun: "true" });
  if (options.dryRun === true || tried.differences.length === 0) {
    session.say(tried, toldDifferences(tried, "nothing was changed"));
    return;
  }
  const applied = await put({ version: String(tried.version) });
  session.say(applied, toldDifferences(applied, `taken as version ${applied.version}`));
}

/** Each difference in a line, and what was made of them. */
export function toldDifferences(imported: ConfigImported, end: string): string {
  const { differences } = imported;
  if (differences.length === 0) return "no difference";
  const counts = `${differences.length} ${differences.length === 1 ? "difference" : "differences"}`;
  return [...differences.map(lineOf), ...warningsOf(imported), `${counts}; ${end}`].join("\n");
}

function lineOf({ kind, path, before, after }: ConfigDifference): string {
  const values = kind === "added" ? [after] : kind === "removed" ? [before] : [before, after];
  return printable(`${SIGN[kind]} ${path}: ${values.map(shortened).join(" -> ")}`);
}

function shortened(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}
