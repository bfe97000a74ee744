import type { LampName } from "@interpres/admin-api";
import type { Decision, DecisionEvent } from "@interpres/runtime";

export interface LampSuccess {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly user: string | null;
  readonly detail: string;
}

export interface LampFailure extends LampSuccess {
  readonly rule: string;
  /** Null where nothing was answered. */
  readonly status: number | null;
}

/** What one decision event says about one lamp. */
export type Reading =
  | { readonly kind: "success"; readonly lamp: LampName; readonly success: LampSuccess }
  | { readonly kind: "failure"; readonly lamp: LampName; readonly failure: LampFailure };

const LAMPS = {
  presence: { inbound: "presenceIn", outbound: "presenceOut" },
  im: { inbound: "imIn", outbound: "imOut" },
} as const;
const PASSED = /^(?:(?:delivered|accepted)(?: \d{3})?|stored|active|pending)$/;
const FAILED = /^(?:refused (\d{3})|failed)$/;
const LONGEST_DETAIL = 512;

/** Undefined for what says nothing about traffic: a connection, a call, what people decided on each other. */
export function readingOf(event: DecisionEvent): Reading | undefined {
  const traffic = trafficOf(event);
  if (traffic === undefined) return undefined;
  const lamp = LAMPS[traffic][event.direction];
  const { at, user = null, result } = event;
  if (PASSED.test(result)) return { kind: "success", lamp, success: { at, user, detail: result } };
  const failed = FAILED.exec(result);
  if (failed === null) return undefined;
  const status = failed[1] === undefined ? null : Number(failed[1]);
  return { kind: "failure", lamp, failure: { at, user, status, ...causeOf(event.decisions.at(-1)) } };
}

function trafficOf({ kind, traffic }: DecisionEvent): DecisionEvent["traffic"] {
  if (kind === "message") return "im";
  return kind === "subscription" || kind === "notify" ? "presence" : traffic;
}

/** A rule that one layer below named counts before the one that only passed its answer on. */
function causeOf(decision: Decision | undefined): Pick<LampFailure, "rule" | "detail"> {
  const { rule: below = "", text, ...inputs } = decision?.inputs ?? {};
  const rule = below === "" ? (decision?.rule ?? "") : String(below);
  const detail =
    text ??
    Object.entries(inputs)
      .map(([name, value]) => `${name} ${value}`)
      .join(", ");
  return { rule, detail: String(detail).slice(0, LONGEST_DETAIL) };
}
