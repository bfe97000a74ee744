import { type Attachment, type AttachmentInput, type AttachmentLink, attachments } from "@interpres/admin-api";
import { type Command, InvalidArgumentError } from "commander";
import type { Io } from "../io.ts";
import type { Column } from "../render.ts";
import { CommandSession } from "../session.ts";

interface Row {
  readonly attachment: Attachment;
  readonly link: AttachmentLink | undefined;
}

const COLUMNS: readonly Column<Row>[] = [
  { heading: "NAME", cell: ({ attachment }) => attachment.name },
  { heading: "SERVER", cell: ({ attachment: { host, port } }) => `${host} port ${port}` },
  { heading: "USERS OF", cell: ({ attachment }) => attachment.localDomains.join(", ") },
  { heading: "COMPONENT", cell: ({ link }) => link?.component ?? "-" },
  { heading: "LINK", cell: ({ link }) => link?.state ?? "-" },
  { heading: "SINCE", cell: ({ link }) => link?.since ?? "-" },
  { heading: "WHY", cell: ({ link }) => link?.reason ?? "" },
];

interface Options {
  readonly host?: string;
  readonly port?: number;
  readonly domain?: readonly string[];
  readonly component?: readonly string[];
  readonly description?: string;
  readonly secretStdin?: true;
}

/** `attachment add|change|list|remove`: XMPP servers whose users we federate for, as their external components. */
export function addAttachmentCommands(program: Command, io: Io): void {
  const group = program.command("attachment").description("XMPP servers that have us as their components (XEP-0114)");
  fields(group.command("add").description("attach to a server; its secret is read from standard input"))
    .requiredOption("--host <host>", "where it takes components")
    .requiredOption("--domain <domain...>", "domains whose users it serves")
    .option("--component <domain...>", "SIP federated domains that its users reach through us")
    .action((name: string, options: Options, command: Command) => add(name, options, new CommandSession(command, io)));
  fields(group.command("change").description("change an attachment; what is not named stays"))
    .option("--host <host>", "where it takes components")
    .option("--domain <domain...>", "domains whose users it serves, all of them")
    .option("--component <domain...>", "SIP federated domains that its users reach through us, all of them")
    .option("--secret-stdin", "read a new secret from standard input")
    .action((name: string, options: Options, command: Command) =>
      change(name, options, new CommandSession(command, io)),
    );
  group
    .command("list")
    .description("all attachments and how their links stand")
    .action((_options: unknown, command: Command) => list(new CommandSession(command, io)));
  group
    .command("remove")
    .description("end an attachment: its users see their foreign contacts no more")
    .argument("<name>", "as `attachment list` shows it")
    .action((name: string, _options: unknown, command: Command) => remove(name, new CommandSession(command, io)));
}

function fields(command: Command): Command {
  return command
    .argument("<name>", "what the server is called here")
    .option("--port <port>", "its component port", portOf)
    .option("--description <text>", "for other administrators");
}

async function add(name: string, options: Options, session: CommandSession): Promise<void> {
  const secret = await secretFrom(session);
  const { host = "", domain = [], component = [] } = options;
  const input = { name, host, localDomains: [...domain], components: [...component], ...others(options), secret };
  const added = await session.client.create(attachments, input);
  session.tell(added, `attached to ${added.name}; see \`interpres attachment list\` for its links`);
}

async function change(name: string, options: Options, session: CommandSession): Promise<void> {
  const before = await session.client.get(attachments, name);
  const { host, domain, component, secretStdin } = options;
  const input: AttachmentInput = {
    ...before,
    ...(host === undefined ? {} : { host }),
    ...(domain === undefined ? {} : { localDomains: [...domain] }),
    ...(component === undefined ? {} : { components: [...component] }),
    ...others(options),
    ...(secretStdin === true ? { secret: await secretFrom(session) } : {}),
  };
  const changed = await session.client.replace(attachments, name, input);
  session.tell(changed, `changed ${changed.name}`);
}

async function list(session: CommandSession): Promise<void> {
  const found = await session.client.all(attachments, { limit: 1000 });
  const rows = found.flatMap((attachment): readonly Row[] =>
    attachment.links.length === 0
      ? [{ attachment, link: undefined }]
      : attachment.links.map((link) => ({ attachment, link })),
  );
  const none = "no attachments; add one with `interpres attachment add NAME --host HOST --domain DOMAIN`";
  session.say(found, rows.length === 0 ? none : session.table(rows, COLUMNS));
}

async function remove(name: string, session: CommandSession): Promise<void> {
  await session.client.remove(attachments, name);
  session.say({ removed: name }, `removed ${name}`);
}

function others({ port, description }: Options) {
  return { ...(port === undefined ? {} : { port }), ...(description === undefined ? {} : { description }) };
}

async function secretFrom({ io }: CommandSession): Promise<string> {
  return (await io.readInput()).replace(/\r?\n$/, "");
}

function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port)) throw new InvalidArgumentError("It is not a number.");
  return port;
}
