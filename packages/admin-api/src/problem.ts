import Type from "typebox";
import { closed } from "./closed.ts";

/** What is wrong with one field of the input: `staticRoutes.2.nextHop`. */
export const FieldProblem = Type.Object({ path: Type.String(), message: Type.String() }, closed);
export type FieldProblem = Readonly<Type.Static<typeof FieldProblem>>;

/** An error answer, `application/problem+json` (RFC 9457 §3); `type` is a stable slug. */
export const Problem = Type.Object(
  {
    type: Type.String({ description: "Stable slug: invalid-input, not-found, acl-entry-owned, …" }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.Optional(Type.String()),
    errors: Type.Optional(Type.Array(FieldProblem)),
  },
  closed,
);
export type Problem = Readonly<Type.Static<typeof Problem>>;

/** Whether a parsed answer has the shape of a problem; what a proxy in between answers has not. */
export function isProblem(value: unknown): value is Problem {
  if (typeof value !== "object" || value === null) return false;
  return "type" in value && typeof value.type === "string" && "title" in value && typeof value.title === "string";
}
