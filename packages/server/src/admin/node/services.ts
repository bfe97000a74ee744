import {
  isServiceName,
  ListQuery,
  NodeService,
  pageOf,
  ServiceActivationInput,
  type ServiceName,
  type ServiceOrder,
  serviceNames,
  serviceOrders,
  serviceTable,
} from "@interpres/admin-api";
import Type from "typebox";
import type { AdminContext } from "../admin-context.ts";
import { withWarnings } from "../federation/edit-federation.ts";
import { type AdminApp, principal } from "../http/authenticate.ts";
import { type Listing, pageOfItems } from "../http/listing.ts";
import { conflict, notFound, ProblemError, problem } from "../http/problem-error.ts";
import { serviceShown, servicesShown } from "./node-view.ts";
import { isActivated, withActivation } from "./service-activation.ts";
import type { Obeyed } from "./service-control.ts";

const Node = Type.Object({ node: Type.String() });
const Key = Type.Object({ node: Type.String(), service: Type.String() });
const tags = ["services"];
const listing: Listing<NodeService> = {
  fields: { name: ({ name }) => name, kind: ({ kind }) => kind, state: ({ state }) => state },
  // In the order they start.
  key: ({ name }) => String(serviceNames.indexOf(name)),
};

/** `/nodes/{node}/services`: what runs, what starts with the node, and orders to it. */
export function registerServices(app: AdminApp, context: AdminContext): void {
  app.get(
    "/nodes/:node/services",
    {
      config: { access: "auditor" },
      schema: { params: Node, querystring: ListQuery, response: { 200: pageOf(NodeService) }, tags },
    },
    async ({ params, query }) => {
      requireNode(params.node, context);
      return pageOfItems(servicesShown(context), query, listing);
    },
  );

  app.get(
    "/nodes/:node/services/:service",
    { config: { access: "auditor" }, schema: { params: Key, response: { 200: NodeService }, tags } },
    async ({ params }) => serviceShown(serviceOf(params, context), context),
  );

  app.patch(
    "/nodes/:node/services/:service",
    {
      config: { access: "administrator" },
      schema: { params: Key, body: ServiceActivationInput, response: { 200: NodeService }, tags },
    },
    async (request) => {
      const name = serviceOf(request.params, context);
      requireSwitch(name, context);
      await writeActivation(name, request.body.activated, { context, actor: principal(request).name });
      const warnings = request.body.activated ? startWarnings(name, await context.services.start(name)) : [];
      if (!request.body.activated) await context.services.stop(name);
      return withWarnings(serviceShown(name, context), warnings);
    },
  );

  for (const order of serviceOrders)
    app.post(
      `/nodes/:node/services/:service/${order}`,
      { config: { access: "operator" }, schema: { params: Key, response: { 200: NodeService }, tags } },
      async (request) => {
        const name = serviceOf(request.params, context);
        const warnings = await obey(order, name, { context, actor: principal(request).name });
        return withWarnings(serviceShown(name, context), warnings);
      },
    );
}

export function requireNode(name: string, { node }: AdminContext): void {
  if (name !== node.name) throw notFound(`node ${name}`);
}

function serviceOf({ node, service }: Type.Static<typeof Key>, context: AdminContext): ServiceName {
  requireNode(node, context);
  if (!isServiceName(service)) throw notFound(`service ${service}`);
  return service;
}

interface Ordered {
  readonly context: AdminContext;
  readonly actor: string;
}

/** Starts, stops or restarts, and leaves a row in the audit whatever came of it. Throws what stands against it. */
export async function obey(order: ServiceOrder, name: ServiceName, { context, actor }: Ordered) {
  const { services, audit, node } = context;
  requireAvailable(name, context);
  if (order !== "stop") requireActivated(name, context);
  const before = { state: serviceShown(name, context).state };
  const stopped = order === "stop" ? await services.stop(name) : [];
  const obeyed: Obeyed = order === "stop" ? { kind: "done" } : await services[order](name);
  const after = { state: serviceShown(name, context).state };
  await audit.record({ actor, action: order, resource: `nodes/${node.name}/services/${name}`, before, after });
  refuseFailure(name, obeyed);
  return order === "stop" ? stopWarnings(name, stopped) : stillStopped(name, context);
}

async function writeActivation(name: ServiceName, activated: boolean, { context, actor }: Ordered): Promise<void> {
  const { node, settings } = context;
  await settings.change(actor, (document) => {
    const { serviceActivation } = document;
    const before = { activated: isActivated(serviceActivation, node.name, name) };
    const next = withActivation(serviceActivation, node.name, { [name]: activated });
    const audit = { action: "update", resource: `nodes/${node.name}/services/${name}`, before, after: { activated } };
    return { document: before.activated === activated ? document : { ...document, serviceActivation: next }, audit };
  });
}

function requireSwitch(name: ServiceName, context: AdminContext): void {
  requireAvailable(name, context);
  if (serviceTable[name].kind === "feature") return;
  throw conflict("service-not-activatable", {
    path: "activated",
    message: `${name} is a network service: it starts with the node`,
  });
}

function requireAvailable(name: ServiceName, { services }: AdminContext): void {
  if (services.standings().some((standing) => standing.name === name)) return;
  throw conflict("service-not-available", { path: "service", message: `this release does not have ${name} yet` });
}

function requireActivated(name: ServiceName, { settings, node }: AdminContext): void {
  if (isActivated(settings.current().document.serviceActivation, node.name, name)) return;
  throw conflict("service-not-activated", { path: "service", message: `${name} is not activated on ${node.name}` });
}

function refuseFailure(name: ServiceName, obeyed: Obeyed): void {
  if (obeyed.kind === "refused")
    throw conflict("service-dependency-stopped", {
      path: "service",
      message: `${name} needs ${obeyed.missing.join(", ")}, which does not run`,
    });
  if (obeyed.kind === "failed") throw new ProblemError(problem(503, "service-start-failed", obeyed.reason));
}

/** Activated it is in any case. */
function startWarnings(name: ServiceName, obeyed: Obeyed) {
  if (obeyed.kind === "done") return [];
  const message =
    obeyed.kind === "failed"
      ? `${obeyed.reason}; it is tried again`
      : `${name} does not start before ${obeyed.missing.join(", ")}`;
  return [{ path: "state", message }];
}

/** Facts B4: a stop takes down what needs the service, and its start does not bring that back. */
function stopWarnings(name: ServiceName, stopped: readonly ServiceName[]) {
  const others = stopped.filter((each) => each !== name);
  if (others.length === 0) return [];
  const list = others.join(", ");
  const message = `stopped with it: ${list}; a start of ${name} brings back ${name} alone, a restart would have brought back all`;
  return [{ path: "state", message }];
}

function stillStopped(name: ServiceName, context: AdminContext) {
  const waiting = servicesShown(context).filter(
    (service) => service.activated && service.state === "stopped" && serviceTable[service.name].needs.includes(name),
  );
  if (waiting.length === 0) return [];
  return [{ path: "state", message: `still stopped: ${waiting.map((service) => service.name).join(", ")}` }];
}
