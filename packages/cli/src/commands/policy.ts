import {
  type ConfigImported,
  type PolicyOutcome,
  type PolicyReplay,
  policyApplyPath,
  policyReplayPath,
  policyReplaysPath,
  type ReplayGroup,
  withQuery,
} from "@interpres/admin-api";
import type { Command } from "commander";
import { DRAFT_HELP, draftIn } from "../draft-file.ts";
import { CommandError, type Io } from "../io.ts";
import type { Column } from "../render.ts";
import { CommandSession } from "../session.ts";
import { toldDifferences } from "./config.ts";

const ASK_EVERY_MS = 300;
interface ReplayOptions {
  readonly draft: string;
  readonly from?: string;
  readonly to?: string;
  readonly failOnRefusal?: true;
}

/** `policy replay|apply`: what recorded traffic would have met under a draft of the settings, and saving it. */
export function addPolicyCommands(program: Command, io: Io): void {
  const policy = program.command("policy").description("a draft of routes, subjects and access list");
  policy
    .command("replay")
    .description("what recorded traffic would have met under the draft; of the last day by default")
    .requiredOption("--draft <file>", "changes that are not saved")
    .option("--from <time>", "RFC 3339; at most seven days ago")
    .option("--to <time>", "RFC 3339; the present by default")
    .option("--fail-on-refusal", "exit with 1 when something that was admitted would be refused")
    .addHelpText("after", DRAFT_HELP)
    .action((options: ReplayOptions, command: Command) => replay(options, new CommandSession(command, io)));
  policy
    .command("apply")
    .description("save the draft, all of it or nothing")
    .requiredOption("--draft <file>", "the changes")
    .option("--dry-run", "print what is different, and change nothing")
    .action((options: { readonly draft: string; readonly dryRun?: true }, command: Command) =>
      apply(options, new CommandSession(command, io)),
    );
}

const COLUMNS: readonly Column<ReplayGroup>[] = [
  { heading: "TRAFFIC", cell: ({ traffic }) => traffic },
  { heading: "PEER", cell: ({ peer }) => peer },
  { heading: "COUNT", cell: ({ count }) => String(count) },
  { heading: "NOW", cell: ({ now }) => outcomeText(now) },
  { heading: "WITH THE DRAFT", cell: ({ draft }) => outcomeText(draft) },
  { heading: "WHO", cell: ({ who }) => who.join(" ") },
];

async function replay(options: ReplayOptions, session: CommandSession): Promise<void> {
  const { draft, from, to } = options;
  const period = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  const input = { draft: await draftIn(draft, session.io), ...period };
  let found = (await session.client.ask("POST", policyReplaysPath, input)) as PolicyReplay;
  while (found.state === "running") {
    session.progress(`${found.done} of ${found.size} kinds of traffic looked at …`);
    await session.io.wait(ASK_EVERY_MS);
    found = (await session.client.ask("GET", policyReplayPath(found.id))) as PolicyReplay;
  }
  session.say(found, replayText(found, session));
  if (found.state !== "done") throw new CommandError(`the replay is ${found.state}: ${found.reason ?? "by an order"}`);
  if (options.failOnRefusal === true && found.wouldBeRefused > 0)
    throw new CommandError(`${found.wouldBeRefused} that were admitted would be refused`);
}

function replayText(found: PolicyReplay, session: CommandSession): string {
  const { from, to, recordedFrom, total, unchanged, unknown, groups, decidedOtherwiseSince } = found;
  const sums = [
    `${from} to ${to}${recordedFrom === null ? ": nothing recorded" : recordedFrom === from ? "" : `; recorded from ${recordedFrom}`}`,
    `${total} in all: ${unchanged} decided as now`,
    ...Object.entries(unknown).map(([reason, count]) => `${count} unknown: ${UNKNOWN[reason] ?? reason}`),
    ...(decidedOtherwiseSince === 0 ? [] : [`${decidedOtherwiseSince} are decided otherwise since, without the draft`]),
  ];
  const left = found.groupsLeftOff === 0 ? [] : [`${found.groupsLeftOff} groups more`];
  return [...sums, ...(groups.length === 0 ? [] : ["", session.table(groups, COLUMNS)]), ...left].join("\n");
}

const UNKNOWN: Readonly<Record<string, string>> = {
  "not-recorded": "what it was decided on was not recorded",
  "user-not-recorded": "the foreign user was not recorded, and a route asks for users",
  "dns-silent": "DNS gives no answer now",
};

function outcomeText({ kind, rule, detail }: PolicyOutcome): string {
  if (kind === "routed") return `${rule} ${detail}`;
  return rule === null ? kind : `${kind} (${rule})`;
}

/** The differences first; then the draft, unless somebody changed what it is about in between. */
async function apply(
  { draft: file, dryRun }: { readonly draft: string; readonly dryRun?: true },
  session: CommandSession,
): Promise<void> {
  const draft = await draftIn(file, session.io);
  const query = dryRun === true ? { dryRun: "true" } : {};
  const applied = (await session.client.ask("POST", withQuery(policyApplyPath, query), draft)) as ConfigImported;
  const end = applied.applied ? `applied as version ${applied.version}` : "nothing was changed";
  session.say(applied, toldDifferences(applied, end));
}
