import { TestCertificateAuthority } from "@interpres/testkit";
import { AUTHORITY, issueOwn, wantedCertificates } from "../../src/admin/trust/own-authority.ts";
import type { AdminFixture } from "./admin-fixture.ts";

/** A good call of one route. */
export interface RouteExample {
  /** Method and path as OpenAPI writes them, without `/api/v1`. */
  readonly route: string;
  readonly url?: string;
  readonly body?: unknown;
  /** Makes what the call needs, and says what is only known then. */
  readonly prepare?: (fixture: AdminFixture) => Promise<{ readonly url?: string; readonly body?: unknown }>;
  /** Whose call it is: a token's by default. */
  readonly as?: "session" | "nobody";
}

/** Words that are told to the node once and must come out nowhere. */
export const SECRETS = {
  user: "user-secret-1",
  imported: "user-secret-2",
  changed: "user-secret-3",
  directory: "directory-secret-4",
  component: "component-secret-8",
  collector: "collector-secret-9",
  administrator: "administrator-secret-5",
  administratorLater: "administrator-secret-6",
  own: "administrator-secret-7",
} as const;

const ADMINISTRATOR = { name: "walker", password: "administrator-secret-0" };
const PEER = "sip.peer.example";
const ATTACHED = { localDomains: ["corp.example"], components: ["peer.example"] };
const CONTEXT = "Default_SIP_Proxy_Peer_Auth_TLS_Context";

/**
 * Every route that writes, in an order in which each finds what it needs. A new route belongs here: the tests that walk the
 * description fail until it is.
 */
export const writes: readonly RouteExample[] = [
  { route: "POST /session", as: "nobody", body: ADMINISTRATOR },
  { route: "POST /users", body: { jid: "ann@example.com", password: SECRETS.user, mailId: "ann@mail.example" } },
  { route: "POST /users/import", body: { users: [{ jid: "bea@example.com", password: SECRETS.imported }] } },
  { route: "PUT /users/{jid}", url: "/users/ann@example.com", body: { displayName: "Ann", password: SECRETS.changed } },
  { route: "DELETE /users/{jid}", url: "/users/bea@example.com" },
  {
    route: "PUT /directory",
    body: {
      enabled: true,
      url: "ldaps://dc.corp.example",
      base: "dc=corp",
      domain: "example.com",
      bindDn: "cn=reader",
      password: SECRETS.directory,
    },
  },
  {
    route: "POST /directory/sync",
    prepare: async ({ directory }) => {
      directory.people.set("k1", { uid: "cat" });
      return { body: {} };
    },
  },
  { route: "PUT /trace/collector", body: { enabled: true, host: "homer.example.com", authKey: SECRETS.collector } },
  { route: "POST /trace/collector/send", body: { correlationId: "c1" } },
  { route: "PUT /config", body: { cluster: { sipProxyDomain: "example.edu" } } },
  { route: "POST /sip-federated-domains", body: { domain: "peer.example", integrationType: "standard" } },
  {
    route: "PUT /sip-federated-domains/{domain}",
    url: "/sip-federated-domains/peer.example",
    body: { integrationType: "microsoft", description: "Peer" },
  },
  {
    route: "PUT /sip-federated-domains/{domain}/dialect",
    url: "/sip-federated-domains/peer.example/dialect",
    body: { mapping: { set: "faithful", told: { xa: "busy" } } },
  },
  {
    route: "POST /attachments",
    body: { name: "corp", host: "127.0.0.1", ...ATTACHED, secret: SECRETS.component },
  },
  {
    route: "PUT /attachments/{name}",
    url: "/attachments/corp",
    body: { host: "127.0.0.1", description: "x", ...ATTACHED },
  },
  { route: "DELETE /attachments/{name}", url: "/attachments/corp" },
  { route: "POST /incoming-acl", body: { pattern: "Allow from 192.0.2.1" } },
  {
    route: "PUT /incoming-acl/{id}",
    url: "/incoming-acl/2",
    body: { pattern: "Allow from 192.0.2.2", description: "moved" },
  },
  { route: "DELETE /incoming-acl/{id}", url: "/incoming-acl/2" },
  {
    route: "POST /policy/apply",
    body: { changes: [{ resource: "incoming-acl", action: "create", value: { pattern: "Allow from 192.0.2.7" } }] },
  },
  { route: "POST /static-routes", body: { destinationPattern: "peer.example", nextHop: PEER } },
  {
    route: "PUT /static-routes/{id}",
    url: "/static-routes/1",
    body: { destinationPattern: "peer.example", nextHop: PEER, priority: 2 },
  },
  { route: "DELETE /static-routes/{id}", url: "/static-routes/1" },
  {
    route: "POST /partners",
    body: { domain: "partner.example", integrationType: "standard", subject: { name: "sip.partner.example" } },
  },
  { route: "POST /tls-peer-subjects", body: { name: PEER } },
  { route: "PUT /tls-peer-subjects/{name}", url: `/tls-peer-subjects/${PEER}`, body: { description: "the edge" } },
  { route: "PUT /tls-contexts/{name}", url: `/tls-contexts/${CONTEXT}`, body: { peerSubjects: [PEER] } },
  { route: "POST /tls-contexts/{name}/drain", url: `/tls-contexts/${CONTEXT}/drain` },
  {
    route: "DELETE /tls-peer-subjects/{name}",
    url: "/tls-peer-subjects/unused.example",
    prepare: async (fixture) => {
      await fixture.call("POST", "/tls-peer-subjects", { body: { name: "unused.example" } });
      return {};
    },
  },
  { route: "DELETE /sip-federated-domains/{domain}", url: "/sip-federated-domains/peer.example" },
  {
    route: "PUT /certificates/own/{purpose}",
    url: "/certificates/own/sip",
    prepare: async (fixture) => {
      const { certPem, keyPem } = await ownCertificate(fixture);
      return { body: { chainPem: certPem, keyPem } };
    },
  },
  { route: "POST /certificates/own/{purpose}/csr", url: "/certificates/own/sip/csr", body: {} },
  { route: "POST /certificates/own/{purpose}/regenerate", url: "/certificates/own/sip/regenerate", body: {} },
  {
    route: "POST /certificates/trust",
    prepare: async ({ clock }) => ({
      body: { pem: (await TestCertificateAuthority.create("Peer CA", clock)).certPem },
    }),
  },
  {
    route: "DELETE /certificates/trust/{id}",
    prepare: async ({ store }) => ({ url: `/certificates/trust/${store.certificates.trusted()[0]?.id}` }),
  },
  { route: "POST /nodes/{node}/domain", url: "/nodes/imp1/domain", body: { domain: "example.org" } },
  { route: "POST /certificates/own/{purpose}/restore", url: "/certificates/own/sip/restore" },
  {
    route: "PATCH /service-parameters/{service}",
    url: "/service-parameters/sip-proxy",
    body: { serverName: "Edge" },
  },
  { route: "PATCH /cluster/settings", body: { sipProxyDomain: "example.net" } },
  { route: "PATCH /presence-settings", body: { maxWatchers: 7 } },
  {
    route: "PATCH /nodes/{node}/services/{service}",
    url: "/nodes/imp1/services/xmpp-client",
    body: { activated: false },
  },
  ...(["start", "restart", "stop"] as const).map((order) => ({
    route: `POST /nodes/{node}/services/{service}/${order}`,
    url: `/nodes/imp1/services/sip-proxy/${order}`,
  })),
  { route: "POST /nodes/{name}/restart", url: "/nodes/imp1/restart" },
  {
    route: "POST /subscriptions/{id}/refresh",
    url: "/subscriptions/s1/refresh",
    prepare: async ({ subscriptions }) => {
      subscriptions.push({ id: "s1" } as (typeof subscriptions)[number]);
      return {};
    },
  },
  {
    route: "POST /administrators",
    body: { name: "new", role: "operator", password: SECRETS.administrator },
  },
  {
    route: "PUT /administrators/{name}",
    url: "/administrators/new",
    body: { role: "auditor", password: SECRETS.administratorLater },
  },
  { route: "DELETE /administrators/{name}", url: "/administrators/new" },
  { route: "POST /tokens", body: { name: "monitoring", role: "auditor" } },
  {
    route: "DELETE /tokens/{id}",
    prepare: async ({ store }) => ({ url: `/tokens/${(await store.apiTokens.list())[0]?.id}` }),
  },
  {
    route: "PUT /session/password",
    as: "session",
    body: { currentPassword: ADMINISTRATOR.password, newPassword: SECRETS.own },
  },
  { route: "DELETE /session", as: "session" },
];

/** Routes with a method of writing that change nothing. */
export const looks: readonly string[] = [
  "POST /certificates/fetch",
  "POST /federation/{domain}/diagnosis",
  "POST /policy/explain",
  "POST /policy/replays",
  "DELETE /policy/replays/{id}",
];

/** What the examples find: an authority with certificates of each purpose, and an administrator who can sign in. */
export async function furnish(fixture: AdminFixture): Promise<void> {
  await fixture.makeAuthority();
  const audit = { actor: "system", action: "create", resource: "certificates/own" };
  for (const { purpose, ...subject } of wantedCertificates("imp1.example.com", ["example.com"]))
    await fixture.store.certificates.putOwn(purpose, await issueOwn(subject, { ...fixture.store, ...fixture }), audit);
  await fixture.call("POST", "/administrators", { body: { ...ADMINISTRATOR, role: "administrator" } });
}

/** What the administrator of the examples signs in with, before and after the example that changes it. */
export const signIns = [ADMINISTRATOR, { name: ADMINISTRATOR.name, password: SECRETS.own }];

/** The keys the node holds of itself, which must come out nowhere. */
export function privateKeys({ store }: AdminFixture): readonly string[] {
  return ["sip", "xmpp", "xmpp-s2s", "admin", AUTHORITY].flatMap((purpose) => {
    const pem = store.certificates.own(purpose)?.keyPem;
    return pem === undefined ? [] : [pem];
  });
}

async function ownCertificate({ clock }: AdminFixture) {
  const authority = await TestCertificateAuthority.create("Public CA", clock);
  return authority.issue({ cn: "imp1.example.com", dnsNames: ["imp1.example.com"] });
}
