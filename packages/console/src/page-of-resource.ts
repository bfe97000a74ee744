import { isServiceName, serviceTable } from "@interpres/admin-api";

const SECURITY = "/administration/system/security";
const CERTIFICATES = "/os-administration/security/certificate-management";

/** Lists whose items have a form each, below their page. */
const LISTS: readonly (readonly [resource: string, page: string])[] = [
  ["/sip-federated-domains", "/administration/presence/inter-domain-federation/sip-federation"],
  ["/attachments", "/administration/presence/inter-domain-federation/attached-servers"],
  ["/static-routes", "/administration/presence/routing/static-routes"],
  ["/incoming-acl", `${SECURITY}/incoming-acl`],
  ["/tls-peer-subjects", `${SECURITY}/tls-peer-subjects`],
  ["/tls-contexts", `${SECURITY}/tls-context-configuration`],
  ["/nodes", "/administration/system/cluster-topology"],
  ["/users", "/administration/user-management/users"],
  ["/administrators", "/administration/access/administrators"],
  ["/certificates/own", CERTIFICATES],
  ["/certificates/trust", CERTIFICATES],
];

const PAGES: readonly (readonly [resource: string, page: string])[] = [
  ...LISTS,
  ["/cluster", "/administration/system/cluster-topology"],
  ["/directory", "/administration/user-management/directory"],
  ["/notifications", "/administration/system/notifications"],
  ["/certificates", CERTIFICATES],
  ["/presence-settings", "/administration/presence/settings"],
  ["/trace/collector", "/serviceability/trace/configuration"],
  ["/service-parameters", "/administration/system/service-parameters"],
];

/** The page that shows a resource of the API, by its path below `/api/v1`: the item's form where it names one. */
export function pageOfResource(apiPath: string): string | undefined {
  return (
    pageOfService(apiPath) ??
    pageOfItem(apiPath) ??
    PAGES.find(([resource]) => apiPath === resource || apiPath.startsWith(`${resource}/`))?.[1]
  );
}

function pageOfItem(apiPath: string): string | undefined {
  const at = apiPath.lastIndexOf("/");
  const page = LISTS.find(([resource]) => resource === apiPath.slice(0, at))?.[1];
  return page === undefined ? undefined : `${page}/edit${apiPath.slice(at)}`;
}

/** `/nodes/NODE/services/NAME`: the control center of its kind, with the service selected. */
function pageOfService(apiPath: string): string | undefined {
  const name = /^\/nodes\/[^/]+\/services\/([^/]+)$/.exec(apiPath)?.[1] ?? "";
  if (!isServiceName(name)) return undefined;
  return `/serviceability/tools/control-center-${serviceTable[name].kind}-services/edit/${name}`;
}
