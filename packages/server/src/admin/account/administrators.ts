import { Administrator, AdministratorInput, AdministratorReplacement, ListQuery, pageOf } from "@interpres/admin-api";
import type * as store from "@interpres/store";
import Type from "typebox";
import type { AdminContext } from "../admin-context.ts";
import { type AdminApp, isSufficient, principal } from "../http/authenticate.ts";
import { instantText } from "../http/instant.ts";
import { type Listing, pageOfItems } from "../http/listing.ts";
import { conflict, invalidInput, notFound } from "../http/problem-error.ts";
import { hashAdministratorPassword } from "./password-hash.ts";

const Key = Type.Object({ name: Type.String() });
const tags = ["administrators"];
const listing: Listing<Administrator> = {
  fields: { name: (administrator) => administrator.name, role: (administrator) => administrator.role },
  key: (administrator) => administrator.name,
};

/** `/administrators`: who may sign in here, and as what. */
export function registerAdministrators(app: AdminApp, context: AdminContext): void {
  const { administrators, administratorTurns: turns, random, clock } = context;

  app.get(
    "/administrators",
    {
      config: { access: "administrator" },
      schema: { querystring: ListQuery, response: { 200: pageOf(Administrator) }, tags },
    },
    async ({ query }) => pageOfItems((await administrators.list()).map(shown), query, listing),
  );

  app.get(
    "/administrators/:name",
    {
      config: { access: "administrator" },
      schema: { params: Key, response: { 200: Administrator }, tags },
    },
    async ({ params }) => shown(await found(context, params.name)),
  );

  app.post(
    "/administrators",
    {
      config: { access: "administrator" },
      schema: { body: AdministratorInput, response: { 201: Administrator }, tags },
    },
    async (request, reply) => {
      const { name, role, password } = request.body;
      await refuseTwin(name, context);
      const passwordHash = await hashAdministratorPassword(password, random);
      const added = { name, role, passwordHash, createdAt: clock.now() };
      await turns.take(async () => {
        await refuseTwin(name, context);
        await administrators.add(added, {
          actor: principal(request).name,
          action: "create",
          resource: `administrators/${name}`,
          after: { role },
        });
      });
      reply.code(201);
      return shown(added);
    },
  );

  app.put(
    "/administrators/:name",
    {
      config: { access: "administrator" },
      schema: { params: Key, body: AdministratorReplacement, response: { 200: Administrator }, tags },
    },
    async (request) => {
      const { role, password } = request.body;
      const passwordHash = password === undefined ? undefined : await hashAdministratorPassword(password, random);
      return turns.take(async () => {
        const old = await found(context, request.params.name);
        const { name = old.name } = request.body;
        if (name !== old.name) throw invalidInput([{ path: "name", message: "cannot be changed" }]);
        if (role !== "administrator") await keepOne(context, old);
        const next = { ...old, role, passwordHash: passwordHash ?? old.passwordHash };
        const ended = (await tokensOf(name, context)).filter((token) => !isSufficient(role, token.role));
        await administrators.replace(next, {
          actor: principal(request).name,
          action: "update",
          resource: `administrators/${name}`,
          before: { role: old.role },
          after: { role, ...(password === undefined ? {} : { password: "changed" }), ...endedTokens(ended) },
        });
        return shown(next);
      });
    },
  );

  app.delete(
    "/administrators/:name",
    { config: { access: "administrator" }, schema: { params: Key, response: { 204: Type.Null() }, tags } },
    async (request, reply) => {
      await turns.take(async () => {
        const old = await found(context, request.params.name);
        await keepOne(context, old);
        await administrators.remove(old.name, {
          actor: principal(request).name,
          action: "delete",
          resource: `administrators/${old.name}`,
          before: { role: old.role },
          after: endedTokens(await tokensOf(old.name, context)),
        });
      });
      reply.code(204);
      return null;
    },
  );
}

async function found({ administrators }: AdminContext, name: string): Promise<store.Administrator> {
  const administrator = await administrators.find(name);
  if (administrator === undefined) throw notFound(`administrator ${name}`);
  return administrator;
}

/** The tokens she made, which end with her. */
async function tokensOf(name: string, { apiTokens }: AdminContext): Promise<readonly store.ApiToken[]> {
  return (await apiTokens.list()).filter(({ createdBy }) => createdBy === name);
}

/** For the audit: a program that nobody lets in any more is looked for there. */
function endedTokens(tokens: readonly store.ApiToken[]) {
  return { endedTokens: tokens.map(({ id, name, role }) => ({ id, name, role })) };
}

/** Names that differ in case only would be mistaken for each other. */
async function refuseTwin(name: string, { administrators }: AdminContext): Promise<void> {
  const twin = (await administrators.list()).find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (twin === undefined) return;
  throw conflict("administrator-exists", { path: "name", message: `${twin.name} is already an administrator` });
}

/** Nobody could let anybody in again. */
async function keepOne({ administrators }: AdminContext, leaving: store.Administrator): Promise<void> {
  const others = (await administrators.list()).filter((each) => each.name !== leaving.name);
  if (others.some((each) => each.role === "administrator")) return;
  if (leaving.role !== "administrator") return;
  throw conflict("last-administrator", { path: "name", message: `${leaving.name} is the last administrator` });
}

function shown({ name, role, createdAt }: store.Administrator): Administrator {
  return { name, role, createdAt: instantText(createdAt) };
}
