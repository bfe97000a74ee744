import Type from "typebox";
import { closed, oneOf } from "./closed.ts";
import { integrationTypes } from "./sip-federated-domain.ts";

const count = (description: string, minimum = 1) => Type.Integer({ minimum, maximum: 1_000_000, description });

/** Rows of the table by the words of docs/operations/mappings.md. */
const told = Type.Record(Type.String(), Type.String(), {
  description: "A state of our user, and the activity the peer is told; available: none",
});
const seen = Type.Record(
  Type.String(),
  Type.Object({ show: Type.String(), status: Type.Optional(Type.String()) }, closed),
  { description: "An activity the peer tells, or open, and what our users see" },
);

const fields = {
  messageMode: oneOf(["session", "page"], { description: "Inside an INVITE session, or each on its own" }),
  richText: oneOf(["none", "html"], {
    description: "Markup beside plain text: asked for in sessions, and sent where it is taken",
  }),
  typing: oneOf(["keyboard-activity", "is-composing", "none"]),
  pageAnswer: Type.Union([Type.Literal(200), Type.Literal(202)], {
    description: "Our answer to a MESSAGE outside a session that a client has taken",
  }),
  pageType: oneOf(["normal", "chat"], { description: "What such a MESSAGE is to our users" }),
  pageRequestBytes: count("Octets of a whole MESSAGE of ours outside a session; longer ones are refused", 500),
  receipts: oneOf(["imdn", "none"], { description: "Whether the peer takes message/cpim and IMDN (RFC 5438)" }),
  securedUris: oneOf(["refused", "carried"], { description: "What becomes of a request to a sips: address" }),
  notifyIntervalSeconds: count("Least time between two NOTIFYs of a presentity that nobody asked for", 0),
  ratePerSecond: count("Requests the peer takes in any second"),
  burst: count("How many of these may leave at once"),
  inboundRatePerSecond: count("Requests we take from the peer in a second"),
  inboundBurst: count("How many of these may come at once"),
  inviteTimeoutSeconds: count("How long the peer may take to accept a session"),
  idleSessionSeconds: count("A session without messages is ended after this long"),
  subscribeExpiresSeconds: count("What our SUBSCRIBEs ask for"),
  maxMessageBytes: count("Octets of one message's text in a session; longer ones are split"),
};

const MappingChoice = Type.Object(
  {
    set: Type.Optional(oneOf(["classic", "faithful"])),
    told: Type.Optional(told),
    seen: Type.Optional(seen),
  },
  closed,
);

const choices = { mapping: Type.Optional(MappingChoice), ...Type.Partial(Type.Object(fields)).properties };

/** How one domain is spoken to: what was chosen for it, and what that makes of its type's own way. */
export const SipDialect = Type.Object(
  {
    domain: Type.String(),
    integrationType: oneOf(integrationTypes),
    ...choices,
    effective: Type.Object({ ...fields, mapping: Type.Object({ told, seen }, closed) }, closed),
  },
  closed,
);
export type SipDialect = Readonly<Type.Static<typeof SipDialect>>;

/** Replaces every choice; what is left away is as the type has it. */
export const SipDialectInput = Type.Object(
  {
    domain: Type.Optional(Type.String()),
    integrationType: Type.Optional(oneOf(integrationTypes)),
    ...choices,
    effective: Type.Optional(Type.Unknown({ description: "What a reader was shown; not read" })),
  },
  closed,
);
export type SipDialectInput = Readonly<Type.Static<typeof SipDialectInput>>;

/** Path of a domain's dialect below `/api/v1`. */
export function sipDialectPath(domain: string): string {
  return `/sip-federated-domains/${encodeURIComponent(domain)}/dialect`;
}
