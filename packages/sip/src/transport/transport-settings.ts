import { defaultFramerLimits, type FramerLimits } from "./framer.ts";

/** Limits and intervals of the transport layer; octets, milliseconds, counts. */
export interface TransportSettings {
  readonly framer: FramerLimits;
  /** From the first octet of a TCP connection to the end of the TLS handshake. */
  readonly handshakeTimeoutMs: number;
  /** For one address: TCP and TLS together. */
  readonly connectTimeoutMs: number;
  /** A message that began must be whole by then. */
  readonly partialMessageMs: number;
  /** Without a message for so long, an outbound or inbound connection is closed (RFC 3261 §18: at least 64*T1). */
  readonly idleMs: number;
  /** Outbound: CRLFCRLF after so long without octets from the peer, up to 20 % earlier by chance (RFC 5626 §4.4.1). 0 = never. */
  readonly pingIntervalMs: number;
  /** RFC 5626 §4.4.1. */
  readonly pongTimeoutMs: number;
  readonly maximumInboundConnections: number;
  readonly maximumInboundFromOneAddress: number;
  readonly maximumOutboundConnections: number;
  /** Requests that wait for one connection to open. */
  readonly maximumWaiting: number;
  /** What a peer that does not read for five seconds may leave in our memory, for one connection; sixteen times that at once. */
  readonly maximumQueuedOctets: number;
  /** Remote addresses remembered over UDP. */
  readonly maximumDatagramSources: number;
  /** For so long a UDP source is admitted, or refused, without asking again. */
  readonly datagramAdmissionMs: number;
  /** Requests above go by TCP instead of UDP (RFC 3261 §18.1.1). */
  readonly maximumDatagramOctets: number;
}

export const defaultTransportSettings: TransportSettings = {
  framer: defaultFramerLimits,
  handshakeTimeoutMs: 10_000,
  connectTimeoutMs: 5_000,
  partialMessageMs: 30_000,
  idleMs: 3_600_000,
  pingIntervalMs: 120_000,
  pongTimeoutMs: 10_000,
  maximumInboundConnections: 10_000,
  maximumInboundFromOneAddress: 1_000,
  maximumOutboundConnections: 10_000,
  maximumWaiting: 10_000,
  maximumQueuedOctets: 4_194_304,
  maximumDatagramSources: 10_000,
  datagramAdmissionMs: 30_000,
  maximumDatagramOctets: 1_300,
};
