import Type from "typebox";
import { closed, Instant, nullable, oneOf } from "./closed.ts";

/** What the four lamps stand for, in the order they are shown. */
export const lampNames = ["presenceIn", "presenceOut", "imIn", "imOut"] as const;
export type LampName = (typeof lampNames)[number];

const LampSuccess = Type.Object(
  { at: Instant, user: nullable(Type.String({ description: "The local user" })), detail: Type.String() },
  closed,
);

const LampFailure = Type.Object(
  {
    at: Instant,
    user: nullable(Type.String({ description: "The local user" })),
    rule: Type.String({ description: "The rule that refused, or found that it failed" }),
    status: nullable(Type.Integer({ description: "The SIP status; null where nothing was answered" })),
    detail: Type.String(),
  },
  closed,
);

export const Lamp = Type.Object(
  {
    state: oneOf(["ok", "failing", "idle"], {
      description: "failing: the last that passed failed; idle: nothing has passed",
    }),
    lastSuccess: nullable(LampSuccess),
    lastFailure: nullable(LampFailure),
  },
  closed,
);
export type Lamp = Readonly<Type.Static<typeof Lamp>>;

/** `GET /federation/{domain}/status`: in is what the domain asks or writes, out what our users ask or write there. */
export const FederationStatus = Type.Object(
  { domain: Type.String(), presenceIn: Lamp, presenceOut: Lamp, imIn: Lamp, imOut: Lamp },
  closed,
);
export type FederationStatus = Readonly<Type.Static<typeof FederationStatus>>;

/** Path of the lamps of a federated domain below `/api/v1`. */
export function federationStatusPath(domain: string): string {
  return `/federation/${encodeURIComponent(domain)}/status`;
}
