import { ApiToken, ApiTokenInput, ListQuery, NewApiToken, pageOf } from "@interpres/admin-api";
import type * as store from "@interpres/store";
import Type from "typebox";
import type { AdminContext } from "../admin-context.ts";
import { type AdminApp, principal } from "../http/authenticate.ts";
import { instantText } from "../http/instant.ts";
import { type Listing, pageOfItems } from "../http/listing.ts";
import { notFound } from "../http/problem-error.ts";
import { hashSecret } from "./secrets.ts";

const Key = Type.Object({ id: Type.String() });
const tags = ["tokens"];
const listing: Listing<ApiToken> = { fields: { name: (token) => token.name }, key: (token) => token.id };

/** `/tokens`: secrets for programs; they end with the administrator who made them. */
export function registerTokens(app: AdminApp, context: AdminContext): void {
  app.get(
    "/tokens",
    {
      config: { access: "administrator" },
      schema: { querystring: ListQuery, response: { 200: pageOf(ApiToken) }, tags },
    },
    async ({ query }) => pageOfItems((await context.apiTokens.list()).map(shown), query, listing),
  );

  app.post(
    "/tokens",
    { config: { access: "administrator" }, schema: { body: ApiTokenInput, response: { 201: NewApiToken }, tags } },
    async (request, reply) => {
      const secret = context.random.token() + context.random.token();
      const { name: actor, account } = principal(request);
      const { name, role } = request.body;
      const token: store.ApiToken = {
        id: context.random.token(),
        name,
        role,
        hash: hashSecret(secret),
        createdBy: account,
        createdAt: context.clock.now(),
      };
      await context.apiTokens.add(token, {
        actor,
        action: "create",
        resource: `tokens/${token.id}`,
        after: { name, role },
      });
      reply.code(201);
      return { ...shown(token), token: secret };
    },
  );

  app.delete(
    "/tokens/:id",
    { config: { access: "administrator" }, schema: { params: Key, response: { 204: Type.Null() }, tags } },
    async (request, reply) => {
      const { id } = request.params;
      const token = (await context.apiTokens.list()).find((each) => each.id === id);
      if (token === undefined) throw notFound(`token ${id}`);
      const { name, role } = token;
      const actor = principal(request).name;
      const audit = { actor, action: "delete", resource: `tokens/${id}`, before: { name, role } };
      await context.apiTokens.remove(id, audit);
      reply.code(204);
      return null;
    },
  );
}

function shown({ id, name, role, createdBy, createdAt }: store.ApiToken): ApiToken {
  return { id, name, role, createdBy, createdAt: instantText(createdAt) };
}
