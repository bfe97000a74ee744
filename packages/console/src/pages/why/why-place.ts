/** Where what a rule went by is set: a resource of the API. A rule that is not here goes by what only the other side can change. */
const PLACES: Readonly<Record<string, string>> = {
  "certificate-untrusted": "/certificates/trust",
  "certificate-expired": "/certificates",
  "tls-peer-subject": "/tls-contexts",
  "tls-version": "/tls-contexts",
  "tls-cipher": "/tls-contexts",
  "tls-handshake": "/tls-contexts",
  "claimed-domain": "/tls-peer-subjects",
  "hop-certificate": "/static-routes",
  "incoming-acl": "/incoming-acl",
  "domain-not-federated": "/sip-federated-domains",
  "sip-federated-domain": "/sip-federated-domains",
  "not-federated": "/sip-federated-domains",
  "no-route": "/static-routes",
  "static-route": "/static-routes",
  "route-blocked": "/static-routes",
  loop: "/static-routes",
  "unknown-user": "/users",
  "user-disabled": "/users",
  "same-address": "/users",
  "federation-address": "/presence-settings",
  "too-many-watchers": "/presence-settings",
  "im-gateway": "/service-parameters",
  "messages-switched-off": "/service-parameters",
  "sip-proxy-stopped": "/nodes/this/services/sip-proxy",
  "service-stopped": "/nodes/this/services/sip-proxy",
};

/** The path below `/api/v1` of what a rule went by; null where nothing here changes it. */
export function placeOfRule(rule: string): string | null {
  return PLACES[rule] ?? null;
}
