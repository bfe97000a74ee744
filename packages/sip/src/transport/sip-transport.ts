import type { SipMessage, SipRequest, SipResponse } from "../message/message.ts";
import type { MessageProblem } from "../message/message-problem.ts";
import type { Connection } from "./connection.ts";
import type { NextHop } from "./next-hop-selector.ts";

/** Why a request did not reach a connection of its hop (RFC 3261 §18.4: as if 503, try the next hop). */
export interface TransportFailure {
  readonly cause:
    | "name-not-found"
    | "address-not-allowed"
    | "connect-failed"
    | "connect-timeout"
    | "tls-failed"
    | "identity-refused"
    | "queue-full"
    /** The hop has answered 503 with a Retry-After that is not over. */
    | "asked-to-wait"
    | "connection-lost"
    | "no-listener"
    | "shut-down";
  readonly hop: NextHop;
  /** For people: the system's or OpenSSL's words, and the address tried. */
  readonly detail: string;
  /** The gate's rule, with `identity-refused`. */
  readonly rule?: string;
}

/** What the transaction layer needs of the layer below: `TransportLayer` over sockets, a wire in memory in tests. */
export interface SipTransport {
  /** Mandatory headers are not checked yet; a request's top Via carries `received` and `rport` (RFC 3261 §18.2.1). */
  onMessage(handler: (message: SipMessage, connection: Connection) => void): void;
  /** Octets that are no message. After a fatal one the connection closes behind what the handler sends. */
  onProblem(handler: (problem: MessageProblem, connection: Connection) => void): void;
  onConnectionClosed(handler: (connection: Connection) => void): void;
  /** To where the request came from (RFC 3261 §18.2.2, RFC 3581 §4): `connection`, or the top Via once it is gone. */
  sendResponse(response: SipResponse, connection: Connection): void;
  /**
   * Sends on an open connection of the hop or opens one. Exactly one of `failed` and `sent` is called, once, perhaps
   * before this returns; a connection lost after `sent` is told by `onConnectionClosed`.
   */
  sendRequest(
    request: SipRequest,
    hop: NextHop,
    failed: (failure: TransportFailure) => void,
    sent?: (connection: Connection) => void,
  ): void;
}
