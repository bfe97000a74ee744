import {
  type FoundService,
  findService,
  type NodeService,
  nodes,
  type ServiceName,
  type ServiceOrder,
  serviceOrders,
  servicesOf,
} from "@interpres/admin-api";
import type { Command } from "commander";
import { CommandError, type Io } from "../io.ts";
import type { Column } from "../render.ts";
import { CommandSession } from "../session.ts";

const COLUMNS: readonly Column<NodeService>[] = [
  { heading: "SERVICE", cell: ({ name }) => name },
  { heading: "KIND", cell: ({ kind }) => kind },
  { heading: "STATE", cell: ({ state, available }) => (available ? state : "not in this release") },
  { heading: "ACTIVATED", cell: ({ activated }) => (activated ? "yes" : "no") },
  { heading: "UP", cell: ({ uptimeSeconds }) => (uptimeSeconds === null ? "" : duration(uptimeSeconds)) },
  { heading: "RESTART", cell: ({ pendingRestart }) => (pendingRestart ? "pending" : "") },
];

const ORDERS: Readonly<Record<ServiceOrder, { readonly does: string; readonly done: string }>> = {
  start: { does: "start a service", done: "started" },
  stop: { does: "stop a service and what needs it", done: "stopped" },
  restart: { does: "restart a service, and what needs it, in order", done: "restarted" },
};

interface Options {
  readonly node?: string;
}

/** `service list|activate|deactivate|start|stop|restart`: what runs on a node. */
export function addServiceCommands(program: Command, io: Io): void {
  const service = program.command("service").description("services of a node");
  onNode(service.command("list"))
    .description("all services and where they stand")
    .action((options: Options, command: Command) => list(options, new CommandSession(command, io)));
  for (const [word, activated] of [["activate", true] as const, ["deactivate", false] as const])
    named(service.command(word))
      .description(activated ? "start a service now and with the node" : "stop a service for good")
      .action((text: string, options: Options, command: Command) =>
        activate(text, { ...options, activated }, new CommandSession(command, io)),
      );
  for (const order of serviceOrders)
    named(service.command(order))
      .description(ORDERS[order].does)
      .action((text: string, options: Options, command: Command) =>
        give(order, text, options, new CommandSession(command, io)),
      );
}

function onNode(command: Command): Command {
  return command.option("--node <node>", "name of the node; the only one by default");
}

function named(command: Command): Command {
  return onNode(command.argument("<name>", "like sip-proxy, or an unambiguous beginning"));
}

async function list(options: Options, session: CommandSession): Promise<void> {
  const services = await session.client.all(servicesOf(await nodeOf(options, session)));
  session.list(services, { columns: COLUMNS, none: "no services" });
}

interface Activation extends Options {
  readonly activated: boolean;
}

async function activate(text: string, { activated, ...options }: Activation, session: CommandSession): Promise<void> {
  const name = serviceNamed(text);
  const { path } = servicesOf(await nodeOf(options, session));
  const service = (await session.client.ask("PATCH", `${path}/${name}`, { activated })) as NodeService;
  session.tell(service, `${activated ? "activated" : "deactivated"} ${name}: ${service.state}`);
}

async function give(order: ServiceOrder, text: string, options: Options, session: CommandSession): Promise<void> {
  const name = serviceNamed(text);
  const { path } = servicesOf(await nodeOf(options, session));
  const service = (await session.client.ask("POST", `${path}/${name}/${order}`)) as NodeService;
  session.tell(service, `${ORDERS[order].done} ${name}: ${service.state}`);
}

/** Wrong words are told before a node is looked for. */
function serviceNamed(text: string): ServiceName {
  const found: FoundService = findService(text);
  if (found.kind === "found") return found.name;
  const why = found.kind === "unknown" ? "is no service" : `may be ${found.names.join(" or ")}`;
  throw new CommandError(`${text} ${why}`, 2);
}

async function nodeOf({ node }: Options, session: CommandSession): Promise<string> {
  if (node !== undefined) return node;
  const known = await session.client.all(nodes);
  const [only, ...others] = known;
  if (only !== undefined && others.length === 0) return only.name;
  throw new CommandError(`which node? --node ${known.map(({ name }) => name).join(" or --node ")}`, 2);
}

function duration(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  const clock = new Date(seconds * 1000).toISOString().slice(11, 19);
  return days === 0 ? clock : `${days}d ${clock}`;
}
