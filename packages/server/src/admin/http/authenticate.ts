import type { IncomingMessage, ServerResponse } from "node:http";
import type { Server } from "node:https";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import { CSRF_HEADER, type Role } from "@interpres/admin-api";
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest } from "fastify";
import { csrfTokenOf, hashSecret, isSameSecret } from "../account/secrets.ts";
import type { AdminContext } from "../admin-context.ts";
import { ProblemError, problem } from "./problem-error.ts";

/**
 * Who may use a route: a role and those above it, anybody, or anybody on the node's own machine and an auditor from
 * elsewhere.
 */
export type Access = Role | "anybody" | "loopback-or-auditor";

/** Who asks. `token` is the session's own secret, for CSRF; API tokens have none. */
export interface Principal {
  readonly name: string;
  /** The administrator who answers for it: herself, or who made the token. */
  readonly account: string;
  readonly role: Role;
  readonly session?: { readonly id: string; readonly token: string; readonly expiresAt: number };
}

declare module "fastify" {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyRequest {
    principal: Principal | undefined;
  }
}

/** The fastify instance of this API. */
export type AdminApp = FastifyInstance<Server, IncomingMessage, ServerResponse, FastifyBaseLogger, TypeBoxTypeProvider>;

/** Sent to this host only, over TLS only, never with a request another site started. */
export const SESSION_COOKIE = "__Host-interpres-session";

const RANK: Readonly<Record<Role, number>> = { auditor: 0, operator: 1, administrator: 2 };
const MAX_TOKEN_CHARACTERS = 512;

/** Asks every routed request who it is; a route that does not say who may use it does not register. */
export function requireAccess(app: AdminApp, context: AdminContext): void {
  app.decorateRequest("principal", undefined);
  app.addHook("onRoute", (route) => {
    if (route.config?.access === undefined) throw new Error(`${String(route.method)} ${route.url} names no access`);
  });
  app.addHook("onRequest", async (request) => {
    // What no route answers to has nothing to protect; a route without access cannot exist.
    if (request.is404) return;
    const access = request.routeOptions.config.access ?? "administrator";
    if (access === "anybody") return;
    if (access === "loopback-or-auditor" && isLoopback(request.ip)) return;
    const principal = await principalOf(request, context);
    if (principal === undefined) throw unauthenticated();
    request.principal = principal;
    const needed = access === "loopback-or-auditor" ? "auditor" : access;
    if (!isSufficient(principal.role, needed)) throw roleMissing(needed);
  });
}

/** Whether a role may do what needs `needed`. */
export function isSufficient(role: Role, needed: Role): boolean {
  return RANK[role] >= RANK[needed];
}

/** Refuses somebody whose role is not enough. */
export function roleMissing(needed: Role): ProblemError {
  return new ProblemError(problem(403, "role-not-sufficient", `this needs the role ${needed}`));
}

/** The principal of a request whose route requires one. */
export function principal(request: FastifyRequest): Principal {
  if (request.principal === undefined) throw new Error(`${request.url} has no principal`);
  return request.principal;
}

function unauthenticated(): ProblemError {
  const detail = "sign in with POST /api/v1/session, or send a token as Authorization: Bearer";
  return new ProblemError(problem(401, "unauthenticated", detail), { "www-authenticate": "Bearer" });
}

/** What a caller shows of himself. A cookie comes by itself, a token only from who means it. */
export interface Credential {
  readonly kind: "token" | "cookie";
  readonly secret: string;
}

/** A token counts before a cookie; undefined where there is neither. */
export function credentialOf(
  headers: IncomingMessage["headers"],
  cookies: Readonly<Record<string, string | undefined>>,
): Credential | undefined {
  const header = headers.authorization;
  const secret = header === undefined ? cookies[SESSION_COOKIE] : /^Bearer +(\S+) *$/i.exec(header)?.[1];
  return secret === undefined ? undefined : { kind: header === undefined ? "cookie" : "token", secret };
}

/** Whose credential it is; undefined once it is not, or no longer, valid. */
export function holderOf({ kind, secret }: Credential, context: AdminContext): Promise<Principal | undefined> {
  return kind === "cookie" ? sessionHolder(secret, context) : tokenHolder(secret, context);
}

async function principalOf(request: FastifyRequest, context: AdminContext): Promise<Principal | undefined> {
  const credential = credentialOf(request.headers, request.cookies);
  if (credential === undefined) return undefined;
  const found = await holderOf(credential, context);
  if (found !== undefined && credential.kind === "cookie") refuseForgedChange(request, credential.secret);
  return found;
}

async function tokenHolder(token: string, context: AdminContext): Promise<Principal | undefined> {
  if (token.length > MAX_TOKEN_CHARACTERS) return undefined;
  const hash = hashSecret(token);
  const fixed = context.fixedTokens.find((each) => isSameSecret(each.hash, hash));
  if (fixed !== undefined) return { name: fixed.name, account: fixed.name, role: fixed.role };
  const stored = await context.apiTokens.findByHash(hash);
  if (stored !== undefined) return { name: stored.name, account: stored.createdBy, role: stored.role };
  return sessionHolder(token, context);
}

async function sessionHolder(token: string, context: AdminContext): Promise<Principal | undefined> {
  if (token.length > MAX_TOKEN_CHARACTERS) return undefined;
  const session = await context.sessions.find(hashSecret(token));
  if (session === undefined || session.expiresAt <= context.clock.now()) return undefined;
  const administrator = await context.administrators.find(session.administrator);
  if (administrator === undefined) return undefined;
  const { name, role } = administrator;
  return { name, account: name, role, session: { id: session.id, token, expiresAt: session.expiresAt } };
}

/** A cookie comes by itself, so a change made with it must also bring what only the console can know. */
function refuseForgedChange(request: FastifyRequest, sessionToken: string): void {
  if (request.method === "GET" || request.method === "HEAD") return;
  const given = request.headers[CSRF_HEADER];
  if (typeof given === "string" && isSameSecret(given, csrfTokenOf(sessionToken))) return;
  throw new ProblemError(problem(403, "csrf-token-missing", `changes with the cookie need the header ${CSRF_HEADER}`));
}

function isLoopback(address: string): boolean {
  return address === "::1" || /^(::ffff:)?127\./.test(address);
}
