import { ListQuery, pageOf, User, UserInput, UserReplacement } from "@interpres/admin-api";
import type { AccountRecord } from "@interpres/xmpp";
import Type from "typebox";
import { auditedAccount } from "../../directory/audited-account.ts";
import type { AdminContext } from "../admin-context.ts";
import { type AdminApp, principal } from "../http/authenticate.ts";
import { type Listing, pageOfItems } from "../http/listing.ts";
import { conflict, invalidInput, notFound } from "../http/problem-error.ts";
import { type CheckedUser, checkNewUsers, localUser, takenProblem } from "./user-input.ts";
import { accountOf, refuseRemoval, replacementOf, shownUser } from "./user-record.ts";

const Key = Type.Object({ jid: Type.String() });
const tags = ["users"];
const listing: Listing<Omit<User, "addresses">> = {
  fields: {
    jid: (user) => user.jid,
    displayName: (user) => user.displayName ?? "",
    mailId: (user) => user.mailId ?? "",
    node: (user) => user.node,
    enabled: (user) => String(user.enabled),
    origin: (user) => user.origin.kind,
    federationAddress: (user) => user.federationAddress,
  },
  key: (user) => user.jid,
};

/** `/users`: the local users. */
export function registerUsers(app: AdminApp, context: AdminContext): void {
  const { accounts, accountTable, accountTurns } = context;
  const withAddresses = (user: Omit<User, "addresses">): User => {
    return { ...user, addresses: context.shownAddresses.of({ address: user.jid }) };
  };
  const shown = (account: AccountRecord): User => withAddresses(shownUser(account, context));

  app.get(
    "/users",
    { config: { access: "auditor" }, schema: { querystring: ListQuery, response: { 200: pageOf(User) }, tags } },
    async ({ query }) => {
      const users = accounts.list().map((account) => shownUser(account, context));
      const page = pageOfItems(users, query, listing);
      return { ...page, items: page.items.map(withAddresses) };
    },
  );

  app.get(
    "/users/:jid",
    { config: { access: "auditor" }, schema: { params: Key, response: { 200: User }, tags } },
    async ({ params }) => shown(found(context, params.jid)),
  );

  app.post(
    "/users",
    { config: { access: "administrator" }, schema: { body: UserInput, response: { 201: User }, tags } },
    async (request, reply) => {
      const account = await addUser(request.body, principal(request).name, context);
      reply.code(201).header("location", `/api/v1/users/${encodeURIComponent(account.jid)}`);
      return shown(account);
    },
  );

  app.put(
    "/users/:jid",
    {
      config: { access: "administrator" },
      schema: { params: Key, body: UserReplacement, response: { 200: User }, tags },
    },
    async (request) => {
      const actor = principal(request).name;
      const account = await accountTurns.take(async () => {
        const old = found(context, request.params.jid);
        const next = await replacementOf(old, request.body, context);
        const after = {
          ...auditedAccount(next),
          ...(request.body.password === undefined ? {} : { password: "changed" }),
        };
        const entry = { actor, action: "update", resource: `users/${old.jid}`, before: auditedAccount(old), after };
        await accounts.put(next, () => accountTable.put(next, entry));
        return next;
      });
      return shown(account);
    },
  );

  app.delete(
    "/users/:jid",
    { config: { access: "administrator" }, schema: { params: Key, response: { 204: Type.Null() }, tags } },
    async (request, reply) => {
      const actor = principal(request).name;
      await accountTurns.take(async () => {
        const old = found(context, request.params.jid);
        const user = localUser(old.jid, context);
        if (user.kind === "problem") throw notFound(`user ${old.jid}`);
        refuseRemoval(old, context);
        const entry = { actor, action: "delete", resource: `users/${old.jid}`, before: auditedAccount(old) };
        await accounts.remove(user.jid, () => accountTable.remove(old.jid, entry));
      });
      reply.code(204);
      return null;
    },
  );
}

function found(context: AdminContext, text: string): AccountRecord {
  const user = localUser(text, context);
  const account = user.kind === "user" ? context.accounts.find(user.jid) : undefined;
  if (account === undefined) throw notFound(`user ${text}`);
  return account;
}

async function addUser(input: UserInput, actor: string, context: AdminContext): Promise<AccountRecord> {
  const account = await accountOf(checkedUser(input, context), context, "password");
  await context.accountTurns.take(async () => {
    // Somebody else may have got an address of hers while the password was hashed.
    checkedUser(input, context);
    const entry = { actor, action: "create", resource: `users/${account.jid}`, after: auditedAccount(account) };
    await context.accounts.put(account, () => context.accountTable.put(account, entry));
  });
  return account;
}

/** The one new user; throws what is wrong with her. */
function checkedUser(input: UserInput, context: AdminContext): CheckedUser {
  const { errors, users } = checkNewUsers([input], context);
  const [user] = users;
  if (user === undefined) throw invalidInput(errors.map(({ field, message }) => ({ path: field, message })));
  const taken = takenProblem(user, context);
  if (taken !== undefined) throw conflict("user-exists", { path: taken.field, message: `${user.jid} exists already` });
  return user;
}
