import type { DecisionEvent } from "@interpres/runtime";
import { HELD_BACK } from "./judge-answer.ts";
import type { Finding } from "./report.ts";

const RULE = "retry-after";

/** Whether the peer has asked us to send less, by the decisions about what we sent it (RFC 3261 §20.33). */
export function judgePace(events: readonly DecisionEvent[], now: number): Finding {
  const waits = events.flatMap(({ at, decisions }) => {
    const inputs = decisions.find(({ rule }) => rule === RULE)?.inputs;
    return inputs === undefined ? [] : [{ host: inputs.host, until: at + Number(inputs.retryAfterSeconds) * 1000 }];
  });
  if (waits.length === 0) return { outcome: "passed", seen: "none" };
  const asked = `${waits[0]?.host} asked us to wait, ${waits.length} × within the last hour`;
  const leftMs = Math.max(...waits.map(({ until }) => until)) - now;
  if (leftMs <= 0) return { outcome: "warned", seen: asked, remedy: HELD_BACK };
  return { outcome: "failed", seen: `${asked}, for another ${Math.ceil(leftMs / 1000)} s`, remedy: HELD_BACK };
}
