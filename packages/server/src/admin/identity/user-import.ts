import { lineOfPath, pathOfLine, readUserCsv, UserImport, UserImported, type UserInput } from "@interpres/admin-api";
import { schemaProblems } from "@interpres/federation";
import type { AdminContext } from "../admin-context.ts";
import { type AdminApp, principal } from "../http/authenticate.ts";
import { invalidInput, type ProblemError } from "../http/problem-error.ts";
import { checkedByEdit } from "../http/validation.ts";
import { type CheckedUser, checkNewUsers, takenProblem, type UserProblem } from "./user-input.ts";
import { accountOf } from "./user-record.ts";

const BODY_OCTETS = 8 * 1024 * 1024;

/** Users of one import, and where in it a field of the user at an index stands. */
interface Import {
  readonly inputs: readonly UserInput[];
  readonly pathOf: (index: number, field: string) => string;
}

/** `/users/import`: many users, all or none, as JSON or as CSV. */
export function registerUserImport(app: AdminApp, context: AdminContext): void {
  const { accounts, accountTable, accountTurns } = context;
  app.addContentTypeParser("text/csv", { parseAs: "string", bodyLimit: BODY_OCTETS }, (_request, body, done) =>
    done(null, body),
  );

  app.post(
    "/users/import",
    {
      config: { access: "administrator" },
      schema: {
        body: UserImport,
        response: { 201: UserImported },
        tags: ["users"],
        consumes: ["application/json", "text/csv"],
      },
      bodyLimit: BODY_OCTETS,
      validatorCompiler: checkedByEdit,
    },
    async (request, reply) => {
      const given = typeof request.body === "string" ? importOfCsv(request.body) : importOfJson(request.body);
      const users = checked(given, context);
      const records = await Promise.all(
        users.map((user) => accountOf(user, context, given.pathOf(user.index, "password"))),
      );
      const actor = principal(request).name;
      await accountTurns.take(async () => {
        // Another request may have taken an address of theirs while the passwords were hashed.
        checked(given, context);
        const after = { users: records.map(({ jid }) => jid) };
        const entry = { actor, action: "import", resource: "users", after };
        await accounts.putAll(records, () => accountTable.putAll(records, entry));
      });
      reply.code(201);
      return { imported: records.length };
    },
  );
}

function importOfJson(body: unknown): Import {
  const wrong = schemaProblems(UserImport, body);
  if (wrong.length > 0) throw invalidInput(wrong);
  return { inputs: (body as UserImport).users, pathOf: (index, field) => `users.${index}.${field}` };
}

/** The same rules hold; they are told by line. */
function importOfCsv(text: string): Import {
  const csv = readUserCsv(text);
  if (csv.kind === "problems") throw invalidInput(csv.problems);
  const lines = csv.users.map(({ line }) => line);
  const users = csv.users.map(({ input }) => input);
  const wrong = schemaProblems(UserImport, { users }).map(({ path, message }) => ({
    path: lineOfPath(path, lines),
    message,
  }));
  if (wrong.length > 0) throw invalidInput(wrong);
  return { inputs: users as readonly UserInput[], pathOf: (index, field) => pathOfLine(lines[index] ?? 0, field) };
}

function checked({ inputs, pathOf }: Import, context: AdminContext): readonly CheckedUser[] {
  const { users, errors } = checkNewUsers(inputs, context);
  const problems = [...errors, ...users.flatMap((user) => takenProblem(user, context) ?? [])];
  if (problems.length > 0) throw invalidImport(problems, pathOf);
  return users;
}

function invalidImport(problems: readonly UserProblem[], pathOf: Import["pathOf"]): ProblemError {
  return invalidInput(problems.map(({ index, field, message }) => ({ path: pathOf(index, field), message })));
}
