import { systemClock } from "@interpres/runtime";

/** The outcome of `promise`, or a rejection that says `what` did not happen within `limitMs`. */
export async function within<Outcome>(promise: Promise<Outcome>, limitMs: number, what: string): Promise<Outcome> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = systemClock.after(limitMs, () => reject(new Error(`${what} in ${limitMs} ms`)));
  return await Promise.race([promise, late]).finally(() => timer.cancel());
}
