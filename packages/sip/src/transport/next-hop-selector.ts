import type { Decision } from "@interpres/runtime";
import type { TransportProtocol } from "./connection.ts";

/** One place a request may be sent to. */
export interface NextHop {
  /** A host name or an address without brackets. A name is also the TLS server name (RFC 6066 §3). */
  readonly host: string;
  readonly port: number;
  readonly protocol: TransportProtocol;
  /** The domain the request is for: what its certificate must speak for unless `expectedNames` says otherwise. */
  readonly domain: string;
  /** Where this hop comes from, for people: `static-route 3`, `dns-srv _sipfederationtls._tcp.contoso.example`. */
  readonly from: string;
  /** Names of which the peer's certificate must prove one. */
  readonly expectedNames?: readonly string[];
}

export interface HopQuery {
  readonly domain: string;
  /** The user the request is for; within a dialog still his address, not the Contact. */
  readonly uri: string;
}

export type RouteDecision =
  | { readonly kind: "hops"; readonly hops: readonly NextHop[]; readonly decisions: readonly Decision[] }
  | {
      readonly kind: "refused";
      readonly status: 403 | 404 | 480 | 503 | 504;
      readonly rule: string;
      readonly reason: string;
      readonly decisions: readonly Decision[];
    };

/** Wants to know of hops that are there and cannot serve. */
export interface HopWatch {
  /** A hop answered 503; with Retry-After it asks for no further requests for so long (RFC 3261 §21.5.4). */
  unavailable(hop: NextHop, retryAfterSeconds: number | undefined): void;
}

/** Where requests for a domain go, in order of trial. Answers at once when it knows, later when it must ask. */
export interface NextHopSelector {
  select(query: HopQuery): RouteDecision | Promise<RouteDecision>;
}
