import Type from "typebox";
import { closed, Instant, InstantText, oneOf } from "./closed.ts";
import { resource } from "./resource.ts";
import { ShownAddresses } from "./shown-address.ts";

/** The chain of decisions about one thing that passed. */
export const DecisionEvent = Type.Object({
  id: Type.String(),
  correlationId: Type.String({
    description: "Of the interaction: the Call-ID that its SIP messages bear; where there is none, the id of the event",
  }),
  at: Instant,
  kind: Type.String(),
  direction: oneOf(["inbound", "outbound"]),
  traffic: Type.Optional(oneOf(["presence", "im"], { description: "Of sessions and refused requests" })),
  user: Type.Optional(Type.String()),
  peer: Type.Optional(Type.String()),
  decisions: Type.Array(
    Type.Object({
      rule: Type.String(),
      outcome: Type.String(),
      inputs: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])),
    }),
  ),
  result: Type.String(),
  addresses: Type.Optional(ShownAddresses),
});
export type DecisionEvent = Readonly<Type.Static<typeof DecisionEvent>>;

export const DecisionsQuery = Type.Object(
  {
    user: Type.Optional(Type.String({ maxLength: 2047, description: "Local user, bare JID" })),
    peer: Type.Optional(Type.String({ maxLength: 2047, description: "Foreign domain or address" })),
    since: Type.Optional(InstantText),
    until: Type.Optional(InstantText),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  },
  closed,
);
export type DecisionsQuery = Readonly<Type.Static<typeof DecisionsQuery>>;

export const decisions = resource<DecisionEvent>("/decisions");
