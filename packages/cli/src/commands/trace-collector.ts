import {
  type TraceCollector,
  type TraceCollectorInput,
  type TraceSent,
  traceCollectorPath,
  traceSendPath,
} from "@interpres/admin-api";
import { type Command, InvalidArgumentError, Option } from "commander";
import { CommandError, type Io } from "../io.ts";
import { CommandSession } from "../session.ts";

interface SetOptions extends Omit<TraceCollectorInput, "enabled" | "authKey" | "hasAuthKey"> {
  readonly on?: true;
  readonly off?: true;
  readonly authKeyStdin?: true;
  readonly withoutAuthKey?: true;
}

/** `trace collector show|set|send`: where what passes is sent to as HEP. */
export function addTraceCollectorCommands(trace: Command, io: Io): void {
  const collector = trace.command("collector").description("where what passes is sent to, as HEPv3 (Homer)");
  collector
    .command("show")
    .description("the settings as they are")
    .action((_options: unknown, command: Command) => show(new CommandSession(command, io)));
  addSet(collector, io);
  collector
    .command("send")
    .description("send one interaction of the past there, now")
    .argument("<correlation-id>", "as trace --json and the decisions have it")
    .action((id: string, _options: unknown, command: Command) => send(id, new CommandSession(command, io)));
}

function addSet(collector: Command, io: Io): void {
  collector
    .command("set")
    .description("change settings; what is not named stays")
    .addOption(new Option("--on", "send what passes as it passes").conflicts("off"))
    .option("--off", "send nothing of itself")
    .option("--host <name>", "host name or address of the collector")
    .option("--port <number>", "its port", whole)
    .addOption(new Option("--protocol <name>", "by which it takes HEP").choices(["udp", "tcp", "tls"]))
    .option("--capture-id <number>", "the number by which it knows this system", whole)
    .addOption(new Option("--bodies <how>", "whether it gets what people say").choices(["masked", "shown"]))
    .addOption(new Option("--auth-key-stdin", "read the key it wants from standard input").conflicts("withoutAuthKey"))
    .option("--without-auth-key", "it wants none")
    .action((options: SetOptions, command: Command) => set(options, new CommandSession(command, io)));
}

function whole(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new InvalidArgumentError("It is not a whole number.");
  return Number(text);
}

async function show(session: CommandSession): Promise<void> {
  const settings = await current(session);
  session.say(settings, lines(settings));
}

async function set(options: SetOptions, session: CommandSession): Promise<void> {
  const { on, off, authKeyStdin, withoutAuthKey, ...named } = options;
  const authKey = authKeyStdin === undefined ? undefined : await keyFromInput(session.io);
  const { hasAuthKey: _shown, ...before } = await current(session);
  const input: TraceCollectorInput = {
    ...before,
    ...named,
    enabled: on === true || (off !== true && before.enabled),
    ...(withoutAuthKey === true ? { authKey: null } : {}),
    ...(authKey === undefined ? {} : { authKey }),
  };
  const settings = (await session.client.ask("PUT", traceCollectorPath, input)) as TraceCollector;
  session.tell(settings, lines(settings));
}

async function keyFromInput(io: Io): Promise<string> {
  const key = (await io.readInput()).replace(/\r?\n$/, "");
  if (key === "") throw new CommandError("no key on standard input", 2);
  return key;
}

async function send(correlationId: string, session: CommandSession): Promise<void> {
  const answer = (await session.client.ask("POST", traceSendPath, { correlationId })) as TraceSent;
  session.say(answer, `${answer.sent} messages sent`);
}

function current(session: CommandSession): Promise<TraceCollector> {
  return session.client.ask("GET", traceCollectorPath) as Promise<TraceCollector>;
}

function lines({ enabled, host, port, protocol, captureId, bodies, hasAuthKey }: TraceCollector): string {
  return [
    `what passes is sent: ${enabled ? "yes" : "no"}`,
    `collector: ${host === "" ? "none" : `${host}:${port} by ${protocol}`}`,
    `capture id: ${captureId}`,
    `key: ${hasAuthKey ? "kept" : "none"}`,
    `what people say: ${bodies}`,
  ].join("\n");
}
