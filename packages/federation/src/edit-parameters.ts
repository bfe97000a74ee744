import { changed, checkInput, conflict, type Edit, invalid, type Problem } from "./edit.ts";
import { domainNameProblem, normalName } from "./peer/domain-name.ts";
import { SipProxyParameters } from "./peer/sip-proxy-parameters.ts";
import type { FederationSettings } from "./settings.ts";

/**
 * Changes some service parameters of `sip-proxy`. `fqdnsWithUsers` are the FQDNs of nodes that have users assigned: the
 * routing FQDN must not be one of them (facts R40).
 */
export function updateSipProxyParameters(
  settings: FederationSettings,
  input: unknown,
  fqdnsWithUsers: readonly string[],
): Edit<SipProxyParameters> {
  const old = settings.serviceParameters["sip-proxy"];
  const checked = checkInput(SipProxyParameters, { ...old, ...(typeof input === "object" ? input : {}) }, []);
  if (checked.kind === "refused") return checked;
  const next: SipProxyParameters = {
    ...checked.value,
    federationRoutingFqdn: normalName(checked.value.federationRoutingFqdn),
    defaultFederationRoutingDomain: normalName(checked.value.defaultFederationRoutingDomain),
    serverName: normalName(checked.value.serverName),
  };
  const errors = parameterProblems(next);
  if (errors.length > 0) return invalid(errors);
  if (isGiven("federationRoutingFqdn", input)) {
    const crowded = routingNodeProblem(next.federationRoutingFqdn, fqdnsWithUsers);
    if (crowded !== undefined) return conflict("routing-fqdn-has-users", "federationRoutingFqdn", crowded);
  }
  const serviceParameters = { ...settings.serviceParameters, "sip-proxy": next };
  return changed({ ...settings, serviceParameters }, next, parameterWarnings(settings, next));
}

/** Saving the seeded default is refused as any such name is; leaving it alone while something else is saved is not. */
function isGiven(name: keyof SipProxyParameters, input: unknown): boolean {
  return typeof input === "object" && input !== null && name in input;
}

/** Whether the routing FQDN would be the name of a node that has users (facts R40). Empty stands for the node's own name. */
export function routingNodeProblem(fqdn: string, fqdnsWithUsers: readonly string[]): string | undefined {
  const names = fqdnsWithUsers.map(normalName);
  const node = fqdn === "" ? names[0] : names.find((name) => name === fqdn);
  if (node === undefined) return undefined;
  return `${node} is the name of a node that has users: give the entry point of federation a name of its own`;
}

/** What is wrong with the parameters by themselves. */
export function parameterProblems(parameters: SipProxyParameters): readonly Problem[] {
  const errors: Problem[] = [];
  const { defaultFederationRoutingDomain: clearingHouse } = parameters;
  for (const path of ["federationRoutingFqdn", "serverName"] as const) {
    const message = parameters[path] === "" ? undefined : domainNameProblem(parameters[path]);
    if (message !== undefined) errors.push({ path, message });
  }
  const wrongDomain = domainNameProblem(clearingHouse);
  if (wrongDomain !== undefined) errors.push({ path: "defaultFederationRoutingDomain", message: wrongDomain });
  return errors;
}

function parameterWarnings(settings: FederationSettings, parameters: SipProxyParameters): readonly Problem[] {
  const domain = parameters.defaultFederationRoutingDomain;
  if (domain === settings.serviceParameters["sip-proxy"].defaultFederationRoutingDomain) return [];
  const isKnown = settings.sipFederatedDomains.some(
    (entry) => entry.domain === domain && entry.integrationType === "aol",
  );
  if (isKnown) return [];
  return [{ path: "defaultFederationRoutingDomain", message: `${domain} is not a federated domain of type aol` }];
}
