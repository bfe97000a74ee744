import Type from "typebox";
import { closed } from "./closed.ts";

/**
 * `/shell`, a WebSocket (RFC 6455) to the administrator's shell, one JSON text a message both ways. Query: `columns` where a person
 * sits at a terminal of that width, which then passes each key; `command` for one command instead of a session.
 */
export const shellPath = "/shell";

/** What the client sends: what was typed or piped, a new width of its terminal, the end of its input. */
export const ShellInput = Type.Union([
  Type.Object({ kind: Type.Literal("text"), text: Type.String() }, closed),
  Type.Object({ kind: Type.Literal("columns"), columns: Type.Integer({ minimum: 1, maximum: 10_000 }) }, closed),
  Type.Object({ kind: Type.Literal("end") }, closed),
]);
export type ShellInput = Readonly<Type.Static<typeof ShellInput>>;

/** What the node sends: output, complaints, and the exit status at the end. */
export const ShellOutput = Type.Union([
  Type.Object({ kind: Type.Literal("text"), text: Type.String() }, closed),
  Type.Object({ kind: Type.Literal("error"), text: Type.String() }, closed),
  Type.Object({ kind: Type.Literal("exit"), status: Type.Integer() }, closed),
]);
export type ShellOutput = Readonly<Type.Static<typeof ShellOutput>>;
