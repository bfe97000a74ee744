import {
  literalCount,
  matchesUserPattern,
  parseDomainPattern,
  parseUserPattern,
  type UserPattern,
} from "./destination-pattern.ts";
import type { StaticRoute } from "./static-route.ts";

/** All routes in service with one pattern. */
export interface RouteGroup {
  readonly pattern: string;
  readonly routes: readonly StaticRoute[];
  readonly isBlocked: boolean;
  /** Whether less specific groups may follow when all routes of this one have failed. */
  readonly allowsLessSpecific: boolean;
}

/** The groups that may be tried for a destination, most specific first; none is empty. */
export type RouteMatch =
  | { readonly kind: "none" }
  | { readonly kind: "blocked"; readonly group: RouteGroup }
  | { readonly kind: "matched"; readonly groups: readonly RouteGroup[] };

const NONE: RouteMatch = { kind: "none" };

/**
 * The static routes of one snapshot, indexed by labels (facts R26, B2.3): a look-up costs as many steps as the name has
 * labels, whatever the number of routes. Routes of type `user` are asked first, one after the other, the one with most
 * literal characters leading. What is out of service is as if it were not there.
 */
export class StaticRoutes {
  readonly #exact = new Map<string, RouteGroup>();
  readonly #below = new Map<string, RouteGroup>();
  readonly #user: readonly { readonly group: RouteGroup; readonly pattern: UserPattern }[];

  constructor(routes: readonly StaticRoute[]) {
    const inService = routes.filter((route) => route.inService);
    for (const group of groupsOf(inService.filter((route) => route.routeType === "domain"))) this.#index(group);
    this.#user = groupsOf(inService.filter((route) => route.routeType === "user"))
      .map((group) => ({ group, pattern: parseUserPattern(group.pattern) }))
      .sort((left, right) => literalCount(right.pattern) - literalCount(left.pattern));
  }

  #index(group: RouteGroup): void {
    const pattern = parseDomainPattern(group.pattern);
    if (pattern.kind === "problem") throw new Error(`static route stored with a bad pattern: ${pattern.message}`);
    (pattern.scope === "exact" ? this.#exact : this.#below).set(pattern.name, group);
  }

  /** Whether the user part can matter. */
  get hasUserRoutes(): boolean {
    return this.#user.length > 0;
  }

  /** Where requests for a user of `domain` go; `domain` in lower case. */
  match(domain: string, user?: string): RouteMatch {
    const candidates = this.candidates(domain, user);
    const first = candidates[0];
    if (first === undefined) return NONE;
    if (first.isBlocked) return { kind: "blocked", group: first };
    const end = candidates.findIndex((group) => !group.allowsLessSpecific);
    const groups = end < 0 ? candidates : candidates.slice(0, end + 1);
    return { kind: "matched", groups: groups.filter((group) => !group.isBlocked) };
  }

  /** Every group whose pattern covers the destination, most labels first, blocked ones too. */
  candidates(domain: string, user?: string): readonly RouteGroup[] {
    const found: RouteGroup[] = [];
    if (user !== undefined)
      for (const { group, pattern } of this.#user) if (matchesUserPattern(pattern, user)) found.push(group);
    push(found, this.#exact.get(domain));
    for (let name = domain; name !== ""; name = parentOf(name)) push(found, this.#below.get(name));
    push(found, this.#below.get(""));
    return found;
  }
}

function push(found: RouteGroup[], group: RouteGroup | undefined): void {
  if (group !== undefined) found.push(group);
}

function parentOf(name: string): string {
  const dot = name.indexOf(".");
  return dot < 0 ? "" : name.slice(dot + 1);
}

function groupsOf(routes: readonly StaticRoute[]): RouteGroup[] {
  return [...Map.groupBy(routes, (route) => route.destinationPattern)].map(([pattern, group]) => ({
    pattern,
    routes: group,
    isBlocked: group.some((route) => route.blocked),
    allowsLessSpecific: group.every((route) => route.allowLessSpecific),
  }));
}
