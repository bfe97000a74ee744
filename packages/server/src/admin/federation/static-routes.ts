import { ListQuery, pageOf, StaticRoute, StaticRouteInput } from "@interpres/admin-api";
import { addStaticRoute, deleteStaticRoute, updateStaticRoute } from "@interpres/federation";
import Type from "typebox";
import type { AdminContext } from "../admin-context.ts";
import type { AdminApp } from "../http/authenticate.ts";
import { type Listing, numericKey, pageOfItems } from "../http/listing.ts";
import { notFound } from "../http/problem-error.ts";
import { checkedByEdit } from "../http/validation.ts";
import { editFederation, withWarnings } from "./edit-federation.ts";

const Key = Type.Object({ id: Type.String() });
const tags = ["static-routes"];
const listing: Listing<StaticRoute> = {
  fields: {
    destinationPattern: (route) => route.destinationPattern,
    description: (route) => route.description,
    nextHop: (route) => route.nextHop,
    priority: (route) => String(route.priority),
    weight: (route) => String(route.weight),
  },
  key: (route) => numericKey(route.id),
};

/** `/static-routes`: where requests for a destination go before DNS is asked. */
export function registerStaticRoutes(app: AdminApp, context: AdminContext): void {
  const stored = () => context.settings.current().document.federation.staticRoutes;
  const at = (id: string) => `static-routes/${id}`;

  app.get(
    "/static-routes",
    { config: { access: "auditor" }, schema: { querystring: ListQuery, response: { 200: pageOf(StaticRoute) }, tags } },
    async (request) => pageOfItems(stored(), request.query, listing),
  );

  app.get(
    "/static-routes/:id",
    { config: { access: "auditor" }, schema: { params: Key, response: { 200: StaticRoute }, tags } },
    async ({ params }) => {
      const route = stored().find((each) => each.id === params.id);
      if (route === undefined) throw notFound(`static route ${params.id}`);
      return route;
    },
  );

  app.post(
    "/static-routes",
    {
      config: { access: "administrator" },
      schema: { body: StaticRouteInput, response: { 201: StaticRoute }, tags },
      validatorCompiler: checkedByEdit,
    },
    async (request, reply) => {
      const { resource, warnings } = await editFederation(context, request, {
        action: "create",
        edit: (settings) => addStaticRoute(settings, request.body),
        resource: (after) => at(after.id),
      });
      reply.code(201).header("location", `/api/v1/${at(resource.id)}`);
      return withWarnings(resource, warnings);
    },
  );

  app.put(
    "/static-routes/:id",
    {
      config: { access: "administrator" },
      schema: { params: Key, body: StaticRouteInput, response: { 200: StaticRoute }, tags },
      validatorCompiler: checkedByEdit,
    },
    async (request) => {
      const { id } = request.params;
      const { resource, warnings } = await editFederation(context, request, {
        action: "update",
        edit: (settings) => updateStaticRoute(settings, id, request.body),
        resource: (after) => at(after.id),
        before: (settings) => settings.staticRoutes.find((each) => each.id === id),
      });
      return withWarnings(resource, warnings);
    },
  );

  app.delete(
    "/static-routes/:id",
    { config: { access: "administrator" }, schema: { params: Key, response: { 204: Type.Null() }, tags } },
    async (request, reply) => {
      await editFederation(context, request, {
        action: "delete",
        edit: (settings) => deleteStaticRoute(settings, request.params.id),
        resource: (after) => at(after.id),
      });
      reply.code(204);
      return null;
    },
  );
}
