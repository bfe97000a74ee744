import Type from "typebox";
import { closed, Instant, nullable, oneOf } from "./closed.ts";
import { resource } from "./resource.ts";
import { ShownAddresses } from "./shown-address.ts";

const direction = oneOf(["inbound", "outbound"]);
const peer = Type.String({ description: "Foreign domain" });

/** A presence subscription over the edge. */
export const Subscription = Type.Object({
  id: Type.String(),
  direction: oneOf(["inbound", "outbound"], { description: "outbound: a local user watches" }),
  user: Type.String({ description: "Local user, bare JID" }),
  contact: Type.String({ description: "Foreign user, bare JID" }),
  peer,
  authorization: Type.String({ description: "What the user decided: granted, pending, none, …" }),
  state: Type.String({ description: "State of the SIP dialog" }),
  expiresAt: nullable(Instant),
  addresses: ShownAddresses,
});
export type Subscription = Readonly<Type.Static<typeof Subscription>>;
export const subscriptions = resource<Subscription>("/subscriptions");

/** A SIP session that carries messages. */
export const ImSession = Type.Object({
  id: Type.String(),
  direction,
  user: Type.String(),
  contact: Type.String(),
  peer,
  state: Type.String(),
  startedAt: nullable(Instant),
  addresses: ShownAddresses,
});
export type ImSession = Readonly<Type.Static<typeof ImSession>>;
export const imSessions = resource<ImSession>("/im-sessions");

/** A transport connection to or from a peer. */
export const Connection = Type.Object({
  id: Type.String(),
  protocol: oneOf(["tls", "tcp", "udp"]),
  direction,
  remoteAddress: Type.String(),
  remotePort: Type.Integer(),
  localPort: Type.Integer(),
  peer: Type.Union([Type.String(), Type.Null()], { description: "Who its certificate proves" }),
  tls: nullable(
    Type.Object({
      version: Type.String(),
      cipher: Type.String({ description: "IANA name" }),
      context: Type.String(),
      generation: Type.Integer({ description: "Of the context, when the handshake was done" }),
      isCurrent: Type.Boolean(),
    }),
  ),
  isDraining: Type.Boolean({ description: "Closes as soon as nothing is under way on it" }),
});
export type Connection = Readonly<Type.Static<typeof Connection>>;
export const connections = resource<Connection>("/connections");

/** Which of the live things are wanted. */
export const LiveQuery = Type.Object(
  {
    user: Type.Optional(Type.String({ maxLength: 2047 })),
    peer: Type.Optional(Type.String({ maxLength: 2047, description: "Foreign domain or address" })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    cursor: Type.Optional(Type.String({ maxLength: 4096 })),
  },
  closed,
);
export type LiveQuery = Readonly<Type.Static<typeof LiveQuery>>;
