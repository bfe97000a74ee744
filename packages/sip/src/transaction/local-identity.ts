/**
 * How this node names itself on the wire: Via sent-by (RFC 3261 §18.1.1) and the host of our Contact (§8.1.1.8).
 * A name that our certificate covers, never a bare address on a federated link.
 */
export interface LocalIdentity {
  readonly host: string;
  readonly port: number;
  readonly transport: "tls" | "tcp" | "udp";
}

/** `<sip:user@host:port;transport=tls>`: the transport is always written out, some peers cannot do without it. */
export function contactOf(identity: LocalIdentity, user: string): string {
  const account = user === "" ? "" : `${user}@`;
  return `<sip:${account}${identity.host}:${identity.port};transport=${identity.transport}>`;
}

/** The Via sent-by: `host:port`. */
export function sentByOf(identity: LocalIdentity): string {
  return `${identity.host}:${identity.port}`;
}
