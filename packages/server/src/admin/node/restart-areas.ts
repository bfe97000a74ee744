import { isDeepStrictEqual } from "node:util";
import { type ServiceName, TraceCollectorSettings } from "@interpres/admin-api";
import type { CertificatePurpose, FederationSettings, SipProxyParameters } from "@interpres/federation";
import { PresenceSection } from "../identity/presence-section.ts";
import type { ClusterSettings } from "./cluster-settings.ts";
import type { Configuration } from "./configuration.ts";

/** A part of the configuration that comes into force by itself. */
export interface RestartArea {
  /** Who takes it up at their start, where changes are not live. */
  readonly restart: readonly ServiceName[];
  /** `into`, with this part as it is in `from`. */
  copy(from: Configuration, into: Configuration): Configuration;
  /** What is in it, by path below `/api/v1`. */
  objects(configuration: Configuration): ReadonlyMap<string, unknown>;
}

/** Who takes up the settings of a section, and where they are below `/api/v1`. */
export interface SectionPlace {
  readonly restart: readonly ServiceName[];
  readonly path: string;
}

/** What has to restart for each service parameter of `sip-proxy`. */
const RESTART_OF_PARAMETER: Readonly<Record<keyof SipProxyParameters, readonly ServiceName[]>> = {
  federationRoutingFqdn: ["xmpp-router", "sip-proxy"],
  defaultFederationRoutingDomain: ["xmpp-router"],
  serverName: ["sip-proxy"],
  useTransportInRecordRoute: ["sip-proxy"],
  imGateway: ["sip-proxy"],
};

const PRESENCE: SectionPlace = { restart: ["xmpp-router"], path: "presence-settings" };
/** The flow is that of the proxy. */
const TRACE_COLLECTOR: SectionPlace = { restart: ["sip-proxy"], path: "trace/collector" };
/** Of every parameter of `web-client`. */
export const WEB_CLIENT: SectionPlace = { restart: ["web-client"], path: "service-parameters/web-client" };

/** The restart matrix of facts B4. A part without a row does not compile; one without an area is live in any case. */
const AREAS_OF_FEDERATION: { readonly [Key in keyof FederationSettings]-?: readonly RestartArea[] } = {
  localDomains: [list("localDomains", ["xmpp-router"], (domain) => `local-domains/${domain}`)],
  sipFederatedDomains: [
    list("sipFederatedDomains", ["xmpp-router"], ({ domain }) => `sip-federated-domains/${domain}`),
  ],
  dialectOverrides: [
    list("dialectOverrides", ["xmpp-router"], ({ domain }) => `sip-federated-domains/${domain}/dialect`),
  ],
  attachments: [list("attachments", ["sip-federation"], ({ name }) => `attachments/${name}`)],
  incomingAcl: [aclOf("sip-federated-domain", ["xmpp-router"]), aclOf("administrator", ["sip-proxy"])],
  staticRoutes: [],
  tlsPeerSubjects: [list("tlsPeerSubjects", ["sip-proxy"], ({ name }) => `tls-peer-subjects/${name}`)],
  tlsContexts: [list("tlsContexts", ["sip-proxy"], ({ name }) => `tls-contexts/${name}`)],
  serviceParameters: parameterNames().map(parameter),
};

const AREAS_OF_SECTION: { readonly [Section in keyof ClusterSettings]: readonly RestartArea[] } = {
  federation: Object.values(AREAS_OF_FEDERATION).flat(),
  cluster: [],
  presence: namesOf(PresenceSection).map((name) => setting("presence", name, PRESENCE)),
  serviceActivation: [],
  // The change itself restarts every service.
  nodeDomains: [],
  directory: [],
  traceCollector: namesOf(TraceCollectorSettings).map((name) => setting("traceCollector", name, TRACE_COLLECTOR)),
  webClient: [setting("webClient", "allowedOrigins", WEB_CLIENT)],
};

const AREAS_OF_CERTIFICATES: Readonly<Record<CertificatePurpose, readonly RestartArea[]>> = {
  sip: [ownCertificate("sip", ["sip-proxy"])],
  xmpp: [ownCertificate("xmpp", ["xmpp-router"])],
  "xmpp-s2s": [ownCertificate("xmpp-s2s", ["xmpp-router"])],
  admin: [],
};

const TRUST_STORE: RestartArea = {
  restart: ["sip-proxy"],
  copy: (from, into) => ({ ...into, trusted: from.trusted }),
  objects: ({ trusted }) => new Map(trusted.map(({ id, pem }) => [`certificates/trust/${id}`, pem])),
};

export const restartAreas: readonly RestartArea[] = [
  ...Object.values(AREAS_OF_SECTION).flat(),
  ...Object.values(AREAS_OF_CERTIFICATES).flat(),
  TRUST_STORE,
];

/** The services that a change of this parameter asks to restart. */
export function servicesToRestart(name: keyof SipProxyParameters): readonly ServiceName[] {
  return RESTART_OF_PARAMETER[name];
}

/** One object in which two configurations differ. */
export interface ObjectChange {
  readonly resource: string;
  readonly kind: "added" | "changed" | "removed";
}

/** What of the areas of `service` is not in `next` as it was in `taken`. */
export function changesFor(service: ServiceName, taken: Configuration, next: Configuration): readonly ObjectChange[] {
  return restartAreas
    .filter(({ restart }) => restart.includes(service))
    .flatMap((area) => differences(area.objects(taken), area.objects(next)));
}

function differences(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): ObjectChange[] {
  const changes: ObjectChange[] = [];
  for (const [resource, value] of after) {
    if (!before.has(resource)) changes.push({ resource, kind: "added" });
    else if (!isDeepStrictEqual(before.get(resource), value)) changes.push({ resource, kind: "changed" });
  }
  for (const resource of before.keys()) if (!after.has(resource)) changes.push({ resource, kind: "removed" });
  return changes;
}

type ListKey = Exclude<keyof FederationSettings, "serviceParameters" | "incomingAcl">;
type Entry<Key extends ListKey> = NonNullable<FederationSettings[Key]>[number];

function list<Key extends ListKey>(
  key: Key,
  restart: readonly ServiceName[],
  path: (entry: Entry<Key>) => string,
): RestartArea {
  return {
    restart,
    copy: (from, into) => {
      const part = from.settings.federation[key];
      return part === into.settings.federation[key] ? into : withFederation(into, { [key]: part ?? [] });
    },
    objects: ({ settings }) => {
      const entries: readonly Entry<Key>[] = settings.federation[key] ?? [];
      return new Map(entries.map((entry) => [path(entry), entry]));
    },
  };
}

/** A domain's own entry belongs to the domain, the others to the proxy that asks them. */
function aclOf(
  kind: FederationSettings["incomingAcl"][number]["origin"]["kind"],
  restart: readonly ServiceName[],
): RestartArea {
  return {
    restart,
    copy: (from, into) => {
      const others = into.settings.federation.incomingAcl.filter(({ origin }) => origin.kind !== kind);
      const mine = from.settings.federation.incomingAcl.filter(({ origin }) => origin.kind === kind);
      return withFederation(into, { incomingAcl: [...others, ...mine] });
    },
    objects: ({ settings }) => {
      const mine = settings.federation.incomingAcl.filter(({ origin }) => origin.kind === kind);
      return new Map(mine.map((entry) => [`incoming-acl/${entry.id}`, entry]));
    },
  };
}

function parameterNames(): readonly (keyof SipProxyParameters)[] {
  return Object.keys(RESTART_OF_PARAMETER) as (keyof SipProxyParameters)[];
}

function parameter(name: keyof SipProxyParameters): RestartArea {
  const of = ({ settings }: Configuration) => settings.federation.serviceParameters["sip-proxy"];
  return {
    restart: RESTART_OF_PARAMETER[name],
    copy: (from, into) =>
      withFederation(into, { serviceParameters: { "sip-proxy": { ...of(into), [name]: of(from)[name] } } }),
    objects: (configuration) => new Map([[`service-parameters/sip-proxy/${name}`, of(configuration)[name]]]),
  };
}

function namesOf<Properties extends object>({ properties }: { readonly properties: Properties }) {
  return Object.keys(properties) as (keyof Properties & string)[];
}

function setting<Section extends "presence" | "webClient" | "traceCollector">(
  section: Section,
  name: keyof ClusterSettings[Section] & string,
  { restart, path }: SectionPlace,
): RestartArea {
  return {
    restart,
    copy: (from, into) => {
      const part = { ...into.settings[section], [name]: from.settings[section][name] };
      return { ...into, settings: { ...into.settings, [section]: part } };
    },
    objects: ({ settings }) => new Map([[`${path}/${name}`, settings[section][name]]]),
  };
}

function ownCertificate(purpose: CertificatePurpose, restart: readonly ServiceName[]): RestartArea {
  return {
    restart,
    copy: (from, into) => ({
      ...into,
      ownCertificates: { ...into.ownCertificates, [purpose]: from.ownCertificates[purpose] },
    }),
    objects: ({ ownCertificates }) => new Map([[`certificates/own/${purpose}`, ownCertificates[purpose]?.chainPem]]),
  };
}

function withFederation(configuration: Configuration, part: Partial<FederationSettings>): Configuration {
  const { settings } = configuration;
  return { ...configuration, settings: { ...settings, federation: { ...settings.federation, ...part } } };
}
