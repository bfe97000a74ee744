import { isServiceName, serviceTable } from "@interpres/admin-api";

const PAGES: readonly (readonly [resource: string, page: string])[] = [
  ["/sip-federated-domains", "/administration/presence/inter-domain-federation/sip-federation"],
  ["/static-routes", "/administration/presence/routing/static-routes"],
  ["/incoming-acl", "/administration/system/security/incoming-acl"],
  ["/tls-peer-subjects", "/administration/system/security/tls-peer-subjects"],
  ["/tls-contexts", "/administration/system/security/tls-context-configuration"],
  ["/presence-settings", "/administration/presence/settings"],
  ["/service-parameters", "/administration/system/service-parameters"],
];

/** The page that shows a resource of the API, by its path below `/api/v1`. */
export function pageOfResource(apiPath: string): string | undefined {
  return (
    pageOfService(apiPath) ??
    PAGES.find(([resource]) => apiPath === resource || apiPath.startsWith(`${resource}/`))?.[1]
  );
}

/** `/nodes/NODE/services/NAME`: the control center of its kind, with the service selected. */
function pageOfService(apiPath: string): string | undefined {
  const name = /^\/nodes\/[^/]+\/services\/([^/]+)$/.exec(apiPath)?.[1] ?? "";
  if (!isServiceName(name)) return undefined;
  return `/serviceability/tools/control-center-${serviceTable[name].kind}-services/edit/${name}`;
}
