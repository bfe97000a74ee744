import Type from "typebox";
import { closed, Instant, oneOf } from "./closed.ts";

/** `administrator` may everything, `operator` services and diagnostics too, `auditor` reads. */
export const roles = ["administrator", "operator", "auditor"] as const;
export const Role = oneOf(roles, {
  description: "administrator: everything; operator: services, diagnostics; auditor: reads",
});
export type Role = (typeof roles)[number];

export const SignIn = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 255 }),
    password: Type.String({ minLength: 1, maxLength: 1024 }),
  },
  closed,
);
export type SignIn = Readonly<Type.Static<typeof SignIn>>;

/** The answer to a sign-in. The token also comes as an HttpOnly cookie; with it each change repeats `csrfToken`. */
export const SignedIn = Type.Object(
  {
    token: Type.String({ description: "For the header Authorization: Bearer" }),
    csrfToken: Type.String({ description: "For the header X-CSRF-Token of changes made with the cookie" }),
    expiresAt: Instant,
    name: Type.String(),
    role: Role,
  },
  closed,
);
export type SignedIn = Readonly<Type.Static<typeof SignedIn>>;

/** One's own password, old and new; all sessions end with it. */
export const PasswordChange = Type.Object(
  {
    currentPassword: Type.String({ minLength: 1, maxLength: 1024 }),
    newPassword: Type.String({ minLength: 8, maxLength: 1024 }),
  },
  closed,
);
export type PasswordChange = Readonly<Type.Static<typeof PasswordChange>>;

/** Who is asking. */
export const Session = Type.Object(
  {
    name: Type.String(),
    role: Role,
    kind: oneOf(["session", "token"]),
    expiresAt: Type.Optional(Instant),
    csrfToken: Type.Optional(Type.String()),
  },
  closed,
);
export type Session = Readonly<Type.Static<typeof Session>>;

/** Where a change made with the cookie repeats the CSRF token. */
export const CSRF_HEADER = "x-csrf-token";
