import {
  Cluster,
  ClusterNode,
  ClusterParameters,
  ClusterParametersPatch,
  ListQuery,
  pageOf,
} from "@interpres/admin-api";
import { domainNameProblem, isWithin, normalName, type Problem } from "@interpres/federation";
import Type from "typebox";
import type { AdminContext } from "../admin-context.ts";
import { withWarnings } from "../federation/edit-federation.ts";
import { type AdminApp, principal } from "../http/authenticate.ts";
import { type Listing, pageOfItems } from "../http/listing.ts";
import { invalidInput, notFound, ProblemError, problem } from "../http/problem-error.ts";
import type { ClusterSettings } from "./cluster-settings.ts";
import { nodesShown } from "./node-view.ts";
import { requireNode } from "./services.ts";

const Key = Type.Object({ name: Type.String() });
const tags = ["cluster"];
const listing: Listing<ClusterNode> = {
  fields: { name: ({ name }) => name, fqdn: ({ fqdn }) => fqdn, role: ({ role }) => role, state: ({ state }) => state },
  key: ({ name }) => name,
};

/** `/cluster`, `/cluster/settings`, `/nodes`: what holds for all nodes, and the nodes. */
export function registerCluster(app: AdminApp, context: AdminContext): void {
  const stored = () => context.settings.current().document.cluster;

  app.get("/cluster", { config: { access: "auditor" }, schema: { response: { 200: Cluster }, tags } }, async () => ({
    ...stored(),
    nodes: [...nodesShown(context)],
  }));

  app.get(
    "/cluster/settings",
    { config: { access: "auditor" }, schema: { response: { 200: ClusterParameters }, tags } },
    async () => stored(),
  );

  app.patch(
    "/cluster/settings",
    {
      config: { access: "administrator" },
      schema: { body: ClusterParametersPatch, response: { 200: ClusterParameters }, tags },
    },
    async (request) => {
      const { document } = await context.settings.change(principal(request).name, (before) =>
        clusterEdit(before, request.body),
      );
      return withWarnings(document.cluster, domainWarnings(document, request.body));
    },
  );

  app.get(
    "/nodes",
    { config: { access: "auditor" }, schema: { querystring: ListQuery, response: { 200: pageOf(ClusterNode) }, tags } },
    async ({ query }) => pageOfItems(nodesShown(context), query, listing),
  );

  app.get(
    "/nodes/:name",
    { config: { access: "auditor" }, schema: { params: Key, response: { 200: ClusterNode }, tags } },
    async ({ params }) => nodeOf(params.name, context),
  );

  app.post(
    "/nodes/:name/restart",
    { config: { access: "operator" }, schema: { params: Key, response: { 200: ClusterNode }, tags } },
    async (request) => {
      const { name } = request.params;
      requireNode(name, context);
      await context.audit.record({ actor: principal(request).name, action: "restart", resource: `nodes/${name}` });
      const obeyed = await context.services.restartAll();
      if (obeyed.kind === "failed") throw new ProblemError(problem(503, "service-start-failed", obeyed.reason));
      return nodeOf(name, context);
    },
  );
}

function nodeOf(name: string, context: AdminContext): ClusterNode {
  const node = nodesShown(context).find((each) => each.name === name);
  if (node === undefined) throw notFound(`node ${name}`);
  return node;
}

function clusterEdit(document: ClusterSettings, patch: ClusterParametersPatch) {
  const { cluster: before } = document;
  const { sipProxyDomain = before.sipProxyDomain, changeControl = before.changeControl } = patch;
  const after = { sipProxyDomain: normalName(sipProxyDomain), changeControl };
  const wrong = patch.sipProxyDomain === undefined ? undefined : domainNameProblem(after.sipProxyDomain);
  if (wrong !== undefined) throw invalidInput([{ path: "sipProxyDomain", message: wrong }]);
  const isSame = before.sipProxyDomain === after.sipProxyDomain && before.changeControl === after.changeControl;
  const audit = { action: "update", resource: "cluster/settings", before, after };
  return { document: isSame ? document : { ...document, cluster: after }, audit };
}

/** A new proxy domain asks for a routing FQDN in it (facts R2). */
function domainWarnings({ federation, cluster }: ClusterSettings, patch: ClusterParametersPatch): readonly Problem[] {
  if (patch.sipProxyDomain === undefined) return [];
  const { federationRoutingFqdn: fqdn } = federation.serviceParameters["sip-proxy"];
  const { sipProxyDomain: domain } = cluster;
  if (fqdn === "" || isWithin(fqdn, domain)) return [];
  const message = `the federation routing FQDN ${fqdn} is not in ${domain}: change it too, and the records that name it`;
  return [{ path: "sipProxyDomain", message }];
}
