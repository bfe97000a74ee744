import { TypeBoxValidatorCompiler } from "@fastify/type-provider-typebox";
import type { FieldProblem } from "@interpres/admin-api";
import type { FastifyError, FastifySchemaCompiler } from "fastify";
import type { TSchema } from "typebox";

/** More than a reader wants to know at once. */
const MAX_ERRORS = 50;

/** Checks what a route declares: bodies as they are, query and path after reading numbers from their text. */
export const checkSchemas: FastifySchemaCompiler<TSchema> = TypeBoxValidatorCompiler;

/** For routes whose input is checked by a pure edit of another package; the schema then only documents. */
export const checkedByEdit: FastifySchemaCompiler<TSchema> = () => (value: unknown) => ({ value });

interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message?: string;
  readonly params?: unknown;
}

/** The fields a schema refused, each once. */
export function fieldProblems(error: FastifyError): readonly FieldProblem[] {
  const found = new Map<string, string>();
  for (const each of (error.validation ?? []) as readonly SchemaError[])
    for (const { path, message } of problemsOf(each)) if (!found.has(path)) found.set(path, message);
  return [...found].slice(0, MAX_ERRORS).map(([path, message]) => ({ path, message }));
}

function problemsOf(error: SchemaError): readonly FieldProblem[] {
  const path = error.instancePath.slice(1).split("/").map(unescapePointer).join(".");
  const params = error.params as { additionalProperties?: readonly string[]; requiredProperties?: readonly string[] };
  const below = (key: string): string => (path === "" ? key : `${path}.${key}`);
  switch (error.keyword) {
    case "additionalProperties":
      return (params.additionalProperties ?? []).map((key) => ({ path: below(key), message: "unknown key" }));
    case "required":
      return (params.requiredProperties ?? []).map((key) => ({ path: below(key), message: "is required" }));
    case "boolean":
      return [{ path, message: "unknown key" }];
    default:
      return [{ path, message: error.message ?? "is not valid" }];
  }
}

/** RFC 6901 §4. */
function unescapePointer(token: string): string {
  return token.replaceAll("~1", "/").replaceAll("~0", "~");
}
