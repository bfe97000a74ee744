import type { Problem } from "@interpres/admin-api";
import { fieldProblems, type Logger, type SchemaError } from "@interpres/runtime";
import { StoreError } from "@interpres/store";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import type { AdminApp } from "./authenticate.ts";
import { invalidInput, notFound, ProblemError, problem } from "./problem-error.ts";

/** More than a reader wants to know at once. */
const MAX_ERRORS = 50;
const PROBLEM_TYPE = "application/problem+json";

/** Slugs for what the HTTP layer itself refuses, by status. */
const HTTP_PROBLEMS: Readonly<Record<number, string>> = {
  400: "invalid-request",
  404: "not-found",
  406: "not-acceptable",
  413: "body-too-large",
  414: "uri-too-long",
  415: "unsupported-media-type",
  431: "headers-too-large",
};

/** Answers every error as RFC 9457; what nobody expected is logged and told to nobody else. */
export function answerProblems(app: AdminApp, log: Logger): void {
  app.setErrorHandler((error, request, reply) => {
    const failure = problemErrorOf(error);
    if (failure === undefined)
      log.error("admin.request-failed", { method: request.method, route: routeOf(request), reason: reasonOf(error) });
    return send(reply, failure ?? new ProblemError(problem(500, "internal-error", "see the log of the node")));
  });
  app.setNotFoundHandler((request, reply) => send(reply, notFound(`${request.method} ${request.url.split("?")[0]}`)));
}

/** A path the router cannot even read is a path nobody registered. */
export function frameworkProblem(_error: unknown, _request: unknown, reply: FastifyReply): void {
  send(reply, notFound("such path"));
}

function problemErrorOf(error: unknown): ProblemError | undefined {
  if (error instanceof ProblemError) return error;
  if (error instanceof StoreError) return storeProblem(error);
  if (!(error instanceof Error)) return undefined;
  const { validation, statusCode = 500 } = error as Partial<FastifyError>;
  if (validation !== undefined)
    return invalidInput(fieldProblems(validation as readonly SchemaError[]).slice(0, MAX_ERRORS));
  if (statusCode >= 500) return undefined;
  return new ProblemError(problem(statusCode, HTTP_PROBLEMS[statusCode] ?? "invalid-request", error.message));
}

function storeProblem({ code }: StoreError): ProblemError | undefined {
  if (code === "conflict")
    return new ProblemError(problem(409, "conflict", "somebody else has written this meanwhile"));
  if (code === "overloaded" || code === "closed")
    return new ProblemError(problem(503, "store-unavailable", "the node cannot write now"), { "retry-after": "5" });
  return undefined;
}

function send(reply: FastifyReply, { problem: body, headers }: ProblemError): FastifyReply {
  const answer: Problem = body;
  // As octets: the framework would add a charset to text, which this media type does not have.
  return reply
    .code(answer.status)
    .headers(headers)
    .type(PROBLEM_TYPE)
    .send(Buffer.from(JSON.stringify(answer)));
}

function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? "";
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
