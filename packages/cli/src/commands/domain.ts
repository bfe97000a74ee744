import {
  type FederationNotice,
  type FederationStatus,
  federationNoticePath,
  federationStatusPath,
  integrationTypes,
  type LampName,
  lampNames,
  type SipFederatedDomain,
  sipFederatedDomains,
} from "@interpres/admin-api";
import { type Command, Option } from "commander";
import type { Io } from "../io.ts";
import type { Column } from "../render.ts";
import { CommandSession } from "../session.ts";
import { addDialectCommand } from "./dialect.ts";

const COLUMNS: readonly Column<SipFederatedDomain>[] = [
  { heading: "DOMAIN", cell: (entry) => entry.domain },
  { heading: "TYPE", cell: (entry) => entry.integrationType },
  { heading: "DIRECT", cell: (entry) => (entry.directFederation ? "yes" : "no") },
  { heading: "DESCRIPTION", cell: (entry) => entry.description },
];

const LAMPS: Readonly<Record<LampName, string>> = {
  presenceIn: "presence in",
  presenceOut: "presence out",
  imIn: "IM in",
  imOut: "IM out",
};

interface LampRow {
  readonly name: LampName;
  readonly lamp: FederationStatus[LampName];
}

const LAMP_COLUMNS: readonly Column<LampRow>[] = [
  { heading: "LAMP", cell: ({ name }) => LAMPS[name] },
  { heading: "STATE", cell: ({ lamp }) => lamp.state },
  { heading: "LAST SUCCESS", cell: ({ lamp }) => lamp.lastSuccess?.at ?? "-" },
  { heading: "LAST FAILURE", cell: ({ lamp }) => lamp.lastFailure?.at ?? "-" },
  { heading: "WHY", cell: ({ lamp }) => (lamp.lastFailure === null ? "" : why(lamp.lastFailure)) },
];

interface AddOptions {
  readonly type: SipFederatedDomain["integrationType"];
  readonly description?: string;
  readonly direct?: true;
}

/** `domain add|list|remove|notice|status|dialect`: the SIP federated domains. */
export function addDomainCommands(program: Command, io: Io): void {
  const domain = program.command("domain").description("SIP federated domains");
  domain
    .command("add")
    .description("federate with a foreign domain")
    .argument("<domain>", "like contoso.example")
    .addOption(new Option("--type <type>", "who answers there").choices(integrationTypes).makeOptionMandatory())
    .option("--description <text>", "shown to users")
    .option("--direct", "straight to a server of the same enterprise: static route only; microsoft only")
    .action((name: string, options: AddOptions, command: Command) =>
      add(name, options, new CommandSession(command, io)),
    );
  domain
    .command("list")
    .description("all SIP federated domains")
    .action((_options: unknown, command: Command) => list(new CommandSession(command, io)));
  domain
    .command("remove")
    .description("end the federation with a domain")
    .argument("<domain>", "like contoso.example")
    .action((name: string, _options: unknown, command: Command) => remove(name, new CommandSession(command, io)));
  domain
    .command("notice")
    .description("a letter to the administrator of a domain: what to enter on the other side")
    .argument("<domain>", "like contoso.example")
    .action((name: string, _options: unknown, command: Command) => notice(name, new CommandSession(command, io)));
  domain
    .command("status")
    .description("whether presence and messages pass, each way: what succeeded and what failed last")
    .argument("<domain>", "like contoso.example")
    .action((name: string, _options: unknown, command: Command) => status(name, new CommandSession(command, io)));
  addDialectCommand(domain, io);
}

async function add(name: string, { type, description, direct }: AddOptions, session: CommandSession): Promise<void> {
  const added = await session.client.create(sipFederatedDomains, {
    domain: name,
    integrationType: type,
    ...(description === undefined ? {} : { description }),
    ...(direct === true ? { directFederation: true } : {}),
  });
  session.tell(added, `added ${added.domain}`);
}

async function list(session: CommandSession): Promise<void> {
  const rows = await session.client.all(sipFederatedDomains, { limit: 1000 });
  session.list(rows, { columns: COLUMNS, none: "no domains; add one with `interpres domain add DOMAIN --type TYPE`" });
}

async function remove(name: string, session: CommandSession): Promise<void> {
  await session.client.remove(sipFederatedDomains, name);
  session.say({ removed: name }, `removed ${name}`);
}

async function notice(name: string, session: CommandSession): Promise<void> {
  const letter = (await session.client.ask("GET", federationNoticePath(name))) as FederationNotice;
  session.say(letter, letter.text.trimEnd());
}

async function status(name: string, session: CommandSession): Promise<void> {
  const lamps = (await session.client.ask("GET", federationStatusPath(name))) as FederationStatus;
  const rows = lampNames.map((lamp) => ({ name: lamp, lamp: lamps[lamp] }));
  session.say(lamps, session.table(rows, LAMP_COLUMNS));
}

function why({ status, rule, detail, user }: NonNullable<FederationStatus[LampName]["lastFailure"]>): string {
  return [status, rule, detail, user].filter((part) => part !== null && part !== "").join(" · ");
}
