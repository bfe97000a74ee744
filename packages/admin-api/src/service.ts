import Type from "typebox";
import { closed, Instant, nullable, oneOf } from "./closed.ts";
import { resource } from "./resource.ts";

/** What a node does, in the order it starts. */
export const serviceNames = [
  "config",
  "presence-datastore",
  "xmpp-router",
  "sip-federation",
  "xmpp-federation",
  "xmpp-client",
  "sip-proxy",
  "web-client",
] as const;
export type ServiceName = (typeof serviceNames)[number];

export interface ServiceDescription {
  /** A feature is activated on each node; a network service is always there. */
  readonly kind: "feature" | "network";
  readonly description: string;
  /** It runs only while these do: it stops with them and is restarted with them. */
  readonly needs: readonly ServiceName[];
  /** While one of these does not run, it runs degraded. */
  readonly uses: readonly ServiceName[];
  /** What administrators of the system this one is modelled on call it. */
  readonly knownAs: readonly string[];
  /** Of a feature: a fresh node starts with it, unless it says otherwise here. */
  readonly atFirst?: "deactivated";
}

/** The services of a node: the one place that says what there is, what stands on what, and under which names. */
export const serviceTable: Readonly<Record<ServiceName, ServiceDescription>> = {
  config: {
    kind: "network",
    description: "Brings saved changes to the services that run",
    needs: [],
    uses: [],
    knownAs: ["Cisco Config Agent", "Cisco XCP Config Manager"],
  },
  "presence-datastore": {
    kind: "network",
    description: "Accounts, contact lists and stored messages",
    needs: [],
    uses: [],
    knownAs: [
      "Cisco Presence Datastore",
      "Cisco Login Datastore",
      "Cisco Route Datastore",
      "Cisco SIP Registration Datastore",
    ],
  },
  "xmpp-router": {
    kind: "network",
    description: "Presence and messages of local users; all XMPP services stop and restart with it",
    needs: ["presence-datastore"],
    uses: ["config"],
    knownAs: ["Cisco XCP Router", "Cisco Presence Engine"],
  },
  "sip-federation": {
    kind: "feature",
    description: "SIP federation for the users of this node",
    needs: ["xmpp-router"],
    uses: ["sip-proxy"],
    knownAs: ["Cisco XCP SIP Federation Connection Manager"],
  },
  "xmpp-federation": {
    kind: "feature",
    description: "XMPP federation for the users of this node",
    needs: ["xmpp-router"],
    uses: [],
    knownAs: ["Cisco XCP XMPP Federation Connection Manager"],
    atFirst: "deactivated",
  },
  "xmpp-client": {
    kind: "feature",
    description: "XMPP clients over TCP",
    needs: ["xmpp-router"],
    uses: [],
    knownAs: ["Cisco XCP Connection Manager"],
  },
  "web-client": {
    kind: "feature",
    description: "XMPP clients over WebSocket, and the web chat",
    needs: ["xmpp-router"],
    uses: [],
    knownAs: ["Cisco XCP Web Connection Manager"],
  },
  "sip-proxy": {
    kind: "feature",
    description: "SIP connections with other domains: who may connect, and the way out",
    needs: [],
    uses: ["config"],
    knownAs: ["Cisco SIP Proxy"],
  },
};

export function isServiceName(text: string): text is ServiceName {
  return (serviceNames as readonly string[]).includes(text);
}

/** What stops and restarts with a service, in the order it starts: what needs it, and what needs that. */
export function dependentsOf(name: ServiceName): readonly ServiceName[] {
  const found = new Set<ServiceName>([name]);
  for (const each of serviceNames) if (serviceTable[each].needs.some((needed) => found.has(needed))) found.add(each);
  return [...found].slice(1);
}

export type FoundService =
  | { readonly kind: "found"; readonly name: ServiceName }
  | { readonly kind: "ambiguous"; readonly names: readonly ServiceName[] }
  | { readonly kind: "unknown" };

/** The service a person means: its name, a name of `knownAs` with or without its first word, or the beginning of one. */
export function findService(text: string): FoundService {
  const wanted = normal(text);
  if (wanted === "") return { kind: "unknown" };
  const [exact] = serviceNames.filter((name) => spellings(name).includes(wanted));
  if (exact !== undefined) return { kind: "found", name: exact };
  const names = serviceNames.filter((name) => spellings(name).some((spelling) => spelling.startsWith(wanted)));
  const [first] = names;
  if (first === undefined) return { kind: "unknown" };
  return names.length === 1 ? { kind: "found", name: first } : { kind: "ambiguous", names };
}

function spellings(name: ServiceName): readonly string[] {
  const known = serviceTable[name].knownAs.map(normal);
  return [name, ...known, ...known.map((spelling) => spelling.slice(spelling.indexOf(" ") + 1))];
}

/** Case and blanks do not count, and the book shortens one word. */
function normal(text: string): string {
  return text.trim().toLowerCase().replaceAll(/\s+/g, " ").replace(/ cm$/, " connection manager");
}

/** Where a service stands. `degraded`: it runs without something it uses. `failed`: it is meant to run and tried again. */
export const serviceStates = ["stopped", "starting", "running", "degraded", "stopping", "failed"] as const;
export type ServiceState = (typeof serviceStates)[number];

/** One service of one node. */
export const NodeService = Type.Object(
  {
    name: oneOf(serviceNames),
    kind: oneOf(["feature", "network"]),
    description: Type.String(),
    available: Type.Boolean({ description: "False for what this release does not have yet" }),
    activated: Type.Boolean({ description: "Starts with the node; network services always do" }),
    state: oneOf(serviceStates),
    startedAt: nullable(Instant),
    uptimeSeconds: nullable(Type.Integer({ minimum: 0 })),
    dependsOn: Type.Array(oneOf(serviceNames)),
    pendingRestart: Type.Boolean({ description: "Saved changes wait until it restarts" }),
  },
  closed,
);
export type NodeService = Readonly<Type.Static<typeof NodeService>>;

/** Whether a feature service starts with the node. */
export const ServiceActivationInput = Type.Object({ activated: Type.Boolean() }, closed);
export type ServiceActivationInput = Readonly<Type.Static<typeof ServiceActivationInput>>;

export const serviceOrders = ["start", "stop", "restart"] as const;
export type ServiceOrder = (typeof serviceOrders)[number];

/** The services of a node. */
export function servicesOf(node: string) {
  return resource<NodeService>(`/nodes/${encodeURIComponent(node)}/services`);
}
