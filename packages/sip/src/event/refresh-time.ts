import type { Random } from "@interpres/runtime";

const MARGIN_SECONDS = 120;
const STEPS = 1000;

/**
 * When to refresh, in milliseconds from now: at 90 % of the grant or 120 s before its end, whichever is earlier, and up
 * to a tenth earlier by chance, so that subscriptions made together do not stay together.
 */
export function refreshDelayMs(expiresSeconds: number, random: Random): number {
  const lead = Math.max(expiresSeconds / 10, Math.min(MARGIN_SECONDS, expiresSeconds / 2));
  const jitter = 1 - random.below(STEPS) / STEPS / 10;
  return (expiresSeconds - lead) * jitter * 1000;
}
