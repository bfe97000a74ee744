import { parseAclPattern } from "./admission/acl-pattern.ts";
import { type Problem, schemaProblems } from "./edit.ts";
import { domainProblems } from "./edit-domains.ts";
import { parameterProblems } from "./edit-parameters.ts";
import { routeProblems } from "./edit-static-routes.ts";
import { contextProblems, subjectProblems } from "./edit-tls.ts";
import { domainNameProblem } from "./peer/domain-name.ts";
import { FederationSettings } from "./settings.ts";
import { comparableName } from "./trust/certificate-name.ts";
import { PEER_AUTH_CONTEXT, SERVER_AUTH_CONTEXT } from "./trust/tls-settings.ts";

/** What is wrong with a whole document, as an import brings it; no problem means it may become the next snapshot. */
export function settingsProblems(document: unknown): readonly Problem[] {
  const wrongShape = schemaProblems(FederationSettings, document);
  return wrongShape.length > 0 ? wrongShape : ruleProblems(document as FederationSettings);
}

function ruleProblems(settings: FederationSettings): readonly Problem[] {
  const { "sip-proxy": sipProxy } = settings.serviceParameters;
  return [
    ...settings.localDomains.flatMap((domain, index) => nameProblems(domain, `localDomains.${index}`)),
    ...settings.sipFederatedDomains.flatMap((entry, index) =>
      below(`sipFederatedDomains.${index}`, domainProblems(entry)),
    ),
    ...settings.incomingAcl.flatMap((entry, index) => aclProblems(entry.pattern, `incomingAcl.${index}.pattern`)),
    ...settings.staticRoutes.flatMap((route, index) => below(`staticRoutes.${index}`, routeProblems(route))),
    ...settings.tlsPeerSubjects.flatMap((entry, index) => below(`tlsPeerSubjects.${index}`, subjectProblems(entry))),
    ...settings.tlsContexts.flatMap((entry, index) => below(`tlsContexts.${index}`, contextProblems(settings, entry))),
    ...below("serviceParameters.sip-proxy", parameterProblems(sipProxy)),
    ...relationProblems(settings),
  ];
}

function relationProblems(settings: FederationSettings): readonly Problem[] {
  const domains = settings.sipFederatedDomains.map((entry) => entry.domain);
  const isLocal = (domain: string): boolean => settings.localDomains.includes(domain);
  return [
    ...repeated(domains, (index) => `sipFederatedDomains.${index}.domain`),
    ...repeated(
      settings.incomingAcl.map((entry) => entry.id),
      (index) => `incomingAcl.${index}.id`,
    ),
    ...repeated(
      settings.staticRoutes.map((route) => route.id),
      (index) => `staticRoutes.${index}.id`,
    ),
    ...repeated(
      settings.tlsPeerSubjects.map((entry) => comparableName(entry.name)),
      (index) => `tlsPeerSubjects.${index}.name`,
    ),
    ...domains.flatMap((domain, index) =>
      isLocal(domain) ? [{ path: `sipFederatedDomains.${index}.domain`, message: `${domain} is served here` }] : [],
    ),
    ...ownershipProblems(settings, domains),
    ...predefinedContextProblems(settings),
  ];
}

function ownershipProblems(settings: FederationSettings, domains: readonly string[]): readonly Problem[] {
  const owners = settings.incomingAcl.map(({ origin }) =>
    origin.kind === "administrator" ? undefined : origin.domain,
  );
  const orphans = owners.flatMap((owner, index) =>
    owner === undefined || domains.includes(owner)
      ? []
      : [{ path: `incomingAcl.${index}.origin`, message: `${owner} is not a federated domain` }],
  );
  const bare = domains.flatMap((domain, index) =>
    owners.includes(domain)
      ? []
      : [{ path: `sipFederatedDomains.${index}`, message: `${domain} has no access-list entry of its own` }],
  );
  return [...orphans, ...bare];
}

function predefinedContextProblems(settings: FederationSettings): readonly Problem[] {
  const names = settings.tlsContexts.map((context) => context.name);
  const isComplete = [PEER_AUTH_CONTEXT, SERVER_AUTH_CONTEXT].every((name) => names.includes(name));
  if (isComplete && names.length === 2) return [];
  return [{ path: "tlsContexts", message: `must be ${PEER_AUTH_CONTEXT} and ${SERVER_AUTH_CONTEXT}` }];
}

function nameProblems(name: string, path: string): readonly Problem[] {
  const message = domainNameProblem(name);
  return message === undefined ? [] : [{ path, message }];
}

function aclProblems(text: string, path: string): readonly Problem[] {
  const pattern = parseAclPattern(text);
  return pattern.kind === "problem" ? [{ path, message: pattern.message }] : [];
}

function below(path: string, problems: readonly Problem[]): readonly Problem[] {
  return problems.map((problem) => ({ path: `${path}.${problem.path}`, message: problem.message }));
}

function repeated(values: readonly string[], pathOf: (index: number) => string): readonly Problem[] {
  return values.flatMap((value, index) =>
    values.indexOf(value) === index ? [] : [{ path: pathOf(index), message: `${value} is there twice` }],
  );
}
