import type { AdminApp } from "./authenticate.ts";
import { ProblemError, problem } from "./problem-error.ts";

/**
 * JSON bodies; what is none is refused with where it stops being that. No body where one may come is an empty object,
 * so that a client need not write `{}` to say nothing, and hears which fields are missing where some are needed.
 */
export function readBodies(app: AdminApp): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.removeContentTypeParser("application/json");
  app.addContentTypeParser<string>("application/json", { parseAs: "string" }, (request, text, done) => {
    if (text === "") done(null, undefined);
    else void parse(request, text, (error, value) => done(error === null ? null : notJson(text), value));
  });
  app.addHook("preValidation", async (request) => {
    if (request.body === undefined && request.routeOptions.schema?.body !== undefined) request.body = {};
  });
}

function notJson(text: string): ProblemError {
  return new ProblemError(problem(400, "invalid-request", `the body is not JSON: ${reasonOf(text)}`));
}

function reasonOf(text: string): string {
  try {
    JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
  }
  return "it has a key that is not allowed";
}
