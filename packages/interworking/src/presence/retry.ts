import type { Clock, Random, Timer } from "@interpres/runtime";

/** A try that is still to come; whoever began it cancels it. */
export interface Retry extends Timer {
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Runs `run` after the delay or up to a fifth later, so that those who failed together do not come back together. */
export function retryIn(
  { clock, random }: { readonly clock: Clock; readonly random: Random },
  delaySeconds: number,
  run: () => void,
): Retry {
  const delayMs = delaySeconds * 1000 + random.below(delaySeconds * 200 + 1);
  const timer = clock.after(delayMs, run);
  return { at: clock.now() + delayMs, cancel: () => timer.cancel() };
}
