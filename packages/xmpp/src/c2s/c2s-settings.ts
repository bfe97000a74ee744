import type { XmlLimits } from "../xml/index.ts";

/** Bounds of client connections; each holds for every connection alike. */
export interface C2sSettings {
  /** From accepting the socket to a bound resource; then the connection is closed. */
  readonly negotiationTimeoutMs: number;
  /** How long a closed stream waits for the client to close its side. */
  readonly closeGraceMs: number;
  /** Connections without a bound resource: all together, and from one address. */
  readonly maxUnbound: number;
  readonly maxUnboundPerAddress: number;
  /** Failed SASL attempts after which a connection is closed. */
  readonly maxAuthenticationFailures: number;
  /** Before a user is known: what one element may hold. */
  readonly unauthenticatedXml: XmlLimits;
  readonly xml: XmlLimits;
  /** Octets written and not read by the client; more breaks the connection. */
  readonly maxUnsentBytes: number;
  /** Stanzas a client has not acknowledged (XEP-0198); more ends its session. */
  readonly maxUnacknowledged: number;
  /** Stanzas of a client not yet safe; at this many we stop reading from it. */
  readonly maxUnhandled: number;
  /** How long a session waits to be resumed (XEP-0198 §5), whatever the client asks for. */
  readonly maxResumeSeconds: number;
  /** A request for acknowledgement not answered this long means that the connection is dead. */
  readonly acknowledgementTimeoutMs: number;
}

export const defaultC2sSettings: C2sSettings = {
  negotiationTimeoutMs: 30_000,
  closeGraceMs: 5_000,
  maxUnbound: 4096,
  maxUnboundPerAddress: 256,
  maxAuthenticationFailures: 5,
  unauthenticatedXml: { stanzaBytes: 16_384, depth: 8, attributes: 16 },
  xml: { stanzaBytes: 262_144, depth: 64, attributes: 64 },
  maxUnsentBytes: 4_194_304,
  maxUnacknowledged: 1000,
  maxUnhandled: 500,
  maxResumeSeconds: 300,
  acknowledgementTimeoutMs: 60_000,
};
