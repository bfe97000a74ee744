import Type from "typebox";
import { closed, Instant, nullable, oneOf } from "./closed.ts";
import { integrationTypes } from "./sip-federated-domain.ts";

const addresses = {
  knownBy: oneOf(["jid", "email"], { description: "What foreign domains know our users by" }),
  domains: Type.Array(Type.String({ description: "A domain in which users of ours have that address" })),
  acceptJidUntil: Type.Union([Instant, Type.Null()], {
    description: "Until then the JID works beside the mail address",
  }),
};

/** What the administrator of a foreign domain has to know of us, from the settings as they are. */
export const FederationNotice = Type.Object(
  {
    domain: Type.String({ description: "Whom it is for" }),
    integrationType: oneOf(integrationTypes),
    addresses: Type.Object(addresses, closed),
    host: Type.String({ description: "The name our node is reached by" }),
    port: Type.Integer(),
    records: Type.Array(Type.String({ description: "A line of our public DNS" })),
    certificate: nullable(
      Type.Object(
        {
          commonName: nullable(Type.String()),
          dnsNames: Type.Array(Type.String()),
          issuer: Type.String(),
          notAfter: Instant,
          fingerprint256: Type.String(),
          authorityPem: nullable(Type.String({ description: "Of this node's own authority, when that signed it" })),
        },
        closed,
      ),
    ),
    expectedSubjects: Type.Array(Type.String({ description: "A name we take in the certificate of the other side" })),
    text: Type.String({ description: "All of it as a letter" }),
  },
  closed,
);
export type FederationNotice = Readonly<Type.Static<typeof FederationNotice>>;

/** What our own users have to know of their addresses abroad. */
export const UserNotice = Type.Object({ ...addresses, text: Type.String() }, closed);
export type UserNotice = Readonly<Type.Static<typeof UserNotice>>;

/** `format=text`, or `Accept: text/plain`: the letter alone. */
export const NoticeQuery = Type.Object({ format: Type.Optional(oneOf(["json", "text"])) }, closed);

/** Path of the notice for a foreign domain below `/api/v1`. */
export function federationNoticePath(domain: string): string {
  return `/federation/${encodeURIComponent(domain)}/notice`;
}

export const userNoticePath = "/presence-settings/user-notice";
