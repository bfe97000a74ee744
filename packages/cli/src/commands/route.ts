import {
  printable,
  type ExplainedRoute,
  routeExplanationPath,
  type StaticRoute,
  type StaticRouteInput,
  staticRoutes,
  withQuery,
} from "@interpres/admin-api";
import { type Command, InvalidArgumentError, Option } from "commander";
import { addressLine } from "../address-line.ts";
import type { Io } from "../io.ts";
import type { Column } from "../render.ts";
import { CommandSession } from "../session.ts";

const COLUMNS: readonly Column<StaticRoute>[] = [
  { heading: "ID", cell: (route) => route.id },
  { heading: "DESTINATION", cell: (route) => route.destinationPattern },
  { heading: "NEXT HOP", cell: (route) => `${route.nextHop}:${route.nextHopPort}` },
  { heading: "PROTOCOL", cell: (route) => route.protocol },
  { heading: "PRIORITY", cell: (route) => String(route.priority) },
  { heading: "WEIGHT", cell: (route) => String(route.weight) },
  {
    heading: "STATE",
    cell: (route) => (route.blocked ? "blocked" : route.inService ? "in service" : "out of service"),
  },
  { heading: "DESCRIPTION", cell: (route) => route.description },
];
const STEP_COLUMNS: readonly Column<ExplainedRoute["steps"][number]>[] = [
  { heading: "STEP", cell: (step) => String(step.step) },
  { heading: "RULE", cell: (step) => step.rule },
  { heading: "NAME", cell: (step) => step.name },
  { heading: "OUTCOME", cell: (step) => step.outcome },
  { heading: "DETAIL", cell: (step) => step.detail },
];
const HOP_COLUMNS: readonly Column<ExplainedRoute["nextHops"][number]>[] = [
  { heading: "NEXT HOP", cell: (hop) => hop.host },
  { heading: "PORT", cell: (hop) => String(hop.port) },
  { heading: "PROTOCOL", cell: (hop) => hop.protocol },
  { heading: "ADDRESSES", cell: (hop) => hop.addresses.join(" ") },
  { heading: "FROM", cell: (hop) => hop.from },
];

interface AddOptions {
  readonly nextHop: Pick<StaticRouteInput, "nextHop" | "nextHopPort">;
  readonly protocol?: StaticRoute["protocol"];
  readonly type?: StaticRoute["routeType"];
  readonly priority?: number;
  readonly weight?: number;
  readonly description?: string;
  readonly lessSpecific: boolean;
  readonly outOfService?: true;
  readonly blocked?: true;
}

/** `route add|list|remove|explain`: static routes, and the decision for one address. */
export function addRouteCommands(program: Command, io: Io): void {
  const route = program.command("route").description("static routes");
  route
    .command("add")
    .description("add a static route")
    .argument("<destination>", "pattern like .com.domaina.* or a plain domain")
    .addOption(
      new Option("--next-hop <host[:port]>", "where to; port 5061 by default, 0 for an SRV name")
        .argParser(hostAndPort)
        .makeOptionMandatory(),
    )
    .addOption(new Option("--protocol <protocol>").choices(["tls", "tcp", "udp"]))
    .addOption(new Option("--type <type>", "what the pattern matches").choices(["domain", "user"]))
    .option("--priority <number>", "1 to 65535; lower is tried first", wholeNumber)
    .option("--weight <number>", "1 to 65535; share among equal priorities", wholeNumber)
    .option("--description <text>")
    .option("--no-less-specific", "do not go on to less specific patterns when this one fails")
    .option("--out-of-service", "keep it, but do not use it")
    .option("--blocked", "let nothing go to this destination")
    .action((destination: string, options: AddOptions, command: Command) =>
      add(destination, options, new CommandSession(command, io)),
    );
  route
    .command("list")
    .description("all static routes")
    .action((_options: unknown, command: Command) => list(new CommandSession(command, io)));
  route
    .command("remove")
    .description("remove a static route")
    .argument("<id>", "as `route list` shows it")
    .action((id: string, _options: unknown, command: Command) => remove(id, new CommandSession(command, io)));
  route
    .command("explain")
    .description("where a request to one address goes, step by step")
    .argument("<uri>", "like sip:bob@contoso.example")
    .action((uri: string, _options: unknown, command: Command) => explain(uri, new CommandSession(command, io)));
}

async function add(destinationPattern: string, options: AddOptions, session: CommandSession): Promise<void> {
  const { nextHop, protocol, type, priority, weight, description } = options;
  const added = await session.client.create(staticRoutes, {
    destinationPattern,
    ...nextHop,
    ...(protocol === undefined ? {} : { protocol }),
    ...(type === undefined ? {} : { routeType: type }),
    ...(priority === undefined ? {} : { priority }),
    ...(weight === undefined ? {} : { weight }),
    ...(description === undefined ? {} : { description }),
    ...(options.lessSpecific ? {} : { allowLessSpecific: false }),
    ...(options.outOfService === true ? { inService: false } : {}),
    ...(options.blocked === true ? { blocked: true } : {}),
  });
  const sentence = `added route ${added.id}: ${added.destinationPattern} to ${added.nextHop}:${added.nextHopPort}`;
  session.tell(added, sentence);
}

async function list(session: CommandSession): Promise<void> {
  const rows = await session.client.all(staticRoutes, { limit: 1000 });
  session.list(rows, { columns: COLUMNS, none: "no static routes; DNS decides" });
}

async function remove(id: string, session: CommandSession): Promise<void> {
  await session.client.remove(staticRoutes, id);
  session.say({ removed: id }, `removed route ${id}`);
}

async function explain(uri: string, session: CommandSession): Promise<void> {
  const answer = await session.client.ask("GET", withQuery(routeExplanationPath, { uri }));
  const explanation = answer as ExplainedRoute;
  const { domain, integrationType, verdict, steps, nextHops, addresses } = explanation;
  const parts = [`${printable(domain)} (${integrationType ?? "not federated"}): ${verdict}`];
  if (addresses.length > 0) parts.push(addresses.map(addressLine).join("\n"));
  if (steps.length > 0) parts.push(session.table(steps, STEP_COLUMNS));
  if (nextHops.length > 0) parts.push(session.table(nextHops, HOP_COLUMNS));
  session.say(explanation, parts.join("\n\n"));
}

/** `HOST`, `HOST:PORT`, `[IPV6]:PORT` or a bare IPv6 address. */
function hostAndPort(text: string): AddOptions["nextHop"] {
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(text);
  if (bracketed !== null) return hop(bracketed[1] ?? "", bracketed[2]);
  const parts = text.split(":");
  if (parts.length > 2) return hop(text, undefined);
  return hop(parts[0] ?? "", parts[1]);
}

function hop(nextHop: string, port: string | undefined): AddOptions["nextHop"] {
  if (nextHop === "") throw new InvalidArgumentError("It names no host.");
  return port === undefined ? { nextHop } : { nextHop, nextHopPort: wholeNumber(port) };
}

function wholeNumber(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError("It is not a number from 0 to 65535.");
  return Number(text);
}
