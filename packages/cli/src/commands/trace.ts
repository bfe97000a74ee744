import { Ladder, printable, type TraceEvent, tracePath, withQuery } from "@interpres/admin-api";
import { type Command, InvalidArgumentError } from "commander";
import type { Io } from "../io.ts";
import { CommandSession } from "../session.ts";

const USUAL_COLUMNS = 80;

interface Options {
  readonly peer?: string;
  readonly user?: string;
  readonly follow?: true;
  readonly recent?: number;
  readonly messages?: true;
  readonly bodies?: true;
}

/** `trace`: the SIP and XMPP messages that pass, as a ladder. */
export function addTraceCommand(program: Command, io: Io): void {
  program
    .command("trace")
    .description("the SIP and XMPP messages that passed lately, as a ladder")
    .option("--peer <domain>", "only what concerns this federated domain")
    .option("--user <address>", "only what is from or to this address")
    .option("--follow", "go on with what passes, until Ctrl-C")
    .option("--recent <number>", "how many of the past", count)
    .option("--messages", "show each message whole, bodies masked")
    .option("--bodies", "show each message whole, with its body; administrators only, and audited")
    .addHelpText("after", "\nTimes are UTC. With --json the messages are a list; with --follow, one a line.")
    .action((options: Options, command: Command) => trace(options, new CommandSession(command, io)));
}

async function trace(options: Options, session: CommandSession): Promise<void> {
  const { peer, user, follow, recent, bodies } = options;
  const asked = { peer, user, recent, follow: follow === true ? "true" : undefined, bodies: bodies && "shown" };
  const socket = await session.open(withQuery(tracePath, asked));
  const { io } = session;
  if (session.isJson && follow !== true) {
    const events: unknown[] = [];
    await socket.read((event) => events.push(event));
    io.out(JSON.stringify(events, null, 2));
    return;
  }
  const ladder = new Ladder(io.console.columns() ?? USUAL_COLUMNS);
  let shown = 0;
  await socket.read((event) => {
    shown += 1;
    for (const line of session.isJson ? [JSON.stringify(event)] : linesOf(event as TraceEvent, ladder, options))
      io.out(line);
  });
  if (shown === 0) io.out("nothing passed");
}

function linesOf(event: TraceEvent, ladder: Ladder, { messages, bodies }: Options): readonly string[] {
  const arrow = ladder.lines(event);
  if (messages !== true && bodies !== true) return arrow;
  const lines = event.text.split(/\r?\n/).map((line) => `    ${printable(line)}`);
  return [...arrow, "", ...lines, ""];
}

function count(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError("It is not a number from 0 to 9999.");
  return Number(text);
}
