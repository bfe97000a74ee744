import { STATUS_CODES } from "node:http";
import type { FieldProblem, Problem } from "@interpres/admin-api";
import type { Refused } from "@interpres/federation";

/** Ends a request with a problem answer (RFC 9457). */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;

  constructor(problem: Problem, headers: Readonly<Record<string, string>> = {}) {
    super(problem.detail ?? problem.title);
    this.problem = problem;
    this.headers = headers;
  }
}

/** The title is the status's own phrase; what happened stands in `detail` and `errors`. */
export function problem(status: number, type: string, detail: string): Problem {
  return { type, title: STATUS_CODES[status] ?? "Error", status, detail };
}

/** Bad input: nothing was written. */
export function invalidInput(errors: readonly FieldProblem[]): ProblemError {
  return new ProblemError({ ...problem(400, "invalid-input", sentence(errors)), errors: [...errors] });
}

export function notFound(what: string): ProblemError {
  return new ProblemError(problem(404, "not-found", `there is no ${what}`));
}

export function conflict(type: string, error: FieldProblem): ProblemError {
  return new ProblemError({ ...problem(409, type, sentence([error])), errors: [error] });
}

/** What a pure edit refused, as an answer. */
export function refusedEdit(refused: Refused): ProblemError {
  const { status, type, errors } = refused;
  return new ProblemError({ ...problem(status, type, sentence(errors)), errors: [...errors] });
}

function sentence(errors: readonly FieldProblem[]): string {
  return errors.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("; ");
}
