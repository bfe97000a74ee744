import type { ClusterNode, NodeService, ServiceName } from "@interpres/admin-api";
import { serviceNames, serviceTable } from "@interpres/admin-api";
import type { AdminContext } from "../admin-context.ts";
import { instantText } from "../http/instant.ts";
import { isActivated } from "./service-activation.ts";

/** Every service of the table as it stands on this node. */
export function servicesShown(context: AdminContext): readonly NodeService[] {
  return serviceNames.map((name) => serviceShown(name, context));
}

export function serviceShown(name: ServiceName, context: AdminContext): NodeService {
  const { kind, description, needs, uses } = serviceTable[name];
  const { services, clock, settings, node } = context;
  const standing = services.standings().find((each) => each.name === name);
  const { state = "stopped", startedAt } = standing ?? {};
  const isAvailable = standing !== undefined;
  return {
    name,
    kind,
    description,
    available: isAvailable,
    activated: isAvailable && isActivated(settings.current().document.serviceActivation, node.name, name),
    state,
    startedAt: startedAt === undefined ? null : instantText(startedAt),
    uptimeSeconds: startedAt === undefined ? null : Math.max(0, Math.floor((clock.now() - startedAt) / 1000)),
    dependsOn: [...needs, ...uses],
    // What does not run takes up everything when it starts.
    pendingRestart: state !== "stopped" && services.waitingFor(name).length > 0,
  };
}

/** The services a node is ready with: each that is activated runs. */
export function activatedServices(context: AdminContext): readonly NodeService[] {
  return servicesShown(context).filter(({ activated }) => activated);
}

export function isRunning({ state }: NodeService): boolean {
  return state === "running" || state === "degraded";
}

export function nodeNames({ node }: AdminContext): readonly string[] {
  return [node.name];
}

/** The nodes of the cluster: one, as long as there is no other. */
export function nodesShown(context: AdminContext): readonly ClusterNode[] {
  const { node, accounts } = context;
  return [
    {
      name: node.name,
      fqdn: node.fqdn,
      role: "publisher",
      assignedUsers: accounts.list().filter((account) => (account.node ?? node.name) === node.name).length,
      state: activatedServices(context).every(({ state }) => state === "running") ? "running" : "degraded",
    },
  ];
}
