import type { MessageType } from "../stanza/stanza.ts";

/** A resource that could get a message. */
export interface Candidate {
  /** Presence priority; undefined for a connected resource without presence (RFC 6121 §2.2). */
  readonly priority: number | undefined;
  readonly connection: "connected" | "suspended";
}

/** What to do with a message; the letters are those of RFC 6121 Table 1. */
export type Choice<Target> =
  /** D, M or A: deliver to these. */
  | { readonly kind: "deliver"; readonly targets: readonly Target[] }
  /** O */
  | { readonly kind: "store" }
  /** E: service-unavailable. */
  | { readonly kind: "refuse" }
  /** S */
  | { readonly kind: "ignore" };

export interface Addressee<Target> {
  readonly type: MessageType;
  readonly addressed: "bare" | "full";
  /** The resource of exactly that full JID. */
  readonly match: Target | undefined;
  readonly resources: readonly Target[];
}

/**
 * RFC 6121 §8.5.2, §8.5.3 and Table 1 for an account that exists. "Most available" are the connected resources of the
 * highest priority; resources that wait to be resumed come only where no connected one is left.
 */
export function chooseTargets<Target extends Candidate>(to: Addressee<Target>): Choice<Target> {
  if (to.match !== undefined) return { kind: "deliver", targets: [to.match] };
  switch (to.type) {
    case "error":
      return { kind: "ignore" };
    case "groupchat":
      return { kind: "refuse" };
    case "headline":
      return to.addressed === "full" ? { kind: "ignore" } : deliverTo(nonNegative(to.resources), { kind: "ignore" });
    case "normal":
      return to.addressed === "full" ? { kind: "refuse" } : deliverTo(mostAvailable(to.resources), { kind: "store" });
    case "chat":
      return deliverTo(mostAvailable(to.resources), { kind: "store" });
  }
}

function deliverTo<Target>(targets: readonly Target[], otherwise: Choice<Target>): Choice<Target> {
  return targets.length === 0 ? otherwise : { kind: "deliver", targets };
}

function nonNegative<Target extends Candidate>(resources: readonly Target[]): readonly Target[] {
  return resources.filter(({ priority }) => priority !== undefined && priority >= 0);
}

function mostAvailable<Target extends Candidate>(resources: readonly Target[]): readonly Target[] {
  const able = nonNegative(resources);
  const connected = able.filter(({ connection }) => connection === "connected");
  const preferred = connected.length > 0 ? connected : able;
  if (preferred.length < 2) return preferred;
  const highest = Math.max(...preferred.map(({ priority }) => priority ?? -1));
  return preferred.filter(({ priority }) => priority === highest);
}
