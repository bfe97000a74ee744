import Type from "typebox";
import { closed, oneOf } from "./closed.ts";
import { resource } from "./resource.ts";

/** One node of the cluster. */
export const ClusterNode = Type.Object(
  {
    name: Type.String(),
    fqdn: Type.String(),
    role: oneOf(["publisher", "subscriber"]),
    assignedUsers: Type.Integer({ minimum: 0 }),
    state: oneOf(["running", "degraded"], { description: "degraded: not all activated services run" }),
  },
  closed,
);
export type ClusterNode = Readonly<Type.Static<typeof ClusterNode>>;

const sipProxyDomain = Type.String({ maxLength: 255, description: "Domain of this cluster's SIP proxies" });
const changeControl = oneOf(["live", "on-restart"], {
  description: "Whether a saved change counts at once or when the service it belongs to restarts",
});

/** What holds for all nodes. */
export const ClusterParameters = Type.Object({ sipProxyDomain, changeControl }, closed);
export type ClusterParameters = Readonly<Type.Static<typeof ClusterParameters>>;

/** Some new values; what is not named stays. */
export const ClusterParametersPatch = Type.Object(
  { sipProxyDomain: Type.Optional(sipProxyDomain), changeControl: Type.Optional(changeControl) },
  closed,
);
export type ClusterParametersPatch = Readonly<Type.Static<typeof ClusterParametersPatch>>;

/** The cluster: what holds for all nodes, and the nodes. */
export const Cluster = Type.Object({ sipProxyDomain, changeControl, nodes: Type.Array(ClusterNode) }, closed);
export type Cluster = Readonly<Type.Static<typeof Cluster>>;

export const clusterPath = "/cluster";
export const clusterSettingsPath = "/cluster/settings";
export const nodes = resource<ClusterNode>("/nodes");
