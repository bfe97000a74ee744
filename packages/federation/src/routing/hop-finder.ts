import { isIP } from "node:net";
import type { Random, SrvRecord } from "@interpres/runtime";
import { type NextHop, unescapeUri, userOf } from "@interpres/sip";
import type { MaySpeak } from "../trust/may-speak.ts";
import type { RoutingStep } from "./clearing-house.ts";
import { serviceNameOfRoute } from "./dns-routes.ts";
import type { StaticRoute } from "./static-route.ts";
import type { StaticRoutes } from "./static-routes.ts";
import type { KnownNames } from "./watched-names.ts";
import { drawnOrder, likelyOrder, type Weighted } from "./weighted-order.ts";

/** Whom a request is for: the domain its certificate must speak for, and the user's URI. */
export interface Destination {
  readonly domain: string;
  readonly uri: string;
}

/** What one step of the ordered list came to. `detail` is for people. */
export type StepOutcome =
  | { readonly kind: "matched"; readonly hops: readonly NextHop[]; readonly detail: string }
  | { readonly kind: "blocked" | "dead-end" | "none" | "failed" | "skipped"; readonly detail: string }
  /** DNS must be asked for this name first. */
  | { readonly kind: "unknown"; readonly name: string };

export interface HopFinderInit {
  readonly routes: StaticRoutes;
  readonly maySpeak: MaySpeak;
  readonly services: KnownNames<readonly SrvRecord[]>;
  /** True for our own names: a zone that points at one would have us call ourselves. */
  readonly isOwnName: (host: string) => boolean;
}

/** How equal choices are put in order: by chance for traffic, by likelihood for explanations. */
export type ChoiceOrder = <Choice extends Weighted>(choices: readonly Choice[]) => readonly Choice[];

export const likely: ChoiceOrder = likelyOrder;

export function drawn(random: Random): ChoiceOrder {
  return (choices) => drawnOrder(choices, random);
}

/** Answers one step of the list from what is in memory. */
export class HopFinder {
  readonly #init: HopFinderInit;

  constructor(init: HopFinderInit) {
    this.#init = init;
  }

  find(step: RoutingStep, destination: Destination, order: ChoiceOrder): StepOutcome {
    if (step.rule === "static-route") return this.#byStaticRoute(step.domain, destination, order);
    if (step.isSkipped) return { kind: "skipped", detail: "direct federation uses static routes only" };
    return this.#byService(step.name, destination, order);
  }

  #byStaticRoute(domain: string, destination: Destination, order: ChoiceOrder): StepOutcome {
    const { routes } = this.#init;
    const match = routes.match(domain, routes.hasUserRoutes ? userPartOf(destination.uri) : undefined);
    if (match.kind === "none") return { kind: "none", detail: `no static route for ${domain}` };
    if (match.kind === "blocked") return { kind: "blocked", detail: `${match.group.pattern} is blocked` };
    const hops: NextHop[] = [];
    for (const route of match.groups.flatMap((group) => order(group.routes))) {
      const found = this.#hopsOfRoute(route, destination, order);
      if (found.kind === "unknown") return found;
      hops.push(...found.hops);
    }
    const pattern = match.groups[0]?.pattern ?? "";
    if (hops.length === 0) return { kind: "dead-end", detail: `${pattern} leads to an SRV name without records` };
    return { kind: "matched", hops, detail: pattern };
  }

  #hopsOfRoute(
    route: StaticRoute,
    { domain }: Destination,
    order: ChoiceOrder,
  ): Extract<StepOutcome, { readonly kind: "unknown" }> | { readonly kind: "hops"; readonly hops: readonly NextHop[] } {
    const { nextHop: host, nextHopPort: port, protocol } = route;
    const from = `static-route ${route.id}`;
    if (port !== 0) return { kind: "hops", hops: [this.hop({ host, port, protocol, from, domain })] };
    const name = serviceNameOfRoute(route);
    const known = this.#init.services.known(name);
    if (known === undefined) return { kind: "unknown", name };
    const records = known.kind === "found" ? order(known.value) : [];
    const hops = records.map((record) =>
      this.hop({ host: record.target, port: record.port, protocol, domain, from: `${from} dns-srv ${name}` }),
    );
    return { kind: "hops", hops };
  }

  #byService(name: string, { domain }: Destination, order: ChoiceOrder): StepOutcome {
    const known = this.#init.services.known(name);
    if (known === undefined) return { kind: "unknown", name };
    if (known.kind === "none") return { kind: "none", detail: `no SRV record ${name}` };
    if (known.kind === "failed") return { kind: "failed", detail: `DNS gave no answer for ${name}: ${known.reason}` };
    const records = order(known.value.filter((record) => !this.#init.isOwnName(record.target)));
    if (records.length === 0) return { kind: "none", detail: `${name} points at this server` };
    const from = `dns-srv ${name}`;
    const hops = records.map(({ target, port }) => this.hop({ host: target, port, protocol: "tls", from, domain }));
    return { kind: "matched", hops, detail: hops.map((hop) => `${hop.host}:${hop.port}`).join(", ") };
  }

  /** Whether a route may depend on the user, not on the domain alone. */
  get asksForUsers(): boolean {
    return this.#init.routes.hasUserRoutes;
  }

  /** The certificate may show the hop's name or whatever may speak for the domain. */
  hop(hop: Omit<NextHop, "expectedNames">): NextHop {
    if (hop.protocol !== "tls") return hop;
    const { maySpeak } = this.#init;
    const expectedNames =
      isIP(hop.host) === 0
        ? [...new Set([hop.host, ...maySpeak.namesFor(hop.domain)])]
        : maySpeak.namesAtAddress(hop.domain);
    return { ...hop, expectedNames };
  }
}

/** The user part a route of type user is compared with, unescaped (RFC 3261 §19.1.2). */
function userPartOf(uri: string): string | undefined {
  const user = userOf(uri);
  return user === "" ? undefined : unescapeUri(user);
}
