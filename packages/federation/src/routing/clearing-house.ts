import type { Peer } from "../peer/peer-directory.ts";
import { serviceNamesOf } from "./dns-routes.ts";

/** One question of routing, in the order of the list; the first that answers wins. */
export type RoutingStep =
  | { readonly rule: "static-route"; readonly domain: string }
  | { readonly rule: "dns-srv"; readonly domain: string; readonly name: string; readonly isSkipped: boolean };

/**
 * The ordered list for a peer (facts R58–R60): static route, then SRV of its own domain; for a domain of type aol that is
 * not the clearing house itself, then the same two of the clearing house. Direct federation never asks DNS.
 */
export function stepsFor(peer: Peer, clearingHouse: string): readonly RoutingStep[] {
  const own = ownSteps(peer.domain, peer);
  if (peer.integrationType !== "aol" || peer.domain === clearingHouse) return own;
  return [...own, ...ownSteps(clearingHouse, peer)];
}

function ownSteps(domain: string, peer: Peer): readonly RoutingStep[] {
  const isSkipped = peer.directFederation;
  return [
    { rule: "static-route", domain },
    ...serviceNamesOf(domain, peer.integrationType).map((name) => ({
      rule: "dns-srv" as const,
      domain,
      name,
      isSkipped,
    })),
  ];
}
