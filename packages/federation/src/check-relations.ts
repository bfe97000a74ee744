import type { Problem } from "./edit.ts";
import { overrideProblems } from "./edit-dialects.ts";
import { MOST_TWINS } from "./edit-static-routes.ts";
import type { FederationSettings } from "./settings.ts";
import { comparableName } from "./trust/certificate-name.ts";
import { PEER_AUTH_CONTEXT, SERVER_AUTH_CONTEXT } from "./trust/tls-settings.ts";

/** What is wrong between the parts of a document: names twice, owners that are not there, local domains as foreign ones. */
export function relationProblems(settings: FederationSettings): readonly Problem[] {
  return [
    ...repetitions(settings),
    ...localProblems(settings),
    ...crowdedProblems(settings),
    ...ownershipProblems(settings),
    ...allOverrideProblems(settings),
    ...predefinedContextProblems(settings),
  ];
}

function repetitions(settings: FederationSettings): readonly Problem[] {
  const { localDomains, sipFederatedDomains, incomingAcl, staticRoutes, tlsPeerSubjects, dialectOverrides } = settings;
  return [
    ...repeated(localDomains, (index) => `localDomains.${index}`),
    ...repeated(domainsIn(sipFederatedDomains), (index) => `sipFederatedDomains.${index}.domain`),
    ...repeated(idsIn(incomingAcl), (index) => `incomingAcl.${index}.id`),
    ...repeated(idsIn(staticRoutes), (index) => `staticRoutes.${index}.id`),
    ...repeated(
      tlsPeerSubjects.map(({ name }) => comparableName(name)),
      (index) => `tlsPeerSubjects.${index}.name`,
    ),
    ...repeated(
      (settings.attachments ?? []).map(({ name }) => name),
      (index) => `attachments.${index}.name`,
    ),
    ...repeated(domainsIn(dialectOverrides ?? []), (index) => `dialectOverrides.${index}.domain`),
    ...repeatedAdministratorPatterns(settings),
  ];
}

/** What a domain owns may stand beside an administrator's entry of the same words; two of the administrator's may not. */
function repeatedAdministratorPatterns({ incomingAcl }: FederationSettings): readonly Problem[] {
  const own = [...incomingAcl.entries()].filter(([, entry]) => entry.origin.kind === "administrator");
  const patterns = own.map(([, entry]) => entry.pattern);
  return repeated(patterns, (index) => `incomingAcl.${own[index]?.[0]}.pattern`);
}

function localProblems({ sipFederatedDomains, localDomains }: FederationSettings): readonly Problem[] {
  const local = new Set(localDomains);
  return sipFederatedDomains.flatMap(({ domain }, index) =>
    local.has(domain) ? [{ path: `sipFederatedDomains.${index}.domain`, message: `${domain} is served here` }] : [],
  );
}

function crowdedProblems({ staticRoutes }: FederationSettings): readonly Problem[] {
  const seen = new Map<string, number>();
  return staticRoutes.flatMap(({ destinationPattern }, index) => {
    const twins = (seen.get(destinationPattern) ?? 0) + 1;
    seen.set(destinationPattern, twins);
    if (twins !== MOST_TWINS + 1) return [];
    const message = `${destinationPattern} has more than ${MOST_TWINS} routes`;
    return [{ path: `staticRoutes.${index}.destinationPattern`, message }];
  });
}

/** Each domain owns exactly one entry, which lets in that domain (facts R4–R6). */
function ownershipProblems({ incomingAcl, sipFederatedDomains }: FederationSettings): readonly Problem[] {
  const domains = new Set(domainsIn(sipFederatedDomains));
  const owners = new Set<string>();
  const problems: Problem[] = [];
  for (const [index, { origin, pattern }] of incomingAcl.entries()) {
    if (origin.kind === "administrator") continue;
    const { domain } = origin;
    const message = ownedProblem({ domain, pattern, domains, owners });
    owners.add(domain);
    if (message !== undefined) problems.push({ path: `incomingAcl.${index}.origin`, message });
  }
  for (const [index, { domain }] of sipFederatedDomains.entries()) {
    if (owners.has(domain)) continue;
    const message = `${domain} has no access-list entry of its own`;
    problems.push({ path: `sipFederatedDomains.${index}`, message });
  }
  return problems;
}

function ownedProblem(owned: {
  readonly domain: string;
  readonly pattern: string;
  readonly domains: ReadonlySet<string>;
  readonly owners: ReadonlySet<string>;
}): string | undefined {
  const { domain, pattern, domains, owners } = owned;
  if (!domains.has(domain)) return `${domain} is not a federated domain`;
  if (owners.has(domain)) return `${domain} owns an entry already`;
  return pattern === `Allow from ${domain}` ? undefined : `the entry of ${domain} must be Allow from ${domain}`;
}

function allOverrideProblems({ dialectOverrides = [], sipFederatedDomains }: FederationSettings): readonly Problem[] {
  const types = new Map(sipFederatedDomains.map(({ domain, integrationType }) => [domain, integrationType]));
  return dialectOverrides.flatMap((override, index) => {
    const { domain } = override;
    const type = types.get(domain);
    const problems =
      type === undefined
        ? [{ path: "domain", message: `${domain} is not a federated domain` }]
        : overrideProblems(override, type);
    return problems.map(({ path, message }) => ({ path: `dialectOverrides.${index}.${path}`, message }));
  });
}

function predefinedContextProblems(settings: FederationSettings): readonly Problem[] {
  const names = settings.tlsContexts.map((context) => context.name);
  const isComplete = [PEER_AUTH_CONTEXT, SERVER_AUTH_CONTEXT].every((name) => names.includes(name));
  if (isComplete && names.length === 2) return [];
  return [{ path: "tlsContexts", message: `must be ${PEER_AUTH_CONTEXT} and ${SERVER_AUTH_CONTEXT}` }];
}

function repeated(values: readonly string[], pathOf: (index: number) => string): readonly Problem[] {
  const seen = new Set<string>();
  return values.flatMap((value, index) => {
    if (seen.has(value)) return [{ path: pathOf(index), message: `${value} is there twice` }];
    seen.add(value);
    return [];
  });
}

function domainsIn(entries: readonly { readonly domain: string }[]): readonly string[] {
  return entries.map(({ domain }) => domain);
}

function idsIn(entries: readonly { readonly id: string }[]): readonly string[] {
  return entries.map(({ id }) => id);
}
