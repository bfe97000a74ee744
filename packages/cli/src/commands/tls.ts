import {
  type TlsContext,
  type TlsPeerSubject,
  type TlsPeerSubjectInput,
  tlsContexts,
  tlsPeerSubjects,
} from "@interpres/admin-api";
import type { Command } from "commander";
import { CommandError, type Io } from "../io.ts";
import type { Column } from "../render.ts";
import { CommandSession } from "../session.ts";

/** The context of the SIP edge (contract §4). */
const PEER_AUTH = "Default_SIP_Proxy_Peer_Auth_TLS_Context";
const SUBJECTS: readonly Column<TlsPeerSubject>[] = [
  { heading: "NAME", cell: ({ name }) => name },
  { heading: "SELECTED IN", cell: ({ selectedIn }) => selectedIn.join(", ") || "none, so it has no effect" },
  { heading: "SPEAKS FOR", cell: ({ speaksFor = [] }) => speaksFor.join(", ") },
  { heading: "DESCRIPTION", cell: ({ description }) => description },
];
const SUITES: readonly Column<SuiteRow>[] = [
  { heading: "SUITE", cell: ({ suite }) => suite },
  { heading: "WE CALL", cell: ({ outbound }) => yesNo(outbound) },
  { heading: "THEY CALL", cell: ({ inbound }) => yesNo(inbound) },
];

/** A suite of a context, and whether it can be agreed on. */
interface SuiteRow {
  readonly suite: string;
  readonly outbound: boolean;
  readonly inbound: boolean;
}

type SubjectOptions = Omit<TlsPeerSubjectInput, "name">;

interface ChoiceOptions {
  readonly context: string;
}

/** `tls subject` and `tls context`: the names that peers' certificates may show, and what has selected them. */
export function addTlsCommands(program: Command, io: Io): void {
  const tls = program.command("tls").description("whose certificates are accepted, and how TLS is done");
  addSubjectCommands(tls.command("subject").description("TLS peer subjects: names that certificates may show"), io);
  addContextCommands(tls.command("context").description("TLS contexts: versions, suites and selected subjects"), io);
}

function addSubjectCommands(subject: Command, io: Io): void {
  subject
    .command("add")
    .description("define a peer subject; it counts once a context has selected it")
    .argument("<name>", "common name of the peer's certificate, like sip.contoso.example")
    .option("--description <text>", "whose it is")
    .option("--speaks-for <domain...>", "domains behind it that no route or record of theirs leads to it for")
    .option("--match-alternative-names", "a DNS name or sip: URI of the certificate may be the name, too")
    .action((name: string, options: SubjectOptions, command: Command) =>
      add({ name, ...options }, new CommandSession(command, io)),
    );
  subject
    .command("list")
    .description("all peer subjects, and where they are selected")
    .action((_options: unknown, command: Command) => list(new CommandSession(command, io)));
  subject
    .command("remove")
    .description("remove a peer subject that is not selected")
    .argument("<name>", "as `tls subject list` shows it")
    .action((name: string, _options: unknown, command: Command) => remove(name, new CommandSession(command, io)));
}

function addContextCommands(context: Command, io: Io): void {
  context
    .command("show")
    .description("what is set, and what comes of it")
    .argument("[context]", "its name", PEER_AUTH)
    .action((name: string, _options: unknown, command: Command) => show(name, new CommandSession(command, io)));
  chosen(context.command("select"))
    .description("accept peers whose certificate has one of these names, too")
    .action((names: readonly string[], options: ChoiceOptions, command: Command) =>
      select({ names, ...options }, new CommandSession(command, io)),
    );
  chosen(context.command("deselect"))
    .description("accept them no more; their connections end")
    .action((names: readonly string[], options: ChoiceOptions, command: Command) =>
      deselect({ names, ...options }, new CommandSession(command, io)),
    );
}

function chosen(command: Command): Command {
  return command.argument("<names...>", "peer subjects").option("--context <context>", "its name", PEER_AUTH);
}

async function add(subject: TlsPeerSubjectInput, session: CommandSession): Promise<void> {
  const added = await session.client.create(tlsPeerSubjects, subject);
  session.tell(added, `added ${added.name}`);
}

async function list(session: CommandSession): Promise<void> {
  const rows = await session.client.all(tlsPeerSubjects, { limit: 1000 });
  session.list(rows, { columns: SUBJECTS, none: "no peer subjects; add one with `interpres tls subject add NAME`" });
}

async function remove(name: string, session: CommandSession): Promise<void> {
  await session.client.remove(tlsPeerSubjects, name);
  session.say({ removed: name }, `removed ${name}`);
}

async function show(name: string, session: CommandSession): Promise<void> {
  const context = await session.client.get(tlsContexts, name);
  const { ciphers, effective } = context;
  const suites = ciphers.map((suite) => ({
    suite,
    outbound: effective.ciphers.includes(suite),
    inbound: effective.inboundCiphers.includes(suite),
  }));
  session.say(context, [...lines(context), "", session.table(suites, SUITES)].join("\n"));
}

function lines({ name, peerSubjects, authorizationPolicy, ...context }: TlsContext): readonly string[] {
  const { minVersion, maxVersion, disableEmptyTlsFragments, effective } = context;
  const { current, older, draining } = effective.openConnections;
  return [
    name,
    `used by: ${effective.usedBy.join(", ") || "nothing, so it has no effect"}`,
    `peer subjects: ${peerSubjects.join(", ") || "none, so nobody is accepted"}`,
    `certificates: ${authorizationPolicy === "peer" ? "of both sides" : "of the side that is called"}`,
    `versions: ${minVersion} to ${maxVersion}; in effect ${effective.minVersion} to ${effective.maxVersion}`,
    `empty fragments disabled: ${yesNo(disableEmptyTlsFragments)}; in effect ${yesNo(effective.emptyFragmentsDisabled)}`,
    `security level: ${effective.securityLevel}`,
    `connections: ${current}; ${older} under an older generation, ${draining} of them draining`,
  ];
}

function yesNo(value: boolean): string {
  return value ? "yes" : "no";
}

interface Choice extends ChoiceOptions {
  readonly names: readonly string[];
}

async function select({ names, context }: Choice, session: CommandSession): Promise<void> {
  const { peerSubjects } = await session.client.get(tlsContexts, context);
  const after = await session.client.replace(tlsContexts, context, { peerSubjects: [...peerSubjects, ...names] });
  session.tell(after, `selected ${names.join(", ")} in ${context}`);
}

async function deselect({ names, context }: Choice, session: CommandSession): Promise<void> {
  const { peerSubjects } = await session.client.get(tlsContexts, context);
  const stranger = names.find((name) => !peerSubjects.some(isSame(name)));
  if (stranger !== undefined) throw new CommandError(`${stranger} is not selected in ${context}`);
  const kept = peerSubjects.filter((selected) => !names.some(isSame(selected)));
  const after = await session.client.replace(tlsContexts, context, { peerSubjects: kept });
  session.tell(after, `deselected ${names.join(", ")} in ${context}`);
}

/** Names of certificates are compared without regard to case. */
function isSame(name: string): (other: string) => boolean {
  return (other) => other.toLowerCase() === name.toLowerCase();
}
