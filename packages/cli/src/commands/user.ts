import {
  lineOfPath,
  RefusedError,
  readUserCsv,
  type User,
  type UserImport,
  userCsvColumns,
  userImportPath,
  users,
} from "@interpres/admin-api";
import type { Command } from "commander";
import { CommandError, type Io } from "../io.ts";
import { readFileOrInput } from "../read-file.ts";
import type { Column } from "../render.ts";
import { CommandSession } from "../session.ts";

const COLUMNS: readonly Column<User>[] = [
  { heading: "JID", cell: (user) => user.jid },
  { heading: "NAME", cell: (user) => user.displayName ?? "" },
  { heading: "MAIL ID", cell: (user) => user.mailId ?? "" },
  { heading: "FROM", cell: (user) => (user.origin.kind === "directory" ? "directory" : "here") },
  { heading: "NODE", cell: (user) => user.node },
  { heading: "ENABLED", cell: (user) => (user.enabled ? "yes" : "no") },
  { heading: "FEDERATION ADDRESS", cell: (user) => user.federationAddress },
];
const PASSWORD_OCTETS = 15;

interface AddOptions {
  readonly displayName?: string;
  readonly mailId?: string;
  readonly node?: string;
  readonly passwordStdin?: true;
}

/** `user add|list|remove|enable|disable|import`: the local users. */
export function addUserCommands(program: Command, io: Io): void {
  const user = program.command("user").description("local users");
  user
    .command("add")
    .description("add a local user; without --password-stdin a random password is made and shown once")
    .argument("<jid>", "address like alice@example.com")
    .option("--display-name <name>", "name shown to others")
    .option("--mail-id <address>", "address in the mail domain")
    .option("--node <name>", "node to assign the user to")
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
  for (const [name, enabled] of [
    ["enable", "enabled"],
    ["disable", "disabled"],
  ] as const)
    user
      .command(name)
      .description(
        name === "enable" ? "let a user sign in again" : "sign a user out and keep her out; her contacts stay",
      )
      .argument("<jid>", "address like alice@example.com")
      .action((jid: string, _options: unknown, command: Command) =>
        enable(jid, enabled, new CommandSession(command, io)),
      );
  user
    .command("import")
    .description(`add many users, all or none; the first line names the columns: ${userCsvColumns.join(",")}`)
    .argument("<file>", "CSV file, - for standard input")
    .action((file: string, _options: unknown, command: Command) => importFile(file, new CommandSession(command, io)));
}

async function add(jid: string, options: AddOptions, session: CommandSession): Promise<void> {
  const { displayName, mailId, node, passwordStdin } = options;
  const given = passwordStdin === true ? (await session.io.readInput()).replace(/\r?\n$/, "") : undefined;
  if (given === "") throw new CommandError("standard input holds no password", 2);
  const password = given ?? randomPassword(session.io);
  const user = await session.client.create(users, {
    jid,
    password,
    ...(displayName === undefined ? {} : { displayName }),
    ...(mailId === undefined ? {} : { mailId }),
    ...(node === undefined ? {} : { node }),
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
  const csv = readUserCsv(await readFileOrInput(file, session.io));
  if (csv.kind === "problems")
    throw new CommandError(csv.problems.map(({ path, message }) => `${file}: ${path} ${message}`).join("\n"));
  const inputs = csv.users.map(({ input }) => ({ ...input, password: input.password ?? randomPassword(session.io) }));
  await importing({ users: inputs }, { session, file, lines: csv.users.map(({ line }) => line) });
  const made = inputs.filter((_, at) => csv.users[at]?.input.password === undefined);
  const passwords = made.map(({ jid, password }) => ({ jid, password }));
  const secrets = passwords.map(({ jid, password }) => `password of ${jid}: ${password}`);
  session.say(
    { imported: inputs.length, passwords },
    [`added ${inputs.length} ${inputs.length === 1 ? "user" : "users"}`, ...secrets].join("\n"),
  );
}

interface Importing {
  readonly session: CommandSession;
  readonly file: string;
  /** The line of each user. */
  readonly lines: readonly number[];
}

/** What the node refuses is told by the lines of the file. */
async function importing(users: UserImport, { session, file, lines }: Importing): Promise<void> {
  try {
    await session.client.ask("POST", userImportPath, users);
  } catch (error) {
    if (!(error instanceof RefusedError) || error.problem.errors === undefined) throw error;
    const told = error.problem.errors.map(({ path, message }) => `${file}: ${lineOfPath(path, lines)} ${message}`);
    throw new CommandError(told.join("\n"), 1, { cause: error });
  }
}

async function enable(jid: string, enabled: "enabled" | "disabled", session: CommandSession): Promise<void> {
  const user = await session.client.get(users, jid);
  const { federationAddress: _computed, origin: _origin, ...kept } = user;
  const changed = await session.client.ask("PUT", `${users.path}/${encodeURIComponent(jid)}`, {
    ...kept,
    enabled: enabled === "enabled",
  });
  session.say(changed, `${enabled} ${user.jid}`);
}

function randomPassword(io: Io): string {
  return Buffer.from(io.randomOctets(PASSWORD_OCTETS)).toString("base64url");
}
