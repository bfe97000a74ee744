import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { TestCertificateAuthority } from "@interpres/testkit";
import { AdminFixture, type Answer, items, paths, TOKENS } from "./admin-fixture.ts";

type Document = Record<string, Record<string, unknown>>;
const PEER = "sip.contoso.example";
const CONTEXT = "Default_SIP_Proxy_Peer_Auth_TLS_Context";

let fixture: AdminFixture;
beforeEach(async () => {
  fixture = await AdminFixture.start();
});
afterEach(() => fixture.stop());

const ask = async (method: string, path: string, body: object) => {
  const answer = await fixture.call(method, path, { body });
  assert.ok(answer.status < 300, answer.text);
};

/** Something in each section. */
async function configure(): Promise<void> {
  await ask("POST", "/sip-federated-domains", {
    domain: "contoso.example",
    integrationType: "microsoft",
    description: "Contoso",
  });
  await ask("POST", "/incoming-acl", { pattern: "Allow from 192.0.2.0/24", description: "branch" });
  await ask("POST", "/static-routes", { destinationPattern: "contoso.example", nextHop: PEER });
  await ask("POST", "/tls-peer-subjects", { name: PEER, description: "edge" });
  await ask("PUT", `/tls-contexts/${CONTEXT}`, { peerSubjects: [PEER], minVersion: "TLSv1.2" });
  await ask("POST", "/certificates/trust", {
    pem: (await TestCertificateAuthority.create("Peer CA", fixture.clock)).certPem,
  });
  await ask("PATCH", "/service-parameters/sip-proxy", { defaultFederationRoutingDomain: "house.example" });
  await ask("PATCH", "/presence-settings", { maxWatchers: 7 });
  await ask("PATCH", "/cluster/settings", { changeControl: "on-restart" });
  await ask("PATCH", "/nodes/imp1/services/xmpp-client", { activated: false });
  await ask("PUT", "/directory", {
    enabled: true,
    url: "ldaps://dc.corp.example",
    base: "dc=corp",
    domain: "example.com",
    bindDn: "cn=reader",
    password: "directory secret",
  });
}

const exported = async (): Promise<Document> => (await fixture.call("GET", "/config")).body as Document;
const put = (document: unknown, query = "") => fixture.call("PUT", `/config${query}`, { body: document });
const told = ({ body }: Answer) =>
  (body.differences as { kind: string; path: string }[]).map(({ kind, path }) => `${kind} ${path}`);
const audited = async () => items(await fixture.call("GET", "/audit?limit=1000")).length;

describe("the configuration as one document", () => {
  test("goes out and in without a difference, and nothing is written", async () => {
    await configure();
    const [document, rows, { version }] = [await exported(), await audited(), fixture.store.settings.current()];
    const answer = await put(document);
    assert.deepEqual([answer.status, answer.body], [200, { applied: false, version, differences: [] }], answer.text);
    assert.equal(await audited(), rows);
    assert.equal(fixture.store.settings.current().version, version);
  });

  test("R75: of another cluster tells whether both know users by the same addresses, and changes nothing", async (context) => {
    const other = await AdminFixture.start();
    context.after(() => other.stop());
    const theirs = (await other.call("GET", "/config")).body;
    await ask("PATCH", "/presence-settings", { useEmailAddressWhenFederating: true, acknowledgeWarning: true });
    const compared = await put(theirs, "?dryRun=true");
    assert.deepEqual(told(compared), ["changed presence.useEmailAddressWhenFederating"]);
    assert.equal((await fixture.call("GET", "/presence-settings")).body.useEmailAddressWhenFederating, true);
  });

  test("makes an empty node what the other was, on the disk and in the answers", async (context) => {
    await configure();
    const document = await exported();
    const other = await AdminFixture.start();
    context.after(() => other.stop());
    const answer = await other.call("PUT", "/config", { body: document });
    assert.deepEqual([answer.status, answer.body.applied], [200, true], answer.text);
    assert.deepEqual((await other.call("GET", "/config")).body, document);
    assert.equal(((await other.call("GET", "/certificates/trust")).body.items as unknown[]).length, 1);
    const directory = (await other.call("GET", "/directory")).body;
    assert.deepEqual([directory.url, directory.hasPassword], ["ldaps://dc.corp.example", false]);
  });

  test("holds no secret, no key, no user, no administrator", async () => {
    await configure();
    await fixture.makeAuthority();
    await ask("POST", "/users", { jid: "ann@example.com", password: "user secret" });
    const { text } = await fixture.call("GET", "/config", { token: TOKENS.auditor });
    assert.doesNotMatch(text, /secret|PRIVATE KEY|scram|ann@example\.com|argon2/i);
    assert.match(text, /BEGIN CERTIFICATE/);
  });

  test("tells its differences first, by path, and does nothing in a dry run", async () => {
    await configure();
    const document = await exported();
    const rows = await audited();
    const federation = document.federation as Record<string, unknown[]>;
    const next = {
      ...document,
      federation: {
        ...federation,
        sipFederatedDomains: [{ domain: "contoso.example", integrationType: "microsoft", description: "Contoso Ltd" }],
        staticRoutes: [],
        tlsPeerSubjects: [
          ...(federation.tlsPeerSubjects ?? []),
          { name: "new.example", description: "", origin: "administrator" },
        ],
      },
      presence: { ...document.presence, maxWatchers: 9 },
      trustCertificates: [],
    };
    const tried = await put(next, "?dryRun=true");
    assert.equal(tried.status, 200, tried.text);
    assert.deepEqual(
      told(tried).filter((line) => !line.includes("trustCertificates") && !line.includes("createdAt")),
      [
        "changed federation.sipFederatedDomains[contoso.example].description",
        "removed federation.staticRoutes[1]",
        "added federation.tlsPeerSubjects[new.example]",
        "changed presence.maxWatchers",
      ],
    );
    assert.equal(told(tried).filter((line) => /^removed trustCertificates\[[0-9a-f]{64}\]$/.test(line)).length, 1);
    assert.deepEqual(await exported(), document);
    assert.equal(await audited(), rows);
  });

  test("is taken whole, once, with one audit row of old and new", async () => {
    await configure();
    const document = await exported();
    const rows = await audited();
    const next = {
      presence: { ...document.presence, maxWatchers: 9 },
      cluster: { ...document.cluster, changeControl: "live" },
    };
    const answer = await put(next);
    assert.deepEqual([answer.body.applied, answer.body.version], [true, fixture.store.settings.current().version]);
    const [row] = items(await fixture.call("GET", "/audit")) as {
      action: string;
      resource: string;
      before: object;
      after: object;
    }[];
    assert.equal(await audited(), rows + 1);
    assert.deepEqual([row?.action, row?.resource], ["import", "config"]);
    assert.deepEqual(row?.before, { "cluster.changeControl": "on-restart", "presence.maxWatchers": 7 });
    assert.deepEqual(row?.after, { "cluster.changeControl": "live", "presence.maxWatchers": 9 });
    assert.deepEqual((await exported()).federation, document.federation, "a section left away stays");
  });

  test("of an older release is completed: sections and keys that did not exist then have what they have here", async () => {
    await configure();
    const { federation, cluster } = await exported();
    const { changeControl: _later, ...older } = cluster as Record<string, unknown>;
    const answer = await put({ federation, cluster: older });
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(told(answer), ["changed cluster.changeControl"]);
    assert.equal((await exported()).presence?.maxWatchers, 7);
  });

  test("may be written by hand: a domain gets its access-list entry, a route its defaults", async () => {
    const { federation } = await exported();
    const written = {
      ...federation,
      sipFederatedDomains: [{ domain: "contoso.example", integrationType: "standard" }],
      staticRoutes: [{ id: "1", destinationPattern: ".example.contoso.*", nextHop: PEER }],
    };
    const answer = await put({ federation: written });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(items(await fixture.call("GET", "/incoming-acl"))[0]?.pattern, "Allow from contoso.example");
    assert.equal(items(await fixture.call("GET", "/static-routes"))[0]?.nextHopPort, 5061);
  });

  test("is refused where somebody changed the settings since the differences were told", async () => {
    const document = { presence: { maxWatchers: 9 } };
    const { version } = (await put(document, "?dryRun=true")).body;
    await ask("PATCH", "/presence-settings", { maxWatchers: 8 });
    const answer = await put(document, `?version=${String(version)}`);
    assert.deepEqual([answer.status, answer.body.type], [409, "configuration-changed"]);
    assert.equal((await exported()).presence?.maxWatchers, 8);
  });

  test("is for administrators", async () => {
    assert.equal((await fixture.call("PUT", "/config", { body: {}, token: TOKENS.operator })).status, 403);
  });
});

describe("a document with something wrong", () => {
  const domain = { domain: "contoso.example", integrationType: "standard" };
  const BAD: readonly (readonly [string, (document: Document) => unknown, string])[] = [
    ["no document", () => [], ""],
    ["an unknown section", (document) => ({ ...document, users: [] }), "users"],
    ["a name every object has", () => ({ hasOwnProperty: {} }), "hasOwnProperty"],
    ["a later format", (document) => ({ ...document, format: 2 }), "format"],
    ["an unknown key", (document) => ({ cluster: { ...document.cluster, proxy: "x" } }), "cluster.proxy"],
    [
      "an unknown key deep inside",
      (document) =>
        within(document, { staticRoutes: [{ id: "1", destinationPattern: ".example.*", nextHop: PEER, hops: 3 }] }),
      "federation.staticRoutes.0.hops",
    ],
    ["a value out of range", () => ({ presence: { maxWatchers: 0 } }), "presence.maxWatchers"],
    [
      "a bad domain",
      (document) => within(document, { sipFederatedDomains: [{ ...domain, domain: "-x" }] }),
      "federation.sipFederatedDomains.0.domain",
    ],
    [
      "a domain twice",
      (document) => within(document, { sipFederatedDomains: [domain, domain] }),
      "federation.sipFederatedDomains.1.domain",
    ],
    [
      "a local domain as foreign",
      (document) => within(document, { sipFederatedDomains: [{ ...domain, domain: "example.com" }] }),
      "federation.sipFederatedDomains.0.domain",
    ],
    [
      "a subject that is selected and not defined",
      (document) => withContext(document, { peerSubjects: ["nobody.example"] }),
      "federation.tlsContexts.0.peerSubjects.0",
    ],
    [
      "an owner that is not there",
      (document) =>
        within(document, {
          incomingAcl: [
            {
              id: "1",
              pattern: "Allow from x.example",
              description: "",
              origin: { kind: "sip-federated-domain", domain: "x.example" },
            },
          ],
        }),
      "federation.incomingAcl.0.origin",
    ],
    [
      "a page that is no origin",
      () => ({ webClient: { allowedOrigins: ["https://a.example", "https://a.example/chat"] } }),
      "webClient.allowedOrigins.1",
    ],
    ["no predefined context", (document) => within(document, { tlsContexts: [] }), "federation.tlsContexts"],
    [
      "a served domain with users left out",
      (document) => within(document, { localDomains: ["example.net"] }),
      "federation.localDomains",
    ],
    [
      "the routing FQDN of a node with users",
      (document) =>
        within(document, { serviceParameters: { "sip-proxy": { federationRoutingFqdn: "imp1.example.com" } } }),
      "federation.serviceParameters.sip-proxy.federationRoutingFqdn",
    ],
    ["a proxy domain that is none", () => ({ cluster: { sipProxyDomain: "-" } }), "cluster.sipProxyDomain"],
    [
      "a node nobody knows",
      () => ({ serviceActivation: { imp9: { "xmpp-client": false } } }),
      "serviceActivation.imp9",
    ],
    [
      "a service nobody knows",
      () => ({ serviceActivation: { imp1: { telnet: true } } }),
      "serviceActivation.imp1.telnet",
    ],
    [
      "mail addresses switched on unread",
      () => ({ presence: { useEmailAddressWhenFederating: true } }),
      "presence.useEmailAddressWhenFederating",
    ],
    ["a directory for a domain not served", () => ({ directory: { domain: "elsewhere.example" } }), "directory.domain"],
    ["a directory with a password", () => ({ directory: { password: "x" } }), "directory.password"],
    ["a filter that is none", () => ({ directory: { filter: "(uid" } }), "directory.filter"],
    ["a certificate that is none", () => ({ trustCertificates: [{ pem: "x" }] }), "trustCertificates.0.pem"],
    ["the domain of a node", () => ({ nodeDomains: {} }), "nodeDomains"],
  ];
  for (const [what, change, path] of BAD) {
    test(`${what} is refused for ${path}, and nothing is written`, async () => {
      await ask("PATCH", "/service-parameters/sip-proxy", { federationRoutingFqdn: "public.example.com" });
      await ask("POST", "/users", { jid: "ann@example.com", password: "x" });
      const [document, rows] = [await exported(), await audited()];
      const answer = await put(change(document));
      assert.equal(answer.status, 400, answer.text);
      assert.equal(paths(answer)[0], path, answer.text);
      assert.equal(await audited(), rows);
      assert.deepEqual(await exported(), document);
    });
  }

  test("tells everything that is wrong at once", async () => {
    const answer = await put({ presence: { maxWatchers: 0 }, cluster: { changeControl: "never" }, users: 1 });
    assert.deepEqual([...paths(answer)].sort(), ["cluster.changeControl", "presence.maxWatchers", "users"]);
  });

  test("cannot federate with a domain in which users are known by mail address", async () => {
    await ask("POST", "/users", { jid: "ann@example.com", password: "x", mailId: "ann@mail.example" });
    const presence = { useEmailAddressWhenFederating: true };
    const sipFederatedDomains = [{ domain: "mail.example", integrationType: "standard" }];
    const document = within(await exported(), { sipFederatedDomains });
    const both = await put({ ...document, presence }, "?acknowledgeWarning=true");
    assert.deepEqual([both.status, paths(both)], [400, ["presence.useEmailAddressWhenFederating"]]);
    await ask("PATCH", "/presence-settings", { ...presence, acknowledgeWarning: true });
    const later = await put(document);
    assert.deepEqual([later.status, paths(later)], [400, ["presence.useEmailAddressWhenFederating"]]);
  });

  test("may switch mail addresses on once the warning is acknowledged", async () => {
    const document = { presence: { useEmailAddressWhenFederating: true } };
    assert.equal((await put(document, "?acknowledgeWarning=true")).status, 200);
    assert.equal((await put(document)).status, 200, "they are on already");
  });
});

function within(document: Document, federation: object): object {
  return { federation: { ...document.federation, ...federation } };
}

function withContext(document: Document, change: object): object {
  const { tlsContexts } = document.federation ?? {};
  const [peer, server] = tlsContexts as object[];
  return within(document, { tlsContexts: [{ ...peer, ...change }, server] });
}
