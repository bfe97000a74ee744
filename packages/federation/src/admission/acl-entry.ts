import Type from "typebox";

/** Who made an entry: an administrator, or the federated domain that owns it and takes it along when deleted (facts R4–R6). */
export const AclOrigin = Type.Union([
  Type.Object({ kind: Type.Literal("administrator") }, { additionalProperties: false }),
  Type.Object({ kind: Type.Literal("sip-federated-domain"), domain: Type.String() }, { additionalProperties: false }),
]);
export type AclOrigin = Readonly<Type.Static<typeof AclOrigin>>;

/** One line of the incoming access list; what no line matches is refused (facts B2.2). */
export const AclEntry = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 32 }),
    pattern: Type.String({
      minLength: 1,
      maxLength: 300,
      description: "Allow from all, a domain, a host name or an address, as IP or IP/PREFIX",
    }),
    description: Type.String({ maxLength: 255, default: "" }),
    origin: AclOrigin,
  },
  { additionalProperties: false },
);
export type AclEntry = Readonly<Type.Static<typeof AclEntry>>;
