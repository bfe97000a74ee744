import type { TransportProtocol } from "../transport/connection.ts";

/** Where a peer reaches this node. */
export interface LocalAddress {
  /** A name that our certificate covers, never a bare address on a federated link. */
  readonly host: string;
  readonly port: number;
  /** Undefined: not written into the URI. */
  readonly transport: TransportProtocol | undefined;
}

/**
 * How this node names itself on the wire: Via sent-by (RFC 3261 §18.1.1) and our Contact (§8.1.1.8). Asked at each use, so
 * that what has changed counts at once.
 */
export interface LocalIdentity {
  /** For what goes to users of `domain` over `protocol`. */
  towards(domain: string, protocol: TransportProtocol): LocalAddress;
}

/** `<sip:user@host:port;transport=tls>`: some peers cannot do without the transport. */
export function contactOf({ host, port, transport }: LocalAddress, user: string): string {
  const account = user === "" ? "" : `${user}@`;
  return `<sip:${account}${host}:${port}${transport === undefined ? "" : `;transport=${transport}`}>`;
}

/** The Via sent-by: `host:port`. */
export function sentByOf({ host, port }: LocalAddress): string {
  return `${host}:${port}`;
}
