import {
  captureOf,
  type DecisionEvent,
  decisions,
  Ladder,
  ladderText,
  printable,
  type TraceEvent,
  tracePath,
  withQuery,
} from "@interpres/admin-api";
import { type Command, InvalidArgumentError } from "commander";
import { CommandError, type Io } from "../io.ts";
import type { NodeSocket } from "../node-socket.ts";
import { CommandSession } from "../session.ts";
import { addTraceCollectorCommands } from "./trace-collector.ts";

const USUAL_COLUMNS = 80;
const MOST_DECISIONS = 1000;

interface Options {
  readonly peer?: string;
  readonly user?: string;
  readonly follow?: true;
  readonly recent?: number;
  readonly messages?: true;
  readonly bodies?: true;
  readonly pcapng?: string;
  readonly text?: true;
}

/** `trace`: the SIP and XMPP messages that pass, as a ladder. */
export function addTraceCommand(program: Command, io: Io): void {
  const command = program.command("trace");
  command
    .description("the SIP and XMPP messages that passed lately, as a ladder")
    .option("--peer <domain>", "only what concerns this federated domain")
    .option("--user <address>", "only what is from or to this address")
    .option("--follow", "go on with what passes, until Ctrl-C")
    .option("--recent <number>", "how many of the past", count)
    .option("--messages", "show each message whole, bodies masked")
    .option("--bodies", "show each message whole, with its body; administrators only, and audited")
    .option("--pcapng <file>", "write a capture file for Wireshark, our decisions as comments")
    .option("--text", "the ladder with our decisions, then each message whole")
    .addHelpText("after", "\nTimes are UTC. With --json the messages are a list; with --follow, one a line.")
    .action((options: Options, itself: Command) => trace(options, new CommandSession(itself, io)));
  addTraceCollectorCommands(command, io);
}

async function trace(options: Options, session: CommandSession): Promise<void> {
  const { peer, user, follow, recent, bodies, pcapng, text } = options;
  const isExport = pcapng !== undefined || text === true;
  if (isExport && follow === true)
    throw new CommandError("--follow has no end: leave it out with --pcapng and --text", 2);
  const asked = { peer, user, recent, follow: follow === true ? "true" : undefined, bodies: bodies && "shown" };
  const socket = await session.open(withQuery(tracePath, asked));
  const { io } = session;
  if (isExport) {
    await exported(await all(socket), options, session);
    return;
  }
  if (session.isJson && follow !== true) {
    io.out(JSON.stringify(await all(socket), null, 2));
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

async function all(socket: NodeSocket): Promise<readonly TraceEvent[]> {
  const events: TraceEvent[] = [];
  await socket.read((event) => events.push(event as TraceEvent));
  return events;
}

/** What passed and what was decided about it, in a file or as text. */
async function exported(
  events: readonly TraceEvent[],
  { peer, pcapng }: Options,
  session: CommandSession,
): Promise<void> {
  const { client, io } = session;
  const { items } = await client.list<DecisionEvent>(decisions, { peer, limit: MOST_DECISIONS });
  if (pcapng === undefined) {
    io.out(ladderText(events, { decisions: items, columns: io.console.columns() ?? USUAL_COLUMNS }));
    return;
  }
  write(pcapng, captureOf(events, items), io);
  session.say({ file: pcapng, messages: events.length }, `${events.length} messages are in ${pcapng}`);
}

function write(path: string, octets: Uint8Array, io: Io): void {
  try {
    io.writeFile(path, octets);
  } catch (cause) {
    throw new CommandError(`${path} cannot be written: ${cause instanceof Error ? cause.message : cause}`, 1, {
      cause,
    });
  }
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
