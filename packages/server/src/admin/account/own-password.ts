import { PasswordChange } from "@interpres/admin-api";
import Type from "typebox";
import type { AdminContext } from "../admin-context.ts";
import { type AdminApp, principal, SESSION_COOKIE } from "../http/authenticate.ts";
import { ProblemError, problem } from "../http/problem-error.ts";
import { hashAdministratorPassword } from "./password-hash.ts";
import { proven } from "./session.ts";

/** `/session/password`: everybody changes her own password, and then signs in anew everywhere. */
export function registerOwnPassword(app: AdminApp, context: AdminContext): void {
  app.put(
    "/session/password",
    {
      config: { access: "auditor" },
      schema: { body: PasswordChange, response: { 204: Type.Null() }, tags: ["session"] },
    },
    async (request, reply) => {
      const { name, session } = principal(request);
      if (session === undefined)
        throw new ProblemError(
          problem(403, "session-needed", "a token has no password; sign in with name and password"),
        );
      const { currentPassword, newPassword } = request.body;
      await proven({ name, password: currentPassword }, request.ip, context.signIn);
      const passwordHash = await hashAdministratorPassword(newPassword, context.random);
      await context.administratorTurns.take(async () => {
        const administrator = await context.administrators.find(name);
        if (administrator === undefined) throw new ProblemError(problem(401, "unauthenticated", "the account is gone"));
        await context.administrators.replace(
          { ...administrator, passwordHash },
          { actor: name, action: "update", resource: `administrators/${name}`, after: { password: "changed" } },
        );
      });
      reply.clearCookie(SESSION_COOKIE, { path: "/" }).code(204);
      return null;
    },
  );
}
