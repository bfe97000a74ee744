import Type from "typebox";

const Domains = Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { maxItems: 1000 });

/**
 * An XMPP server that we are attached to as its external components (XEP-0114): it has the users, we have the federation.
 * The secret is kept apart.
 */
export const AttachmentSettings = Type.Object(
  {
    name: Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", description: "What the server is called here" }),
    description: Type.String({ maxLength: 255, default: "" }),
    host: Type.String({ minLength: 1, maxLength: 255, description: "Where it takes components: a name or an address" }),
    port: Type.Integer({ minimum: 1, maximum: 65_535, default: 5347 }),
    localDomains: Type.Unsafe<readonly string[]>({
      ...Domains,
      minItems: 1,
      description: "Domains whose users it serves",
    }),
    components: Type.Unsafe<readonly string[]>({
      ...Domains,
      description: "SIP federated domains that its users reach through us; each is a component of its own there",
    }),
    secretSetAt: Type.Optional(Type.Integer({ minimum: 0, description: "Milliseconds since 1970" })),
  },
  { additionalProperties: false },
);
export type AttachmentSettings = Readonly<Type.Static<typeof AttachmentSettings>>;
