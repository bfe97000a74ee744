import type { ServiceParameter, ServiceParameters } from "@interpres/admin-api";
import { type Problem, SipProxyParameters, updateSipProxyParameters } from "@interpres/federation";
import { servicesToRestart } from "../node/restart-areas.ts";
import { editFederation } from "./edit-federation.ts";
import type { ParameterizedService } from "./parameterized-service.ts";

const SERVICE = "sip-proxy";

/** The parameters of `sip-proxy`: what SIP federation as a whole goes by. */
export const sipProxyParameters: ParameterizedService = {
  shown: ({ federation }) => shown(federation.serviceParameters[SERVICE]),
  change: async ({ context, request, values }) => {
    const fqdnsWithUsers = context.accounts.list().length === 0 ? [] : [context.node.fqdn];
    const { resource, warnings } = await editFederation(context, request, {
      action: "update",
      edit: (settings) => updateSipProxyParameters(settings, values, fqdnsWithUsers),
      resource: () => `service-parameters/${SERVICE}`,
      before: (settings) => settings.serviceParameters[SERVICE],
    });
    return shown(resource, warnings);
  },
};

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
