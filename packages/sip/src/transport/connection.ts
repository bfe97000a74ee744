import type { NegotiatedTls } from "./negotiated-tls.ts";
import type { PresentedCertificate } from "./presented-certificate.ts";

export type TransportProtocol = "tls" | "tcp" | "udp";

/** Whom a connection's certificate proves to be at the other end. The owner of the trust settings extends it. */
export interface ConnectionIdentity {
  /** For logs and decisions: a peer's name, not an address. */
  readonly label: string;
}

/**
 * One TLS or TCP connection, or over UDP one remote address and port of a local socket. Admitted by the
 * `ConnectionGate` before anybody else sees it.
 */
export interface Connection {
  /** Unique within its transport layer. */
  readonly id: number;
  readonly protocol: TransportProtocol;
  /** Who opened it. Requests flow both ways on either kind. */
  readonly direction: "inbound" | "outbound";
  /** An address as text, IPv4 never in its IPv6-mapped form. */
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Over UDP the one the socket is bound to, which may mean any. */
  readonly localAddress: string;
  readonly localPort: number;
  /** Undefined over TCP and UDP unless the gate derives one from the address. */
  readonly identity: ConnectionIdentity | undefined;
  readonly certificate: PresentedCertificate | undefined;
  /** Absent over TCP and UDP. */
  readonly tls?: NegotiatedTls;
  /** True once it takes no more requests of ours and will be closed. */
  readonly isRetired?: boolean;
  readonly isOpen: boolean;
  /** Queues one whole message; those of one turn of the event loop leave together. Ignored once closed. */
  send(bytes: Uint8Array): void;
  /** Sends what is queued, then closes. */
  close(): void;
}
