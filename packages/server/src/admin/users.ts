import { ListQuery, pageOf, User, UserImport, UserImported, UserInput, UserReplacement } from "@interpres/admin-api";
import { Turns } from "@interpres/runtime";
import { type AccountRecord, type BareJid, parseBareJid } from "@interpres/xmpp";
import Type from "typebox";
import type { AdminContext } from "./admin-context.ts";
import { type AdminApp, principal } from "./authenticate.ts";
import { type Listing, pageOfItems } from "./listing.ts";
import { conflict, invalidInput, notFound, type ProblemError } from "./problem-error.ts";
import { type CheckedUser, checkNewUsers, localUser, mailIdProblem, type UserProblem } from "./user-input.ts";

const Key = Type.Object({ jid: Type.String() });
const tags = ["users"];
const IMPORT_BODY_OCTETS = 8 * 1024 * 1024;
const listing: Listing<User> = {
  fields: {
    jid: (user) => user.jid,
    displayName: (user) => user.displayName ?? "",
    mailId: (user) => user.mailId ?? "",
  },
  key: (user) => user.jid,
};

/** `/users`: the local users. */
export function registerUsers(app: AdminApp, context: AdminContext): void {
  const { accounts, accountTable } = context;
  const shown = (account: AccountRecord): User => show(account, context);
  const turns = new Turns();

  app.get(
    "/users",
    { config: { access: "auditor" }, schema: { querystring: ListQuery, response: { 200: pageOf(User) }, tags } },
    async ({ query }) => pageOfItems(accounts.list().map(shown), query, listing),
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
      const user = checkedUser(request.body, context);
      const account = await addUser(user, { context, turns, actor: principal(request).name });
      reply.code(201).header("location", `/api/v1/users/${encodeURIComponent(account.jid)}`);
      return shown(account);
    },
  );

  app.post(
    "/users/import",
    {
      config: { access: "administrator" },
      schema: { body: UserImport, response: { 201: UserImported }, tags },
      bodyLimit: IMPORT_BODY_OCTETS,
    },
    async (request, reply) => {
      const { users, errors } = checkImport(request.body.users, context);
      if (errors.length > 0) throw invalidImport(errors);
      const records = await Promise.all(users.map((user) => accountOf(user, context, `users.${user.index}.password`)));
      const actor = principal(request).name;
      await turns.take(async () => {
        // Another request may have taken an address of theirs while the passwords were hashed.
        const meanwhile = checkImport(request.body.users, context).errors;
        if (meanwhile.length > 0) throw invalidImport(meanwhile);
        const after = { users: records.map(({ jid }) => jid) };
        const entry = { actor, action: "import", resource: "users", after };
        await accounts.putAll(records, () => accountTable.putAll(records, entry));
      });
      reply.code(201);
      return { imported: records.length };
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
      const account = await turns.take(async () => {
        const old = found(context, request.params.jid);
        const next = await replacementOf(old, request.body, context);
        const after = { ...audited(next), ...(request.body.password === undefined ? {} : { password: "changed" }) };
        const entry = { actor, action: "update", resource: `users/${old.jid}`, before: audited(old), after };
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
      await turns.take(async () => {
        const old = found(context, request.params.jid);
        const user = localUser(old.jid, context);
        if (user.kind === "problem") throw notFound(`user ${old.jid}`);
        const entry = { actor, action: "delete", resource: `users/${old.jid}`, before: audited(old) };
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

interface Addition {
  readonly context: AdminContext;
  readonly turns: Turns;
  readonly actor: string;
}

async function addUser(user: CheckedUser, { context, turns, actor }: Addition): Promise<AccountRecord> {
  const account = await accountOf(user, context, "password");
  await turns.take(async () => {
    if (context.accounts.find(user.jid) !== undefined)
      throw conflict("user-exists", { path: "jid", message: `${account.jid} exists already` });
    checkedUser(user.input, context);
    const entry = { actor, action: "create", resource: `users/${account.jid}`, after: audited(account) };
    await context.accounts.put(account, () => context.accountTable.put(account, entry));
  });
  return account;
}

/** The one new user; throws what is wrong with her. */
function checkedUser(input: UserInput, context: AdminContext): CheckedUser {
  const { errors, users } = checkNewUsers([input], context);
  const [user] = users;
  if (user === undefined) throw invalidInput(errors.map(({ field, message }) => ({ path: field, message })));
  return user;
}

function checkImport(inputs: readonly UserInput[], context: AdminContext): ReturnType<typeof checkNewUsers> {
  const { errors, users } = checkNewUsers(inputs, context);
  return { users, errors: [...errors, ...users.flatMap((user) => takenProblem(user, context) ?? [])] };
}

function addressOf({ jid }: AccountRecord): BareJid {
  const address = parseBareJid(jid);
  if (address === undefined) throw new Error(`${jid} is no bare JID`);
  return address;
}

function takenProblem({ index, jid }: CheckedUser, { accounts }: AdminContext): UserProblem | undefined {
  return accounts.find(jid) === undefined ? undefined : { index, field: "jid", message: "exists already" };
}

function invalidImport(errors: readonly UserProblem[]): ProblemError {
  return invalidInput(errors.map(({ index, field, message }) => ({ path: `users.${index}.${field}`, message })));
}

/** `path` names the password where it cannot be one. */
async function accountOf({ jid, input }: CheckedUser, context: AdminContext, path: string): Promise<AccountRecord> {
  const { displayName, mailId, enabled = true, password } = input;
  return {
    jid: jid.toString(),
    ...optional({ displayName, mailId }),
    enabled,
    scram: await verifiersOf(password, context, path),
  };
}

async function verifiersOf(password: string, context: AdminContext, path: string) {
  const verifiers = await context.hashPassword(password);
  if (verifiers === undefined) throw invalidInput([{ path, message: "holds what no password may (RFC 4013)" }]);
  return verifiers;
}

async function replacementOf(
  old: AccountRecord,
  input: UserReplacement,
  context: AdminContext,
): Promise<AccountRecord> {
  const user = input.jid === undefined ? undefined : localUser(input.jid, context);
  if (user !== undefined && (user.kind === "problem" || user.jid.toString() !== old.jid))
    throw invalidInput([{ path: "jid", message: "cannot be changed" }]);
  const { displayName, mailId, enabled = old.enabled, password } = input;
  const wrong = mailId === undefined ? undefined : mailIdProblem(mailId, { jid: addressOf(old), context });
  if (wrong !== undefined) throw invalidInput([{ path: "mailId", message: wrong }]);
  const scram = password === undefined ? old.scram : await verifiersOf(password, context, "password");
  return { jid: old.jid, ...optional({ displayName, mailId }), enabled, ...(scram === undefined ? {} : { scram }) };
}

/** Empty text is no text. */
function optional(fields: { readonly displayName: string | undefined; readonly mailId: string | undefined }) {
  return {
    ...(fields.displayName === undefined || fields.displayName === "" ? {} : { displayName: fields.displayName }),
    ...(fields.mailId === undefined || fields.mailId === "" ? {} : { mailId: fields.mailId }),
  };
}

/** What the audit shows of an account: no verifiers. */
function audited({ scram: _verifiers, ...account }: AccountRecord): Omit<AccountRecord, "scram"> {
  return account;
}

function show(account: AccountRecord, context: AdminContext): User {
  const federationAddress = context.federationAddress(account);
  return { ...audited(account), node: context.node.name, federationAddress };
}
