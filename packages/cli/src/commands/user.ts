import { randomBytes } from "node:crypto";
import { type User, type UserInput, users } from "@interpres/admin-api";
import type { Command } from "commander";
import { parseCsv } from "../csv.ts";
import { CommandError, type Io } from "../io.ts";
import type { Column } from "../render.ts";
import { CommandSession } from "../session.ts";

const COLUMNS: readonly Column<User>[] = [
  { heading: "JID", cell: (user) => user.jid },
  { heading: "NAME", cell: (user) => user.displayName ?? "" },
  { heading: "MAIL ID", cell: (user) => user.mailId ?? "" },
  { heading: "ENABLED", cell: (user) => (user.enabled ? "yes" : "no") },
  { heading: "FEDERATION ADDRESS", cell: (user) => user.federationAddress },
];
const CSV_COLUMNS = ["jid", "displayName", "mailId", "password", "enabled"] as const;
const PASSWORD_OCTETS = 15;

interface AddOptions {
  readonly displayName?: string;
  readonly mailId?: string;
  readonly passwordStdin?: true;
}

/** `user add|list|remove|import`: the local users. */
export function addUserCommands(program: Command, io: Io): void {
  const user = program.command("user").description("local users");
  user
    .command("add")
    .description("add a local user; without --password-stdin a random password is made and shown once")
    .argument("<jid>", "address like alice@example.com")
    .option("--display-name <name>", "name shown to others")
    .option("--mail-id <address>", "address in the mail domain")
    .option("--password-stdin", "read the password from standard input")
    .action((jid: string, options: AddOptions, command: Command) => add(jid, options, new CommandSession(command, io)));
  user
    .command("list")
    .description("all local users")
    .action((_options: unknown, command: Command) => list(new CommandSession(command, io)));
  user
    .command("remove")
    .description("remove a user with roster, block list and stored messages")
    .argument("<jid>", "address like alice@example.com")
    .action((jid: string, _options: unknown, command: Command) => remove(jid, new CommandSession(command, io)));
  user
    .command("import")
    .description(`add many users, all or none; the first line names the columns: ${CSV_COLUMNS.join(",")}`)
    .argument("<file>", "CSV file")
    .action((file: string, _options: unknown, command: Command) => importFile(file, new CommandSession(command, io)));
}

async function add(jid: string, options: AddOptions, session: CommandSession): Promise<void> {
  const { displayName, mailId, passwordStdin } = options;
  const given = passwordStdin === true ? (await session.io.readInput()).replace(/\r?\n$/, "") : undefined;
  if (given === "") throw new CommandError("standard input holds no password", 2);
  const password = given ?? randomPassword();
  const user = await session.client.create(users, {
    jid,
    password,
    ...(displayName === undefined ? {} : { displayName }),
    ...(mailId === undefined ? {} : { mailId }),
  });
  if (given !== undefined) session.say(user, `added ${user.jid}`);
  else session.say({ ...user, password }, `added ${user.jid}\npassword: ${password}`);
}

async function list(session: CommandSession): Promise<void> {
  const rows = await session.client.all(users, { limit: 1000 });
  session.list(rows, { columns: COLUMNS, none: "no users; add one with `interpres user add JID`" });
}

async function remove(jid: string, session: CommandSession): Promise<void> {
  await session.client.remove(users, jid);
  session.say({ removed: jid }, `removed ${jid}`);
}

async function importFile(file: string, session: CommandSession): Promise<void> {
  const text = session.io.readFile(file);
  if (text === undefined) throw new CommandError(`there is no file ${file}`, 2);
  const { inputs, made } = usersOf(text, file);
  if (inputs.length === 0) throw new CommandError(`${file} holds no users`);
  await session.client.ask("POST", `${users.path}/import`, { users: inputs });
  const secrets = made.map(({ jid, password }) => `password of ${jid}: ${password}`);
  session.say({ imported: inputs.length, passwords: made }, [`added ${inputs.length} users`, ...secrets].join("\n"));
}

interface Read {
  readonly inputs: readonly UserInput[];
  /** Passwords made here, for lines that had none. */
  readonly made: readonly { readonly jid: string; readonly password: string }[];
}

function usersOf(text: string, file: string): Read {
  const [header, ...lines] = parseCsv(text) ?? [];
  if (header === undefined) throw new CommandError(`${file} is no CSV file`);
  const unknown = header.filter((name) => !(CSV_COLUMNS as readonly string[]).includes(name));
  if (unknown.length > 0 || !header.includes("jid"))
    throw new CommandError(`the first line of ${file} must name columns of ${CSV_COLUMNS.join(", ")}, jid among them`);
  const read = lines.map((line) => userOf(Object.fromEntries(header.map((name, at) => [name, line[at] ?? ""]))));
  return {
    inputs: read.map(({ input }) => input),
    made: read.filter(({ isMade }) => isMade).map(({ input: { jid, password } }) => ({ jid, password })),
  };
}

function userOf(fields: Readonly<Record<string, string>>): { readonly input: UserInput; readonly isMade: boolean } {
  const { jid = "", displayName = "", mailId = "", password = "", enabled = "" } = fields;
  const input = {
    jid,
    password: password === "" ? randomPassword() : password,
    ...(displayName === "" ? {} : { displayName }),
    ...(mailId === "" ? {} : { mailId }),
    enabled: !["no", "false", "0"].includes(enabled.toLowerCase()),
  };
  return { input, isMade: password === "" };
}

function randomPassword(): string {
  return randomBytes(PASSWORD_OCTETS).toString("base64url");
}
