import type { SipRequest, SipResponse } from "../message/message.ts";
import type { Connection } from "../transport/connection.ts";
import type { NextHop } from "../transport/next-hop-selector.ts";

/** Told by a client transaction (RFC 3261 §17.1). `final` or `failed` comes once; later 2xx of a fork come as `final`. */
export interface ClientTransactionUser {
  provisional?(response: SipResponse): void;
  /** `hop` is the one that answered. For INVITE each 2xx is passed, repeats included (RFC 6026 §7.2). */
  final(response: SipResponse, hop: NextHop): void;
  /** No hop answered: act as on 408 or 503 (RFC 3261 §8.1.3.1). */
  failed(cause: "timeout" | "transport", detail: string): void;
}

export interface ClientTransaction {
  /** As sent on the present hop, our Via included. */
  readonly request: SipRequest;
  readonly hop: NextHop;
  /** INVITE only: sends CANCEL once a provisional response is there (RFC 3261 §9.1); gives up after 64*T1 more. */
  cancel(): void;
}

/** Told by an INVITE server transaction; other methods have nothing to tell. */
export interface ServerTransactionUser {
  /** A CANCEL came before our final answer (RFC 3261 §9.2). The layer has answered it 200 and the INVITE 487. */
  cancelled?(): void;
  /** No ACK for our 3xx-6xx within Timer H (RFC 3261 §17.2.1). */
  unacknowledged?(): void;
}

export interface ServerTransaction {
  readonly request: SipRequest;
  readonly connection: Connection;
  /** The To tag of every answer to it: the request's own, else one drawn for it (RFC 3261 §8.2.6.2). */
  readonly toTag: string;
  /** Set by whoever handles the request, before the handler returns. */
  user: ServerTransactionUser | undefined;
  /** Passes a response to the machine. After a final one only further 2xx to INVITE are sent (RFC 6026 §7.1). */
  respond(response: SipResponse): void;
}
