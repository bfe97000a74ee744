import Type from "typebox";
import { closed, Instant, oneOf } from "./closed.ts";
import { resource } from "./resource.ts";

export const integrationTypes = ["microsoft", "aol", "standard"] as const;

const fields = {
  domain: Type.String({ minLength: 1, maxLength: 255 }),
  integrationType: oneOf(integrationTypes, {
    description:
      "microsoft: OCS, Lync, Skype for Business; aol: behind the clearing house; standard: any RFC 3856/3428 peer",
  }),
};
const description = Type.String({ maxLength: 255, default: "" });
const directFederation = Type.Boolean({ default: false, description: "Static route only, no DNS; microsoft only" });

/** A foreign domain our users may talk to. */
export const SipFederatedDomain = Type.Object(
  { ...fields, description, directFederation, createdAt: Type.Optional(Instant) },
  closed,
);
export type SipFederatedDomain = Readonly<Type.Static<typeof SipFederatedDomain>>;

export const SipFederatedDomainInput = Type.Object(
  {
    ...fields,
    description: Type.Optional(description),
    directFederation: Type.Optional(directFederation),
    createdAt: Type.Optional(Instant),
  },
  closed,
);
export type SipFederatedDomainInput = Readonly<Type.Static<typeof SipFederatedDomainInput>>;

export const sipFederatedDomains = resource<SipFederatedDomain, SipFederatedDomainInput>("/sip-federated-domains");
