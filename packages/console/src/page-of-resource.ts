const PAGES: readonly (readonly [resource: string, page: string])[] = [
  ["/sip-federated-domains", "/administration/presence/inter-domain-federation/sip-federation"],
];

/** The page that shows a resource of the API, by its path below `/api/v1`. */
export function pageOfResource(apiPath: string): string | undefined {
  return PAGES.find(([resource]) => apiPath === resource || apiPath.startsWith(`${resource}/`))?.[1];
}
