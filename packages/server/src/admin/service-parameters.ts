import { type ServiceParameter, ServiceParameters, ServiceParametersPatch } from "@interpres/admin-api";
import { type Problem, SipProxyParameters, updateSipProxyParameters } from "@interpres/federation";
import Type from "typebox";
import type { AdminContext } from "./admin-context.ts";
import type { AdminApp } from "./authenticate.ts";
import { editFederation } from "./edit-federation.ts";
import { notFound } from "./problem-error.ts";
import { servicesToRestart } from "./restart-areas.ts";
import { checkedByEdit } from "./validation.ts";

const SERVICE = "sip-proxy";
const Key = Type.Object({ service: Type.String() });
const tags = ["service-parameters"];
/** `/service-parameters/{service}`: named values of a service. */
export function registerServiceParameters(app: AdminApp, context: AdminContext): void {
  app.get(
    "/service-parameters/:service",
    { config: { access: "auditor" }, schema: { params: Key, response: { 200: ServiceParameters }, tags } },
    async ({ params }) => {
      requireService(params.service);
      return shown(context.settings.current().document.federation.serviceParameters[SERVICE]);
    },
  );

  app.patch(
    "/service-parameters/:service",
    {
      config: { access: "administrator" },
      schema: { params: Key, body: ServiceParametersPatch, response: { 200: ServiceParameters }, tags },
      validatorCompiler: checkedByEdit,
    },
    async (request) => {
      requireService(request.params.service);
      const fqdnsWithUsers = context.accounts.list().length === 0 ? [] : [context.node.fqdn];
      const { resource, warnings } = await editFederation(context, request, {
        action: "update",
        edit: (settings) => updateSipProxyParameters(settings, valuesOf(request.body), fqdnsWithUsers),
        resource: () => `service-parameters/${SERVICE}`,
        before: (settings) => settings.serviceParameters[SERVICE],
      });
      return shown(resource, warnings);
    },
  );
}

function requireService(service: string): void {
  if (service !== SERVICE) throw notFound(`service with parameters called ${service}`);
}

/** A value may also come in the shape a reader was shown: `{ value }` and what describes it. */
function valuesOf(patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  return Object.fromEntries(Object.entries(patch).map(([name, given]) => [name, plainValue(given)]));
}

function plainValue(given: unknown): unknown {
  return typeof given === "object" && given !== null && "value" in given ? given.value : given;
}

function shown(parameters: SipProxyParameters, warnings: readonly Problem[] = []): ServiceParameters {
  const names = Object.keys(SipProxyParameters.properties) as readonly (keyof SipProxyParameters)[];
  return Object.fromEntries(
    names.map((name) => {
      const warning = warnings.find(({ path }) => path === name)?.message;
      const parameter = parameterOf(name, parameters);
      return [name, warning === undefined ? parameter : { ...parameter, warning }];
    }),
  );
}

/** What the schema of a parameter says beside its type. */
interface Described {
  readonly description?: string;
  readonly default?: string | boolean;
}

function parameterOf(name: keyof SipProxyParameters, parameters: SipProxyParameters): ServiceParameter {
  const { description = "", default: initial = "" } = SipProxyParameters.properties[name] as Described;
  return {
    value: parameters[name],
    default: initial,
    scope: "cluster",
    restart: [...servicesToRestart(name)],
    description,
  };
}
