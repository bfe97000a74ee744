import Type from "typebox";
import { closed } from "./closed.ts";
import { resource } from "./resource.ts";

const AclOrigin = Type.Union([
  Type.Object({ kind: Type.Literal("administrator") }, closed),
  Type.Object({ kind: Type.Literal("sip-federated-domain"), domain: Type.String() }, closed),
]);

const pattern = Type.String({
  minLength: 1,
  maxLength: 300,
  description: "Allow from all, or Allow from a DOMAIN, an FQDN, an IP or IP/PREFIX",
});
const description = Type.String({ maxLength: 255, default: "" });

/** One line of the incoming access list; an entry that a federated domain owns cannot be written. */
export const AclEntry = Type.Object({ id: Type.String(), pattern, description, origin: AclOrigin }, closed);
export type AclEntry = Readonly<Type.Static<typeof AclEntry>>;

export const AclEntryInput = Type.Object(
  {
    pattern,
    description: Type.Optional(description),
    id: Type.Optional(Type.String()),
    origin: Type.Optional(AclOrigin),
  },
  closed,
);
export type AclEntryInput = Readonly<Type.Static<typeof AclEntryInput>>;

export const incomingAcl = resource<AclEntry, AclEntryInput>("/incoming-acl");
