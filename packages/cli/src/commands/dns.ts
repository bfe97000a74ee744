import { type DnsCheck, type DnsFinding, type DnsRecords, dnsRecordsPath, printable } from "@interpres/admin-api";
import type { Command } from "commander";
import { CommandError, type Io } from "../io.ts";
import type { Column } from "../render.ts";
import { CommandSession } from "../session.ts";

const COLUMNS: readonly Column<DnsFinding>[] = [
  { heading: "RECORD", cell: ({ name }) => name },
  { heading: "TYPE", cell: ({ type }) => type },
  { heading: "STATE", cell: ({ state }) => state },
  { heading: "FOUND", cell: ({ found }) => (found.length === 0 ? "-" : found.join(", ")) },
];

/** `dns records|check`: what peers find us by, and what the node sees in DNS. */
export function addDnsCommands(program: Command, io: Io): void {
  const dns = program.command("dns").description("records in DNS");
  dns
    .command("records")
    .description("the records to publish, in the words of a zone file")
    .action((_options: unknown, command: Command) => records(new CommandSession(command, io)));
  dns
    .command("check")
    .description("ask the node what DNS says now: of our records, or of one domain")
    .argument("[domain]", "one of ours, or a foreign one")
    .action((domain: string | undefined, _options: unknown, command: Command) =>
      check(domain, new CommandSession(command, io)),
    );
}

async function records(session: CommandSession): Promise<void> {
  const report = (await session.client.ask("GET", dnsRecordsPath)) as DnsRecords;
  session.say(report, report.zone.trimEnd().split("\n").map(printable).join("\n"));
}

async function check(domain: string | undefined, session: CommandSession): Promise<void> {
  const path = domain === undefined ? dnsRecordsPath : `${dnsRecordsPath}/${encodeURIComponent(domain)}`;
  const answer = (await session.client.ask("GET", path)) as DnsRecords | DnsCheck;
  session.say(
    answer,
    [...unasked(answer), session.table(answer.items, COLUMNS), ...remarksOn(answer.items)].join("\n"),
  );
  if (!isFound(answer.items)) throw new CommandError("not all is as it shall be in DNS");
}

/** A domain of direct federation is reached by static routes alone, so that nobody asks for records of its own. */
function unasked(answer: DnsRecords | DnsCheck): readonly string[] {
  if (!("domain" in answer) || answer.kind !== "foreign" || answer.items.some(({ kind }) => kind === "peer")) return [];
  return [`${answer.domain} is reached by static routes alone, whatever DNS says of it. Of ours it needs:`, ""];
}

function remarksOn(items: readonly DnsFinding[]): readonly string[] {
  const remarks = items.flatMap(({ name, problems, advice, wanted, type, state }) => [
    ...problems.map((problem) => `${name}: ${problem}`),
    ...(state !== "ok" && wanted !== null && type === "SRV" ? [`  publish ${name}. IN SRV ${wanted}`] : []),
    ...advice.map((word) => `${name}: ${word}`),
  ]);
  return remarks.length === 0 ? [] : ["", ...remarks.map(printable)];
}

/** Ours are all there, and of a foreign domain whatever there is leads somewhere. */
function isFound(items: readonly DnsFinding[]): boolean {
  const ours = items.filter(({ kind }) => kind !== "peer");
  const theirs = items.filter(({ kind }) => kind === "peer");
  const isThere = theirs.length === 0 || theirs.some(({ type, state }) => type === "SRV" && state === "ok");
  return isThere && ours.every(({ state }) => state === "ok") && theirs.every(({ state }) => state !== "unreachable");
}
