import { readFileSync, statfsSync } from "node:fs";
import { isIP } from "node:net";
import { availableParallelism, freemem, loadavg, totalmem } from "node:os";
import { join } from "node:path";
import { certificatePurposes } from "@interpres/admin-api";
import type { Service } from "@interpres/runtime";
import type { XmppServer } from "@interpres/xmpp";
import type { AdminContext } from "./admin/admin-context.ts";
import { ProblemError } from "./admin/http/problem-error.ts";
import type { UpgradeDoors } from "./admin/http/upgrade-doors.ts";
import { domainOf } from "./admin/node/node-domains.ts";
import { servicesShown } from "./admin/node/node-view.ts";
import { obey } from "./admin/node/services.ts";
import { factsOf, parseCertificates } from "./admin/trust/certificate-facts.ts";
import type { NodeParts, SipHalf } from "./node-parts.ts";
import { shellService } from "./services/shell.ts";
import { hostKey } from "./shell/host-key.ts";
import { lookUpAddresses, lookUpNames, lookUpServices } from "./shell/host-lookup.ts";
import type { ListedCertificate, ServiceOrder, ServiceOutcome, ShellNode } from "./shell/shell-node.ts";
import type { StatusFacts } from "./shell/show-status.ts";
import { SshServer } from "./shell/ssh-server.ts";
import { readNetwork } from "./shell/system-network.ts";
import { serveShell } from "./shell/web-socket-shell.ts";
import { VERSION } from "./version.ts";

interface ShellParts {
  readonly context: AdminContext;
  readonly doors: UpgradeDoors;
  readonly xmpp: XmppServer;
  readonly sip: SipHalf;
}

const HOST_FILE = "/etc/hosts";
/** Whoever asked for a restart gets the answer out before the connection ends. */
const ANSWERED_MS = 250;

/** The administrator's shell over the living parts, behind SSH and behind the API's listener. */
export function composeShell(parts: NodeParts, others: ShellParts): Service {
  const { clock, log, settings, bound } = parts;
  const { administrators, audit, signIn } = others.context;
  const node = shellNode(parts, others);
  serveShell(others.doors, { context: others.context, node });
  const server = new SshServer({
    hostKey: hostKey(join(settings.dataDirectory, "shell-host-key")),
    node,
    signIn,
    administrators,
    audit,
    clock,
    log,
  });
  return shellService({ server, listener: settings.listeners.shell, bound });
}

function shellNode(parts: NodeParts, { context, sip, xmpp }: ShellParts): ShellNode {
  const { settings } = parts;
  const startedAt = parts.clock.now();
  const { node, domainChanger, audit } = context;
  const restart = parts.restart;
  const lookups = { resolver: sip.resolver, hostFile };
  return {
    name: node.name,
    version: VERSION,
    network: () => readNetwork({ domain: domainOf(node.fqdn), dnsServers: settings.dns.servers }),
    status: async () => statusOf(parts, { context, xmpp, startedAt }),
    certificates: (which) => (which === "own" ? ownCertificates(context) : trustCertificates(context)),
    lookUp: (name, record) => {
      if (record === "srv") return lookUpServices(name, lookups);
      return isIP(name) === 0 ? lookUpAddresses(name, lookups) : lookUpNames(name, lookups);
    },
    services: {
      list: () => servicesShown(context),
      control: (order) => control(order, context),
    },
    domain: domainChanger,
    restart:
      restart === undefined
        ? undefined
        : async (actor) => {
            await audit.record({ actor, action: "restart", resource: `nodes/${node.name}` });
            parts.clock.after(ANSWERED_MS, restart);
          },
  };
}

async function control({ action, service, actor }: ServiceOrder, context: AdminContext): Promise<ServiceOutcome> {
  try {
    const notes = await obey(action, service, { context, actor });
    return { kind: "done", notes: notes.map(({ message }) => message) };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const [first] = error.problem.errors ?? [];
    return { kind: "refused", reason: first?.message ?? error.message };
  }
}

interface StatusParts {
  readonly context: AdminContext;
  readonly xmpp: XmppServer;
  readonly startedAt: number;
}

function statusOf({ settings, clock }: NodeParts, { context, xmpp, startedAt }: StatusParts): StatusFacts {
  const { live, node } = context;
  const disk = statfsSync(settings.dataDirectory);
  const activated = servicesShown(context).filter((service) => service.available && service.activated);
  return {
    fqdn: node.fqdn,
    version: VERSION,
    now: clock.now(),
    startedAt,
    cores: availableParallelism(),
    load: loadavg(),
    memory: { used: process.memoryUsage.rss(), free: freemem(), total: totalmem() },
    disk: { free: disk.bavail * disk.bsize, total: disk.blocks * disk.bsize },
    services: {
      running: activated.filter(({ state }) => state === "running").length,
      activated: activated.length,
    },
    users: context.accounts.list().length,
    sessions: xmpp.sessions().length,
    domains: context.settings.current().document.federation.sipFederatedDomains.length,
    subscriptions: live.subscriptions().length,
    imSessions: live.imSessions().length,
    connections: live.connections().length,
  };
}

function ownCertificates({ certificates }: AdminContext): readonly ListedCertificate[] {
  return certificatePurposes.flatMap((purpose) => listed(purpose, certificates.own(purpose)?.chainPem ?? ""));
}

function trustCertificates({ certificates }: AdminContext): readonly ListedCertificate[] {
  return certificates.trusted().flatMap(({ description, pem }) => listed(description, pem));
}

/** The first certificate of a chain is the one that is meant. */
function listed(label: string, pem: string): readonly ListedCertificate[] {
  const [certificate] = parseCertificates(pem) ?? [];
  return certificate === undefined ? [] : [{ label, ...factsOf(certificate) }];
}

/** Where a system has none, this machine knows no names of its own. */
function hostFile(): string {
  try {
    return readFileSync(HOST_FILE, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error) return "";
    throw error;
  }
}
