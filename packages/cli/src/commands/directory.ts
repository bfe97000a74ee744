import {
  type Directory,
  DirectoryAttributes,
  type DirectoryChange,
  type DirectoryRun,
  DirectorySettings,
  type DirectoryStatus,
  type DirectorySyncInput,
  directoryPath,
  directorySyncPath,
  type EntryProblem,
  printable,
} from "@interpres/admin-api";
import type { Command } from "commander";
import { parse as parseYaml, stringify as stringifyYaml } from "yaml";
import { CommandError, type Io } from "../io.ts";
import { readFile } from "../read-file.ts";
import type { Column } from "../render.ts";
import { CommandSession } from "../session.ts";

/** What can be set, as a command line writes it. */
const KEYS = [
  ...Object.keys(DirectorySettings.properties).filter((name) => name !== "attributes"),
  ...Object.keys(DirectoryAttributes.properties).map((name) => `attributes.${name}`),
];
const POLL_MS = 1000;
const CHANGES: readonly Column<DirectoryChange>[] = [
  { heading: "ACTION", cell: (change) => change.action },
  { heading: "JID", cell: (change) => change.jid },
  { heading: "WHAT", cell: ({ differences }) => differences.map(differenceText).join("; ") },
];
const PROBLEMS: readonly Column<EntryProblem>[] = [
  { heading: "ENTRY", cell: (problem) => problem.dn },
  { heading: "PROBLEM", cell: (problem) => problem.reason },
];

interface SetOptions {
  readonly passwordStdin?: true;
}

interface SyncOptions {
  readonly dryRun?: true;
  readonly acceptVanished?: true;
}

/** `directory show|set|sync`: the LDAP directory that users come from. */
export function addDirectoryCommands(program: Command, io: Io): void {
  const directory = program.command("directory").description("the LDAP directory that users come from");
  directory
    .command("show")
    .description("the settings, without the password, and how the last synchronisation went")
    .action((_options: unknown, command: Command) => show(new CommandSession(command, io)));
  directory
    .command("set")
    .description("change settings: KEY=VALUE as `directory show` names them, like enabled=true attributes.mailId=mail")
    .argument("<settings...>", "what to change; @FILE stands for the text of a file")
    .option("--password-stdin", "read the password of bindDn from standard input")
    .action((settings: readonly string[], options: SetOptions, command: Command) =>
      set(settings, options, new CommandSession(command, io)),
    );
  directory
    .command("sync")
    .description("bring the users into line with the directory")
    .option("--dry-run", "show what would be done, and do nothing")
    .option("--accept-vanished", "go on although most of the users are not in the directory any more")
    .action((options: SyncOptions, command: Command) => sync(options, new CommandSession(command, io)));
}

async function show(session: CommandSession): Promise<void> {
  const settings = (await session.client.ask("GET", directoryPath)) as Directory;
  const { run } = (await session.client.ask("GET", directorySyncPath)) as DirectoryStatus;
  const last = run === null ? "no synchronisation yet" : summary(run);
  session.say({ ...settings, run }, `${stringifyYaml(settings).trimEnd()}\n\n${last}`);
}

/** A change of one key, the others as they are. */
async function set(words: readonly string[], { passwordStdin }: SetOptions, session: CommandSession): Promise<void> {
  const changes = words.map((word) => settingOf(word, session.io));
  const password = passwordStdin === true ? (await session.io.readInput()).replace(/\r?\n$/, "") : undefined;
  const before = (await session.client.ask("GET", directoryPath)) as Record<string, unknown>;
  for (const { path, value } of changes) place(before, path, value);
  const written = (await session.client.ask("PUT", directoryPath, {
    ...before,
    ...(password === undefined ? {} : { password }),
  })) as Directory;
  session.tell(written, `changed ${changes.map(({ path }) => path.join(".")).join(", ")}`);
}

async function sync({ dryRun, acceptVanished }: SyncOptions, session: CommandSession): Promise<void> {
  const wanted: DirectorySyncInput = {
    ...(dryRun === true ? { dryRun: true } : {}),
    ...(acceptVanished === true ? { acceptVanished: true } : {}),
  };
  let run = (await session.client.ask("POST", directorySyncPath, wanted)) as DirectoryRun;
  if (run.finishedAt === null) session.progress("Reading the directory …");
  while (run.finishedAt === null) {
    await session.io.wait(POLL_MS);
    run = ((await session.client.ask("GET", directorySyncPath)) as DirectoryStatus).run ?? run;
  }
  if (run.failure !== null) throw new CommandError(failureText(run.failure));
  const parts = [summary(run)];
  if (run.changes.length > 0 && dryRun === true) parts.unshift(session.table(run.changes, CHANGES));
  if (run.problems.length > 0) parts.push(session.table(run.problems, PROBLEMS));
  session.say(run, parts.join("\n\n"));
}

interface Setting {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** Only keys the settings have: the node is asked to keep the rest, so it could not tell a misspelt one. */
function settingOf(word: string, io: Io): Setting {
  const at = word.indexOf("=");
  if (at < 1) throw new CommandError(`${word} is not KEY=VALUE`, 2);
  const key = word.slice(0, at);
  if (!KEYS.includes(key)) throw new CommandError(`there is no setting ${key}; there are ${KEYS.join(", ")}`, 2);
  return { path: key.split("."), value: readValue(word.slice(at + 1), io) };
}

/** Numbers, switches, null and what stands in braces as YAML has them; everything else is text. */
function readValue(text: string, io: Io): unknown {
  if (!text.startsWith("@")) return /^(true|false|null|\d+|\{.*\})$/s.test(text) ? parseYaml(text) : text;
  return readFile(text.slice(1), io);
}

function place(settings: Record<string, unknown>, [key = "", inner]: readonly string[], value: unknown): void {
  settings[key] = inner === undefined ? value : { ...(settings[key] as object), [inner]: value };
}

function summary({ mode, startedAt, counts, failure }: DirectoryRun): string {
  if (failure !== null) return `last synchronisation (${startedAt}) failed: ${failureText(failure)}`;
  const { entries, unchanged, problems, ...done } = counts;
  const told = Object.entries(done).map(([action, count]) => `${action} ${count}`);
  const would = mode === "dry-run" ? "would " : "";
  return `${startedAt}: ${entries} entries: ${would}${told.join(", ")}; ${unchanged} unchanged, ${problems} problems`;
}

function failureText({ path, message }: { readonly path: string; readonly message: string }): string {
  return printable(path === "" ? message : `${path}: ${message}`);
}

function differenceText({ field, before, after }: DirectoryChange["differences"][number]): string {
  return before === null ? `${field} ${after}` : `${field} ${before} -> ${after ?? "none"}`;
}
