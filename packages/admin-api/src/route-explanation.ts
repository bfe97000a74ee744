import Type from "typebox";
import { closed, nullable, oneOf } from "./closed.ts";
import { ShownAddresses } from "./shown-address.ts";

export const ExplainQuery = Type.Object(
  {
    uri: Type.String({ minLength: 1, maxLength: 2048, description: "sip:bob@contoso.example, or without the scheme" }),
  },
  closed,
);
export type ExplainQuery = Readonly<Type.Static<typeof ExplainQuery>>;

/** Where a request to one address goes, and why. */
export const RouteExplanation = Type.Object({
  uri: Type.String(),
  domain: Type.String(),
  integrationType: nullable(Type.String()),
  verdict: oneOf(["route", "blocked", "not-federated", "no-route"]),
  steps: Type.Array(
    Type.Object({
      step: Type.Integer(),
      rule: Type.String(),
      name: Type.String(),
      outcome: oneOf(["matched", "none", "skipped", "failed"]),
      detail: Type.String(),
    }),
  ),
  nextHops: Type.Array(
    Type.Object({
      host: Type.String(),
      port: Type.Integer(),
      protocol: oneOf(["tls", "tcp", "udp"]),
      addresses: Type.Array(Type.String()),
      from: Type.String(),
    }),
  ),
});
export type RouteExplanation = Readonly<Type.Static<typeof RouteExplanation>>;

/** `GET /routes/explain`. */
export const ExplainedRoute = Type.Object({ ...RouteExplanation.properties, addresses: ShownAddresses });
export type ExplainedRoute = Readonly<Type.Static<typeof ExplainedRoute>>;

export const routeExplanationPath = "/routes/explain";
