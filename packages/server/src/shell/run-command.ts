import type { ShellCommand } from "./command-form.ts";
import { commandTable } from "./command-table.ts";
import { showLookup } from "./host-lookup.ts";
import { formsBeginning, wordsOf } from "./read-line.ts";
import type { ShellNode } from "./shell-node.ts";
import { domainClosing, domainWarning } from "./show-domain-change.ts";
import { listCertificates, listServices, serviceMeant } from "./show-lists.ts";
import { showNetwork } from "./show-network.ts";
import { showStatus } from "./show-status.ts";
import type { Terminal } from "./terminal.ts";
import { field } from "./two-columns.ts";

/** 0 done, 1 refused or failed, 2 not understood. */
export type ExitStatus = 0 | 1 | 2;

/** Who gives a command, where, and to which node. */
export interface CommandRun {
  readonly node: ShellNode;
  readonly terminal: Terminal;
  readonly actor: string;
}

type Command<Kind extends ShellCommand["kind"]> = Extract<ShellCommand, { readonly kind: Kind }>;

const DONE = 0;
const REFUSED = 1;

/** Does one command that was understood and may be given. */
export async function runCommand(command: ShellCommand, run: CommandRun): Promise<ExitStatus> {
  const { node } = run;
  switch (command.kind) {
    case "show-network":
      return shown(showNetwork(node.network(), command.amount), run);
    case "show-status":
      return shown(showStatus(await node.status()), run);
    case "show-version":
      return shown([field("Active Version", node.version), field("Node.js", process.version)], run);
    case "list-certificates":
      return shown(listCertificates(node.certificates(command.store)), run);
    case "list-services":
      return shown(listServices(node.services.list()), run);
    case "help":
      return help(command, run);
    case "look-up":
      return lookUp(command, run);
    case "control-service":
      return controlService(command, run);
    case "set-domain":
      return setDomain(command, run);
    case "restart-system":
      return restartSystem(run);
    case "quit":
      return DONE;
  }
}

function shown(lines: readonly string[], { terminal }: CommandRun): ExitStatus {
  for (const line of lines) terminal.say(line);
  return DONE;
}

function refused(reason: string, { terminal }: CommandRun): ExitStatus {
  terminal.complain(reason);
  return REFUSED;
}

function help({ about }: Command<"help">, run: CommandRun): ExitStatus {
  const forms = formsBeginning(wordsOf(about), commandTable);
  if (forms.length === 0) return refused(`no command begins with ${about}`, run);
  const width = Math.max(...forms.map(({ text }) => text.length));
  const lines = forms.map(({ text, summary, role }) => {
    return `${text.padEnd(width)}  ${summary}${role === "auditor" ? "" : ` (${role})`}`;
  });
  return shown([...lines, "", "Words may be shortened. Tab completes, ? tells what may come next."], run);
}

/** Ctrl-C gives up waiting for the name servers. */
async function lookUp({ name, record }: Command<"look-up">, run: CommandRun): Promise<ExitStatus> {
  const { node, terminal } = run;
  const lookup = await Promise.race([node.lookUp(name, record), terminal.interruption()]);
  if (lookup === undefined) return refused("given up", run);
  shown(showLookup(lookup), run);
  return lookup.outcome === "found" ? DONE : REFUSED;
}

async function controlService(order: Command<"control-service">, run: CommandRun): Promise<ExitStatus> {
  const meant = serviceMeant(order.service);
  if (meant.kind === "none") return refused(meant.reason, run);
  const { node, terminal, actor } = run;
  const service = meant.name;
  terminal.say(`${PROGRESS[order.action]} ${service}`);
  const outcome = await node.services.control({ action: order.action, service, actor });
  if (outcome.kind === "refused") return refused(outcome.reason, run);
  const standing = node.services.list().filter(({ name }) => name === service);
  return shown([...outcome.notes, ...listServices(standing)], run);
}

const PROGRESS = { start: "Starting", stop: "Stopping", restart: "Restarting" } as const;

async function setDomain({ domain }: Command<"set-domain">, run: CommandRun): Promise<ExitStatus> {
  const { node, terminal, actor } = run;
  const planning = node.domain.plan(domain);
  if (planning.kind === "refused") return refused(`${domain}: ${planning.message}`, run);
  const { plan } = planning;
  shown(domainWarning(plan), run);
  if (!(await isConfirmed("Continue (y/n)? ", "y", terminal))) return refused("Nothing was changed.", run);
  await node.domain.apply(plan, { actor, tell: (line) => terminal.say(line) });
  return shown(["", ...domainClosing(plan)], run);
}

async function restartSystem(run: CommandRun): Promise<ExitStatus> {
  const { node, terminal, actor } = run;
  if (node.restart === undefined) return refused("this node is part of another program, which must restart it", run);
  terminal.say("The node stops, and starts again; all clients and this session are disconnected.");
  if (!(await isConfirmed("Continue (yes/no)? ", "yes", terminal))) return refused("Nothing was changed.", run);
  terminal.say("Restarting");
  await node.restart(actor);
  return DONE;
}

async function isConfirmed(question: string, word: string, terminal: Terminal): Promise<boolean> {
  const answer = await terminal.ask(question, "answers");
  return answer?.trim() === word;
}
