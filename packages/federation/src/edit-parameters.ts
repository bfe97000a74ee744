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
  };
  const errors = parameterProblems(next);
  if (errors.length > 0) return invalid(errors);
  const fqdn = next.federationRoutingFqdn;
  if (fqdn !== old.federationRoutingFqdn && fqdnsWithUsers.map(normalName).includes(fqdn))
    return conflict("routing-fqdn-has-users", "federationRoutingFqdn", `${fqdn} is the name of a node that has users`);
  const serviceParameters = { ...settings.serviceParameters, "sip-proxy": next };
  return changed({ ...settings, serviceParameters }, next, parameterWarnings(settings, next));
}

/** What is wrong with the parameters by themselves. */
export function parameterProblems(parameters: SipProxyParameters): readonly Problem[] {
  const errors: Problem[] = [];
  const { federationRoutingFqdn: fqdn, defaultFederationRoutingDomain: clearingHouse } = parameters;
  const wrongFqdn = fqdn === "" ? undefined : domainNameProblem(fqdn);
  if (wrongFqdn !== undefined) errors.push({ path: "federationRoutingFqdn", message: wrongFqdn });
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
