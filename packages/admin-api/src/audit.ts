import Type from "typebox";
import { closed, Instant, InstantText } from "./closed.ts";
import { resource } from "./resource.ts";

/** What is done, as the log names it. */
export const auditActions = [
  "create",
  "update",
  "delete",
  "import",
  "apply",
  "sync",
  "start",
  "stop",
  "restart",
  "drain",
  "refresh",
  "diagnose",
  "read",
  "regenerate",
  "restore",
  "reread",
  "export",
  "send",
  "sign-in",
  "sign-out",
] as const;

/** Who changed what, when, old and new. */
export const AuditRecord = Type.Object({
  id: Type.String(),
  at: Instant,
  actor: Type.String(),
  action: Type.String(),
  resource: Type.String(),
  before: Type.Optional(Type.Unknown()),
  after: Type.Optional(Type.Unknown()),
});
export type AuditRecord = Readonly<Type.Static<typeof AuditRecord>>;

export const AuditQuery = Type.Object(
  {
    actor: Type.Optional(Type.String({ maxLength: 255 })),
    action: Type.Optional(Type.String({ maxLength: 64, description: "`create`, `update`, `delete`, `sign-in`, …" })),
    resource: Type.Optional(
      Type.String({ maxLength: 2047, description: "A part of the path: `static-routes`, `contoso.example`" }),
    ),
    since: Type.Optional(InstantText),
    until: Type.Optional(InstantText),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    cursor: Type.Optional(Type.String({ maxLength: 64 })),
  },
  closed,
);
export type AuditQuery = Readonly<Type.Static<typeof AuditQuery>>;

export const audit = resource<AuditRecord>("/audit");
