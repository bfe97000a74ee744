import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ServiceName } from "@interpres/admin-api";
import {
  addAclEntry,
  addDomain,
  addStaticRoute,
  addTlsPeerSubject,
  type Changed,
  type Edit,
} from "@interpres/federation";
import { type ClusterSettings, initialClusterSettings } from "./cluster-settings.ts";
import type { Configuration } from "./configuration.ts";
import { configurationInForce } from "./in-force.ts";
import { changesFor } from "./restart-areas.ts";

const own = { chainPem: "OLD", keyPem: "KEY" };
const before: Configuration = {
  settings: initialClusterSettings(["example.com"]),
  ownCertificates: { sip: own, xmpp: own, "xmpp-s2s": own, admin: own },
  trusted: [],
};

type Federation = ClusterSettings["federation"];

/** `before` after one edit of its federation settings. */
function edited<Resource>(edit: (settings: Federation) => Edit<Resource>): Configuration {
  const outcome = edit(before.settings.federation);
  assert.equal(outcome.kind, "changed");
  return withFederation((outcome as Changed<Resource>).settings);
}

function withFederation(federation: Federation): Configuration {
  return { ...before, settings: { ...before.settings, federation } };
}

function withParameter(name: string, value: string | boolean): Configuration {
  const { federation } = before.settings;
  const parameters = { ...federation.serviceParameters["sip-proxy"], [name]: value };
  return withFederation({ ...federation, serviceParameters: { "sip-proxy": parameters } });
}

function withPresence(change: Partial<ClusterSettings["presence"]>): Configuration {
  const { settings } = before;
  return { ...before, settings: { ...settings, presence: { ...settings.presence, ...change } } };
}

function withContext(change: Partial<Federation["tlsContexts"][number]>): Configuration {
  const { federation } = before.settings;
  const [first, ...others] = federation.tlsContexts;
  assert.ok(first !== undefined);
  return withFederation({ ...federation, tlsContexts: [{ ...first, ...change }, ...others] });
}

interface Row {
  readonly change: string;
  readonly after: Configuration;
  readonly restart: readonly ServiceName[];
  readonly objects: readonly string[];
}

const domain = { domain: "contoso.example", integrationType: "microsoft" };
const route = { destinationPattern: "contoso.example", nextHop: "edge.contoso.example" };
const parameters = "service-parameters/sip-proxy";

const rows: readonly Row[] = [
  {
    change: "a SIP federated domain with its access list entry (R16)",
    after: edited((settings) => addDomain(settings, domain, 0)),
    restart: ["xmpp-router"],
    objects: ["sip-federated-domains/contoso.example added", "incoming-acl/1 added"],
  },
  {
    change: "the federation routing FQDN (R41)",
    after: withParameter("federationRoutingFqdn", "imp1-public.example.com"),
    restart: ["xmpp-router", "sip-proxy"],
    objects: [`${parameters}/federationRoutingFqdn changed`],
  },
  {
    change: "the default federation routing domain (R62)",
    after: withParameter("defaultFederationRoutingDomain", "house.example"),
    restart: ["xmpp-router"],
    objects: [`${parameters}/defaultFederationRoutingDomain changed`],
  },
  {
    change: "an access list entry of an administrator",
    after: edited((settings) => addAclEntry(settings, { pattern: "Allow from 192.0.2.1" })),
    restart: ["sip-proxy"],
    objects: ["incoming-acl/1 added"],
  },
  {
    change: "a TLS peer subject",
    after: edited((settings) => addTlsPeerSubject(settings, { name: "edge.contoso.example" })),
    restart: ["sip-proxy"],
    objects: ["tls-peer-subjects/edge.contoso.example added"],
  },
  {
    change: "a TLS context (R54)",
    after: withContext({ disableEmptyTlsFragments: true }),
    restart: ["sip-proxy"],
    objects: ["tls-contexts/Default_SIP_Proxy_Peer_Auth_TLS_Context changed"],
  },
  {
    change: "the IM gateway",
    after: withParameter("imGateway", false),
    restart: ["sip-proxy"],
    objects: [`${parameters}/imGateway changed`],
  },
  {
    change: "our SIP certificate",
    after: { ...before, ownCertificates: { ...before.ownCertificates, sip: { ...own, chainPem: "NEW" } } },
    restart: ["sip-proxy"],
    objects: ["certificates/own/sip changed"],
  },
  {
    change: "the trust store",
    after: { ...before, trusted: [{ id: "7", pem: "ROOT" }] },
    restart: ["sip-proxy"],
    objects: ["certificates/trust/7 added"],
  },
  {
    change: "our XMPP certificate",
    after: { ...before, ownCertificates: { ...before.ownCertificates, xmpp: { ...own, chainPem: "NEW" } } },
    restart: ["xmpp-router"],
    objects: ["certificates/own/xmpp changed"],
  },
  {
    change: "the address for federation (R77)",
    after: withPresence({ useEmailAddressWhenFederating: true }),
    restart: ["xmpp-router"],
    objects: ["presence-settings/useEmailAddressWhenFederating changed"],
  },
  {
    change: "a limit of presence",
    after: withPresence({ maxWatchers: 7 }),
    restart: ["xmpp-router"],
    objects: ["presence-settings/maxWatchers changed"],
  },
  {
    change: "an origin allowed for the web client",
    after: { ...before, settings: { ...before.settings, webClient: { allowedOrigins: ["https://chat.example.com"] } } },
    restart: ["web-client"],
    objects: ["service-parameters/web-client/allowedOrigins changed"],
  },
  {
    change: "a static route",
    after: edited((settings) => addStaticRoute(settings, route)),
    restart: [],
    objects: [],
  },
  {
    change: "the console's certificate",
    after: { ...before, ownCertificates: { ...before.ownCertificates, admin: { ...own, chainPem: "NEW" } } },
    restart: [],
    objects: [],
  },
];

const services = ["xmpp-router", "sip-proxy", "sip-federation", "xmpp-client", "web-client"] as const;

describe("the restart matrix (facts B4)", () => {
  for (const { change, after, restart, objects } of rows) {
    const others = services.filter((name) => !restart.includes(name));

    test(`${change}: ${restart.length === 0 ? "no restart" : restart.join(" and ")}`, () => {
      for (const service of restart) {
        const told = changesFor(service, before, after).map(({ resource, kind }) => `${resource} ${kind}`);
        assert.deepEqual(told, objects);
      }
      for (const service of others) assert.deepEqual(changesFor(service, before, after), []);
    });

    test(`${change}: in force when such a service has started, not before`, () => {
      const nothingStarted = configurationInForce(after, () => ({ at: 0, configuration: before }));
      assert.deepEqual(nothingStarted, restart.length === 0 ? after : before);
      for (const started of services) {
        const taken = (service: ServiceName) =>
          service === started ? { at: 1, configuration: after } : { at: 0, configuration: before };
        const isBrought = restart.length === 0 || restart.includes(started);
        assert.deepEqual(configurationInForce(after, taken), isBrought ? after : before, started);
      }
    });
  }

  test("what is removed is told too", () => {
    const [first] = rows;
    assert.ok(first !== undefined);
    const told = changesFor("xmpp-router", first.after, before).map(({ resource, kind }) => `${resource} ${kind}`);
    assert.deepEqual(told, ["sip-federated-domains/contoso.example removed", "incoming-acl/1 removed"]);
  });
});
