import Type from "typebox";
import { closed, Instant, nullable } from "./closed.ts";
import { resource } from "./resource.ts";
import { ShownAddresses } from "./shown-address.ts";

const jid = Type.String({ minLength: 3, maxLength: 2047, description: "Bare JID in a local domain" });
const displayName = Type.String({ maxLength: 255 });
const mailId = Type.String({
  maxLength: 320,
  description: "Address in the mail domain, for federation by email address",
});

/** Where a user comes from; what a directory says of its users is changed there. */
const UserOrigin = Type.Union([
  Type.Object({ kind: Type.Literal("administrator") }, closed),
  Type.Object(
    {
      kind: Type.Literal("directory"),
      dn: Type.String({ description: "Distinguished name of the entry" }),
      vanishedAt: nullable(Instant),
    },
    closed,
  ),
]);

/** A local user. */
export const User = Type.Object(
  {
    jid,
    displayName: Type.Optional(displayName),
    mailId: Type.Optional(mailId),
    node: Type.String({ description: "The node the user is assigned to" }),
    origin: UserOrigin,
    enabled: Type.Boolean({ description: "A disabled user cannot sign in" }),
    federationAddress: Type.String({ description: "The address foreign domains know the user by; computed" }),
    addresses: ShownAddresses,
  },
  closed,
);
export type User = Readonly<Type.Static<typeof User>>;

const password = Type.String({ minLength: 1, maxLength: 1024, description: "Write only" });
const changeable = {
  displayName: Type.Optional(displayName),
  mailId: Type.Optional(mailId),
  enabled: Type.Optional(Type.Boolean({ default: true })),
  node: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
  /** What a reader was shown and may send back; not written. */
  federationAddress: Type.Optional(Type.String()),
  addresses: Type.Optional(ShownAddresses),
  origin: Type.Optional(UserOrigin),
};

export const UserInput = Type.Object({ jid, password, ...changeable }, closed);
export type UserInput = Readonly<Type.Static<typeof UserInput>>;

/** Replaces what is said of a user; without a password the old one stays. */
export const UserReplacement = Type.Object(
  { jid: Type.Optional(jid), password: Type.Optional(password), ...changeable },
  closed,
);
export type UserReplacement = Readonly<Type.Static<typeof UserReplacement>>;

/** Many users at once, all or none; also as CSV (`text/csv`), whose first line names the columns. */
export const UserImport = Type.Object({ users: Type.Array(UserInput, { minItems: 1, maxItems: 5000 }) }, closed);
export type UserImport = Readonly<Type.Static<typeof UserImport>>;

export const UserImported = Type.Object({ imported: Type.Integer({ minimum: 0 }) }, closed);

export const userImportPath = "/users/import";

export const users = resource<User, UserInput>("/users");
