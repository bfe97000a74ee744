import type { Tally } from "@interpres/runtime";
import type { Overload } from "../transport/request-gate.ts";
import type { HeaderLine } from "./answer.ts";

/** What there is to say of a bound that a peer met; `now` in milliseconds. */
export function overloadOf(tally: Tally, met: Pick<Overload, "bound" | "peer"> & { readonly now: number }): Overload {
  const { bound, peer, now } = met;
  const retryAfterSeconds = tally.secondsUntilRoom(now);
  return { bound, peer, ofPeer: tally.of(peer), total: tally.total, limits: tally.limits, retryAfterSeconds };
}

/** RFC 3261 §20.33. */
export function comeBackAfter({ retryAfterSeconds }: Overload): readonly HeaderLine[] {
  return [["Retry-After", `${retryAfterSeconds}`]];
}
