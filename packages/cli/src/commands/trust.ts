import { printable, type TrustCertificate, type TrustRemoval, trustCertificates } from "@interpres/admin-api";
import type { Command } from "commander";
import { CommandError, type Io } from "../io.ts";
import { readFileOrInput } from "../read-file.ts";
import type { Column } from "../render.ts";
import { CommandSession } from "../session.ts";

/** As much of a fingerprint as a person compares. */
const SHOWN_DIGITS = 12;
const COLUMNS: readonly Column<TrustCertificate>[] = [
  { heading: "ID", cell: ({ id }) => id.slice(0, SHOWN_DIGITS) },
  { heading: "NAME", cell: nameOf },
  { heading: "AUTHORITY", cell: ({ isAuthority }) => (isAuthority ? "yes" : "no") },
  { heading: "EXPIRES", cell: ({ notAfter }) => notAfter.slice(0, 10) },
  { heading: "DESCRIPTION", cell: ({ description }) => description },
];

interface AddOptions {
  readonly description?: string;
}

/** `certificate trust add|list|remove`: the certificates that those of peers are verified with. */
export function addTrustCommands(certificate: Command, io: Io): void {
  const trust = certificate.command("trust").description("the certificates that those of peers are verified with");
  trust
    .command("add")
    .description("trust an authority, or one server; its common name becomes a TLS peer subject, not selected yet")
    .argument("<file>", "PEM file with one certificate, - for standard input")
    .option("--description <text>", "whose it is")
    .action((file: string, options: AddOptions, command: Command) =>
      add(file, options, new CommandSession(command, io)),
    );
  trust
    .command("list")
    .description("all trusted certificates")
    .action((_options: unknown, command: Command) => list(new CommandSession(command, io)));
  trust
    .command("remove")
    .description("trust a certificate no more; connections that were verified with it end")
    .argument("<id>", "as `certificate trust list` shows it, or the whole SHA-256 fingerprint")
    .action((id: string, _options: unknown, command: Command) => remove(id, new CommandSession(command, io)));
}

async function add(file: string, options: AddOptions, session: CommandSession): Promise<void> {
  const pem = await readFileOrInput(file, session.io);
  const added = await session.client.create(trustCertificates, { pem, ...options });
  const sentence = `trusted ${printable(nameOf(added))} until ${added.notAfter.slice(0, 10)}, as ${added.id.slice(0, SHOWN_DIGITS)}`;
  session.tell(added, sentence);
}

async function list(session: CommandSession): Promise<void> {
  const rows = await session.client.all(trustCertificates, { limit: 1000 });
  session.list(rows, {
    columns: COLUMNS,
    none: "no certificates; trust one with `interpres certificate trust add FILE`",
  });
}

async function remove(text: string, session: CommandSession): Promise<void> {
  const { id } = await meant(text, session);
  const removal = (await session.client.ask("DELETE", `${trustCertificates.path}/${id}`)) as TrustRemoval | undefined;
  session.tell({ removed: id, ...removal }, `removed ${id.slice(0, SHOWN_DIGITS)}`);
}

/** By an unambiguous beginning of the fingerprint, with or without colons. */
async function meant(text: string, session: CommandSession): Promise<TrustCertificate> {
  const beginning = text.replaceAll(":", "").toLowerCase();
  const all = await session.client.all(trustCertificates, { limit: 1000 });
  const [found, ...others] = all.filter(({ id }) => beginning !== "" && id.startsWith(beginning));
  if (found === undefined) throw new CommandError(`there is no trusted certificate ${text}`);
  if (others.length > 0) throw new CommandError(`${text} begins several; say more of it`, 2);
  return found;
}

function nameOf({ commonName, subject }: TrustCertificate): string {
  return commonName ?? subject;
}
