import Type from "typebox";
import { closed, Instant, nullable, oneOf } from "./closed.ts";

/**
 * `/trace`, a WebSocket (RFC 6455): one JSON text a message that passed, oldest first. Query: `peer` (a federated domain),
 * `user` (an address), `recent` (how many of the past, 200 by default), `follow` (`true`: go on; else it closes with 1000 after
 * them), `bodies` (`shown`: administrators only, and audited).
 */
export const tracePath = "/trace";

/** One end of a connection: IPv4 or IPv6 address, and port. Over UDP our own address may be that of any. */
export const Endpoint = Type.Object(
  { address: Type.String(), port: Type.Integer({ minimum: 0, maximum: 65_535 }) },
  closed,
);
export type Endpoint = Readonly<Type.Static<typeof Endpoint>>;

/** The two ends of a connection; TLS and WebSockets stand on TCP. */
export const TracePath = Type.Object({ protocol: oneOf(["tcp", "udp"]), local: Endpoint, remote: Endpoint }, closed);
export type TracePath = Readonly<Type.Static<typeof TracePath>>;

/** One message that crossed the node's edge. */
export const TraceEvent = Type.Object(
  {
    id: Type.Integer({ description: "Counts up over all events of this run of the node" }),
    at: Instant,
    leg: oneOf(["sip", "xmpp"]),
    direction: oneOf(["inbound", "outbound"]),
    remote: Type.String({ description: "The other end: protocol, address and port of a peer, or the JID of a client" }),
    path: TracePath,
    correlationId: nullable(
      Type.String({
        description:
          "Of the interaction it belongs to, as decisions and log lines have it; null while that is not known",
      }),
    ),
    peer: nullable(Type.String({ description: "The federated domain it concerns" })),
    parties: Type.Array(Type.String(), { description: "Whom it is from and to" }),
    summary: Type.String({ description: "Start line or stanza in a few words, without its body" }),
    text: Type.String({ description: "The message; bodies and secrets masked" }),
  },
  closed,
);
export type TraceEvent = Readonly<Type.Static<typeof TraceEvent>>;

export const DEFAULT_RECENT = 200;

/** The most messages of the past that are shown at once. */
export const MOST_RECENT = 5000;

/** `/trace/export`: what passed lately as a file for Wireshark (`pcapng`) or for people (`text`). */
export const traceExportPath = "/trace/export";
export const TraceExportQuery = Type.Object(
  {
    format: oneOf(["pcapng", "text"]),
    peer: Type.Optional(Type.String({ maxLength: 255, description: "A federated domain" })),
    user: Type.Optional(Type.String({ maxLength: 2047, description: "An address" })),
    correlationId: Type.Optional(Type.String({ maxLength: 1024, description: "Only this interaction" })),
    recent: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: MOST_RECENT,
        description: "How many of the past; all that is kept by default",
      }),
    ),
    bodies: Type.Optional(oneOf(["masked", "shown"], { description: "shown: administrators only; masked by default" })),
  },
  closed,
);
export type TraceExportQuery = Readonly<Type.Static<typeof TraceExportQuery>>;
