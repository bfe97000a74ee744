import { type ServiceName, ServiceParameters, ServiceParametersPatch } from "@interpres/admin-api";
import Type from "typebox";
import type { AdminContext } from "../admin-context.ts";
import type { AdminApp } from "../http/authenticate.ts";
import { notFound } from "../http/problem-error.ts";
import { checkedByEdit } from "../http/validation.ts";
import { webClientParameters } from "../live/web-client-parameters.ts";
import type { ParameterizedService } from "./parameterized-service.ts";
import { sipProxyParameters } from "./sip-proxy-parameters.ts";

const SERVICES: ReadonlyMap<string, ParameterizedService> = new Map<ServiceName, ParameterizedService>([
  ["sip-proxy", sipProxyParameters],
  ["web-client", webClientParameters],
]);
const Key = Type.Object({ service: Type.String() });
const tags = ["service-parameters"];

/** `/service-parameters/{service}`: named values of a service. */
export function registerServiceParameters(app: AdminApp, context: AdminContext): void {
  app.get(
    "/service-parameters/:service",
    { config: { access: "auditor" }, schema: { params: Key, response: { 200: ServiceParameters }, tags } },
    async ({ params }) => serviceOf(params.service).shown(context.settings.current().document),
  );

  app.patch(
    "/service-parameters/:service",
    {
      config: { access: "administrator" },
      schema: { params: Key, body: ServiceParametersPatch, response: { 200: ServiceParameters }, tags },
      validatorCompiler: checkedByEdit,
    },
    async (request) => {
      return serviceOf(request.params.service).change({ context, request, values: valuesOf(request.body) });
    },
  );
}

function serviceOf(name: string): ParameterizedService {
  const service = SERVICES.get(name);
  if (service === undefined) throw notFound(`service with parameters called ${name}`);
  return service;
}

/** A value may also come in the shape a reader was shown: `{ value }` and what describes it. */
function valuesOf(patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  return Object.fromEntries(Object.entries(patch).map(([name, given]) => [name, plainValue(given)]));
}

function plainValue(given: unknown): unknown {
  return typeof given === "object" && given !== null && "value" in given ? given.value : given;
}
