import { aclPatternText, parseAclPattern } from "./admission/acl-pattern.ts";
import { relationProblems } from "./check-relations.ts";
import { type Problem, schemaProblems } from "./edit.ts";
import { attachmentProblems, attachmentRelations } from "./edit-attachments.ts";
import { domainProblems } from "./edit-domains.ts";
import { parameterProblems } from "./edit-parameters.ts";
import { routeProblems } from "./edit-static-routes.ts";
import { contextProblems, subjectProblems } from "./edit-tls.ts";
import { domainNameProblem } from "./peer/domain-name.ts";
import { FederationSettings } from "./settings.ts";

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
    ...(settings.attachments ?? []).flatMap((entry, index) =>
      below(`attachments.${index}`, [...attachmentProblems(entry), ...attachmentRelations(entry, settings)]),
    ),
    ...below("serviceParameters.sip-proxy", parameterProblems(sipProxy)),
    ...relationProblems(settings),
  ];
}

function nameProblems(name: string, path: string): readonly Problem[] {
  const message = domainNameProblem(name);
  return message === undefined ? [] : [{ path, message }];
}

/** Stored patterns are compared as text, so there is one way to write each. */
function aclProblems(text: string, path: string): readonly Problem[] {
  const pattern = parseAclPattern(text);
  if (pattern.kind === "problem") return [{ path, message: pattern.message }];
  const stored = aclPatternText(pattern);
  return stored === text ? [] : [{ path, message: `must be written as ${stored}` }];
}

function below(path: string, problems: readonly Problem[]): readonly Problem[] {
  return problems.map((problem) => ({ path: `${path}.${problem.path}`, message: problem.message }));
}
