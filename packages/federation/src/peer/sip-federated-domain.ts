import Type from "typebox";

/** Which product family answers for a foreign domain: it selects the dialect and the order of routing (facts R13). */
export const IntegrationType = Type.Union([Type.Literal("microsoft"), Type.Literal("aol"), Type.Literal("standard")], {
  description: "microsoft: OCS, Lync, Skype for Business. aol: behind the clearing house. standard: RFC 3856 and 3428",
});
export type IntegrationType = Type.Static<typeof IntegrationType>;

/** A foreign domain our users may talk to. `domain` is lower case and unique. */
export const SipFederatedDomain = Type.Object(
  {
    domain: Type.String({ minLength: 1, maxLength: 255, description: "The foreign DNS domain" }),
    description: Type.String({ maxLength: 255, default: "", description: "Shown to users in their privacy settings" }),
    integrationType: IntegrationType,
    directFederation: Type.Boolean({
      default: false,
      description: "Straight to a server inside the same enterprise: static route only, no DNS SRV; microsoft only",
    }),
    createdAt: Type.Optional(Type.Integer({ minimum: 0, description: "Milliseconds since 1970" })),
  },
  { additionalProperties: false },
);
export type SipFederatedDomain = Readonly<Type.Static<typeof SipFederatedDomain>>;
