import {
  type CalendarEntry,
  type Certificates,
  certificatePurposes,
  type FetchedCertificates,
  type OwnCertificate,
  printable,
} from "@interpres/admin-api";
import { Argument, type Command, InvalidArgumentError } from "commander";
import type { Io } from "../io.ts";
import type { Column } from "../render.ts";
import { CommandSession } from "../session.ts";
import { warningsOf } from "../warnings.ts";
import { addTrustCommands } from "./trust.ts";

const CALENDAR: readonly Column<CalendarEntry>[] = [
  { heading: "KIND", cell: ({ kind }) => kind },
  { heading: "NAME", cell: ({ name }) => name },
  { heading: "EXPIRES", cell: ({ notAfter }) => notAfter.slice(0, 10) },
  { heading: "DAYS LEFT", cell: ({ daysLeft }) => String(daysLeft) },
];
const CHAIN: readonly Column<FetchedCertificates["chain"][number]>[] = [
  { heading: "SUBJECT", cell: ({ subject }) => subject },
  { heading: "ISSUER", cell: ({ issuer }) => issuer },
  { heading: "EXPIRES", cell: ({ notAfter }) => notAfter.slice(0, 10) },
  { heading: "USAGES", cell: ({ usages }) => usages.join(" ") },
];
const OBJECTIONS: readonly Column<FetchedCertificates["objections"][number]>[] = [
  { heading: "REFUSED BY", cell: ({ rule }) => rule },
  { heading: "PRESENTED", cell: ({ presented }) => presented },
  { heading: "EXPECTED", cell: ({ expected }) => expected },
];

/** `certificate list|fetch|trust|regenerate`: when certificates end, what a peer presents, whom we believe, a new one of ours. */
export function addCertificateCommands(program: Command, io: Io): void {
  const certificate = program.command("certificate").description("certificates, ours and those of peers");
  certificate
    .command("list")
    .description("every certificate this node depends on, the next to expire first")
    .action((_options: unknown, command: Command) => list(new CommandSession(command, io)));
  certificate
    .command("fetch")
    .description("what a peer presents, and what we would have against it")
    .argument("<host:port>", "like sip.contoso.example:5061", target)
    .action((at: Target, _options: unknown, command: Command) => fetchFrom(at, new CommandSession(command, io)));
  certificate
    .command("regenerate")
    .description("a new certificate of ours, signed by the node's own authority for the names the node has now")
    .addArgument(new Argument("<purpose>").choices(certificatePurposes))
    .action((purpose: string, _options: unknown, command: Command) =>
      regenerate(purpose, new CommandSession(command, io)),
    );
  addTrustCommands(certificate, io);
}

interface Target {
  readonly host: string;
  readonly port: number;
}

function target(text: string): Target {
  const match = /^(.+):(\d{1,5})$/.exec(text);
  if (match === null) throw new InvalidArgumentError("It is not HOST:PORT.");
  return { host: match[1] ?? "", port: Number(match[2]) };
}

async function list(session: CommandSession): Promise<void> {
  const { calendar } = (await session.client.ask("GET", "/certificates")) as Certificates;
  session.list(calendar, { columns: CALENDAR, none: "no certificates" });
}

async function regenerate(purpose: string, session: CommandSession): Promise<void> {
  const made = (await session.client.ask("POST", `/certificates/own/${purpose}/regenerate`, {})) as OwnCertificate;
  const { subject, issuer, notAfter } = made;
  const line = `${purpose}: ${printable(subject)}, signed by ${printable(issuer)}, until ${notAfter.slice(0, 10)}`;
  session.say(made, [line, ...warningsOf(made)].join("\n"));
}

async function fetchFrom(at: Target, session: CommandSession): Promise<void> {
  const fetched = (await session.client.ask("POST", "/certificates/fetch", at)) as FetchedCertificates;
  const { version, cipher, error, chain, objections } = fetched;
  const parts = [`${version ?? "no version"}, ${cipher ?? "no suite"}${error === null ? "" : `: ${printable(error)}`}`];
  parts.push(session.table(chain, CHAIN));
  if (objections.length > 0) parts.push(session.table(objections, OBJECTIONS));
  session.say(fetched, parts.join("\n\n"));
}
