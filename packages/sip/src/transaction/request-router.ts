import type { Clock, Logger } from "@interpres/runtime";
import type { SipRequest } from "../message/message.ts";
import type { NextHop, NextHopSelector, RouteDecision } from "../transport/next-hop-selector.ts";
import { CalledParties } from "./called-parties.ts";
import type { RequestOutcome } from "./request-outcome.ts";
import type { TransactionLayer } from "./transaction-layer.ts";
import type { ClientTransaction, ClientTransactionUser } from "./transaction-user.ts";

/** A request and whom it is for. The hops follow from the peer's domain, never from Route or Contact of the peer. */
export interface RoutedRequest {
  readonly domain: string;
  readonly uri: string;
  /** The hop that carried the dialog so far: first, if it is still among the hops. */
  readonly preferred?: NextHop | undefined;
  /** Builds the request once the hops are known, for the first of them; undefined when it is no longer wanted. */
  build(hop: NextHop): SipRequest | undefined;
}

export interface RoutedUser extends ClientTransactionUser {
  /** Nothing was sent, or the wish was gone before it could be. */
  unroutable(refusal: { readonly status: number; readonly rule: string; readonly reason: string }): void;
  /** The transaction is on its way. */
  started?(transaction: ClientTransaction): void;
}

export interface RequestRouterParts {
  readonly clock: Clock;
  readonly transactions: TransactionLayer;
  readonly selector: NextHopSelector;
  readonly log: Logger;
}

/** Finds the hops for a request of ours and starts its transaction. Its users are called later, never from within. */
export class RequestRouter {
  readonly #clock: Clock;
  readonly #transactions: TransactionLayer;
  readonly #selector: NextHopSelector;
  readonly #log: Logger;
  readonly #calledParties: CalledParties;

  constructor({ clock, transactions, selector, log }: RequestRouterParts) {
    this.#clock = clock;
    this.#transactions = transactions;
    this.#selector = selector;
    this.#log = log;
    this.#calledParties = new CalledParties(clock);
  }

  send(routed: RoutedRequest, user: RoutedUser): void {
    const { domain, uri } = routed;
    const decision = this.#selector.select({ domain, uri });
    if (!(decision instanceof Promise)) {
      this.#decided(decision, routed, user);
      return;
    }
    decision.then(
      (found) => this.#decided(found, routed, user),
      (error: unknown) => this.#failed(error, routed, user),
    );
  }

  /** An ACK for a 2xx, on the hop that its INVITE took (RFC 3261 §13.2.2.4). */
  acknowledge(acknowledgement: SipRequest, hop: NextHop): void {
    this.#transactions.acknowledge(acknowledgement, hop);
  }

  #decided(decision: RouteDecision, routed: RoutedRequest, user: RoutedUser): void {
    if (decision.kind === "refused") {
      this.#refuse(user, decision);
      return;
    }
    const hops = preferring(decision.hops, routed.preferred);
    const request = this.#build(routed, hops, user);
    if (request === undefined) return;
    const parties = this.#calledParties;
    const isCall = parties.concerns(request);
    const absence = isCall ? parties.notYetBack(request) : undefined;
    if (absence !== undefined) {
      this.#refuse(user, absence);
      return;
    }
    const transaction = this.#transactions.request(request, hops, isCall ? remembering(request, parties, user) : user);
    if (transaction !== undefined) user.started?.(transaction);
  }

  /** Parts that cannot be written into a request (CR LF in a header, a blank in a URI) cost the one request. */
  #build(routed: RoutedRequest, [hop]: readonly NextHop[], user: RoutedUser): SipRequest | undefined {
    try {
      if (hop === undefined) throw new RangeError("no hop");
      const request = routed.build(hop);
      if (request === undefined) this.#refuse(user, { status: 487, rule: "withdrawn", reason: "no longer wanted" });
      return request;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#log.warn("request.unsendable", { domain: routed.domain, reason: error.message });
      this.#refuse(user, { status: 400, rule: "unsendable", reason: error.message });
      return undefined;
    }
  }

  #refuse(user: RoutedUser, refusal: Parameters<RoutedUser["unroutable"]>[0]): void {
    this.#clock.after(0, () => user.unroutable(refusal));
  }

  #failed(error: unknown, routed: RoutedRequest, user: RoutedUser): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#log.error("route.selection-failed", { domain: routed.domain, reason });
    user.unroutable({ status: 503, rule: "selector-failed", reason });
  }
}

/** `user`, whose called party is remembered by the answer. */
function remembering(request: SipRequest, parties: CalledParties, user: ClientTransactionUser): ClientTransactionUser {
  return {
    provisional: (response) => user.provisional?.(response),
    final: (response, hop) => {
      parties.answered(request, response);
      user.final(response, hop);
    },
    failed: (cause, detail) => user.failed(cause, detail),
  };
}

function preferring(hops: readonly NextHop[], preferred: NextHop | undefined): readonly NextHop[] {
  if (preferred === undefined || hops.length < 2) return hops;
  const position = hops.findIndex((hop) => isSame(hop, preferred));
  const hop = hops[position];
  return hop === undefined || position === 0 ? hops : [hop, ...hops.filter((other) => other !== hop)];
}

function isSame(left: NextHop, right: NextHop): boolean {
  return left.host === right.host && left.port === right.port && left.protocol === right.protocol;
}

/** Tells one listener how the request ended, whatever way. */
export function outcomeUser(done: (outcome: RequestOutcome, hop?: NextHop) => void): RoutedUser {
  return {
    final: (response, hop) =>
      done({ kind: "answered", status: response.status, reason: response.reason, response }, hop),
    failed: (cause, detail) => done({ kind: "failed", cause, detail }),
    unroutable: ({ status, rule, reason }) => done({ kind: "unroutable", status, rule, reason }),
  };
}
