import Type from "typebox";
import { closed, Instant, nullable, oneOf } from "./closed.ts";

/**
 * `/trace`, a WebSocket (RFC 6455): one JSON text a message that passed, oldest first. Query: `peer` (a federated domain),
 * `user` (an address), `recent` (how many of the past, 200 by default), `follow` (`true`: go on; else it closes with 1000 after
 * them), `bodies` (`shown`: administrators only, and audited).
 */
export const tracePath = "/trace";

/** One message that crossed the node's edge. */
export const TraceEvent = Type.Object(
  {
    id: Type.Integer({ description: "Counts up over all events of this run of the node" }),
    at: Instant,
    leg: oneOf(["sip", "xmpp"]),
    direction: oneOf(["inbound", "outbound"]),
    remote: Type.String({ description: "The other end: protocol, address and port of a peer, or the JID of a client" }),
    peer: nullable(Type.String({ description: "The federated domain it concerns" })),
    parties: Type.Array(Type.String(), { description: "Whom it is from and to" }),
    summary: Type.String({ description: "Start line or stanza in a few words, without its body" }),
    text: Type.String({ description: "The message; bodies and secrets masked" }),
  },
  closed,
);
export type TraceEvent = Readonly<Type.Static<typeof TraceEvent>>;

export const DEFAULT_RECENT = 200;
