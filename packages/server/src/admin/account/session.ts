import { Session, SignedIn, SignIn } from "@interpres/admin-api";
import type { Administrator } from "@interpres/store";
import type { FastifyReply, FastifyRequest } from "fastify";
import Type from "typebox";
import type { AdminContext } from "../admin-context.ts";
import { type AdminApp, principal, SESSION_COOKIE } from "../http/authenticate.ts";
import { instantText } from "../http/instant.ts";
import { ProblemError, problem } from "../http/problem-error.ts";
import type { PasswordSignIn } from "./password-sign-in.ts";
import { csrfTokenOf, hashSecret } from "./secrets.ts";

const SESSION_MS = 12 * 3600 * 1000;
const COOKIE = { path: "/", secure: true, httpOnly: true, sameSite: "strict" } as const;

/** `/session`: sign in, ask who one is, sign out. */
export function registerSession(app: AdminApp, context: AdminContext): void {
  app.post(
    "/session",
    { config: { access: "anybody" }, schema: { body: SignIn, response: { 200: SignedIn }, tags: ["session"] } },
    async (request, reply) => {
      const administrator = await proven(request.body, request.ip, context.signIn);
      return signIn(administrator, { context, request, reply });
    },
  );

  app.get(
    "/session",
    { config: { access: "auditor" }, schema: { response: { 200: Session }, tags: ["session"] } },
    async (request) => {
      const { name, role, session } = principal(request);
      if (session === undefined) return { name, role, kind: "token" as const };
      const expiresAt = instantText(session.expiresAt);
      return { name, role, kind: "session" as const, expiresAt, csrfToken: csrfTokenOf(session.token) };
    },
  );

  app.delete(
    "/session",
    { config: { access: "auditor" }, schema: { response: { 204: Type.Null() }, tags: ["session"] } },
    async (request, reply) => {
      const { name, session } = principal(request);
      if (session !== undefined)
        await context.sessions.remove(session.id, { actor: name, action: "sign-out", resource: "session" });
      reply.clearCookie(SESSION_COOKIE, COOKIE).code(204);
      return null;
    },
  );
}

/** Throws 401 for a wrong password and 429 for too many. */
export async function proven(given: SignIn, address: string, signIn: PasswordSignIn): Promise<Administrator> {
  const outcome = await signIn.attempt(given, address);
  switch (outcome.kind) {
    case "right":
      return outcome.administrator;
    case "wait":
      throw tooManyAttempts(outcome.waitMs);
    case "wrong":
      throw new ProblemError(problem(401, "wrong-credentials", "name or password is wrong"));
  }
}

function tooManyAttempts(waitMs: number): ProblemError {
  const seconds = Math.ceil(waitMs / 1000);
  const detail = `too many wrong passwords; try again in ${seconds} s`;
  return new ProblemError(problem(429, "too-many-attempts", detail), { "retry-after": String(seconds) });
}

interface Exchange {
  readonly context: AdminContext;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

async function signIn({ name, role }: Administrator, { context, request, reply }: Exchange): Promise<SignedIn> {
  const token = context.random.token() + context.random.token();
  const createdAt = context.clock.now();
  const expiresAt = createdAt + SESSION_MS;
  await context.sessions.add(
    { id: hashSecret(token), administrator: name, createdAt, expiresAt },
    { actor: name, action: "sign-in", resource: "session", after: { address: request.ip } },
  );
  reply.setCookie(SESSION_COOKIE, token, { ...COOKIE, maxAge: SESSION_MS / 1000 });
  return { token, csrfToken: csrfTokenOf(token), expiresAt: instantText(expiresAt), name, role };
}
