import Type from "typebox";
import { closed } from "./closed.ts";
import { SipFederatedDomainInput } from "./sip-federated-domain.ts";

/** All that a federation with one domain needs here; it is written whole or not at all. */
export const PartnerInput = Type.Object(
  {
    ...Type.Omit(SipFederatedDomainInput, ["createdAt"]).properties,
    subject: Type.Optional(
      Type.Object(
        {
          name: Type.String({ minLength: 1, maxLength: 255, description: "Defined where it is not, and selected" }),
          speaksFor: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { maxItems: 100 })),
        },
        closed,
      ),
    ),
    trustPem: Type.Optional(
      Type.String({ minLength: 1, maxLength: 65536, description: "The authority of its certificate, to be trusted" }),
    ),
    route: Type.Optional(
      Type.Object(
        {
          nextHop: Type.String({ minLength: 1, maxLength: 255 }),
          nextHopPort: Type.Integer({ minimum: 0, maximum: 65535 }),
        },
        { ...closed, description: "A static route over TLS, where DNS does not lead there" },
      ),
    ),
  },
  closed,
);
export type PartnerInput = Readonly<Type.Static<typeof PartnerInput>>;

export const PartnerQuery = Type.Object(
  { dryRun: Type.Optional(Type.Boolean({ description: "Tells the differences and writes nothing" })) },
  closed,
);

/** `POST`: answers with what is different, as an import does. */
export const partnersPath = "/partners";
