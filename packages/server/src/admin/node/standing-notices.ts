import type { Notification } from "@interpres/admin-api";
import { normalName } from "@interpres/federation";
import type { AdminContext } from "../admin-context.ts";
import { nodesShown, servicesShown } from "./node-view.ts";
import type { ObjectChange } from "./restart-areas.ts";

/** More than anybody wants to read in one line. */
const NAMED_CHANGES = 5;

/** Which service has to restart on which node before saved changes count there, and which changes those are. */
export function pendingRestarts(context: AdminContext): readonly Notification[] {
  const { services, node } = context;
  return servicesShown(context)
    .filter(({ pendingRestart }) => pendingRestart)
    .map(({ name }) => ({
      id: `pending-restart:${name}`,
      severity: "warning",
      node: node.name,
      service: name,
      text: `Restart ${name} on ${node.name} to bring into force: ${listOf(services.waitingFor(name))}`,
      link: `/nodes/${encodeURIComponent(node.name)}/services/${name}`,
    }));
}

/** A service that is activated and does not run: what is off for long should be deactivated. */
export function stoppedServices(context: AdminContext): readonly Notification[] {
  const { node } = context;
  return servicesShown(context)
    .filter(({ activated, state }) => activated && (state === "stopped" || state === "failed"))
    .map(({ name, state }) => ({
      id: `service-${state}:${name}`,
      severity: "error",
      node: node.name,
      service: name,
      text:
        state === "failed"
          ? `${name} on ${node.name} does not start and is tried again: see the log`
          : `${name} on ${node.name} is stopped: start it, or deactivate it`,
      link: `/nodes/${encodeURIComponent(node.name)}/services/${name}`,
    }));
}

/**
 * The routing FQDN must not be the name of a node that has users (facts R40): a save is refused, what a fresh node is
 * seeded with stands until somebody changes it.
 */
export function routingNodeWithUsers(context: AdminContext): readonly Notification[] {
  const { federationRoutingFqdn } = context.settings.current().document.federation.serviceParameters["sip-proxy"];
  return nodesShown(context)
    .filter(({ fqdn, assignedUsers }) => assignedUsers > 0 && isNamed(fqdn, federationRoutingFqdn))
    .map(({ name, fqdn, assignedUsers }) => ({
      id: "routing-fqdn-has-users",
      severity: "info",
      node: name,
      service: "sip-proxy",
      text:
        `The federation routing FQDN ${fqdn} is the name of ${name}, which has users (${assignedUsers}): ` +
        "give the entry point of federation a public name of its own",
      link: "/service-parameters/sip-proxy",
    }));
}

/** Empty stands for the node's own name. */
function isNamed(fqdn: string, parameter: string): boolean {
  return parameter === "" || normalName(fqdn) === parameter;
}

function listOf(changes: readonly ObjectChange[]): string {
  const named = changes.slice(0, NAMED_CHANGES).map(({ resource, kind }) => `${resource} ${kind}`);
  const more = changes.length - named.length;
  return more > 0 ? `${named.join(", ")} and ${more} more` : named.join(", ");
}
