import type { OctetText } from "./octet-text.ts";
import type { Parameters } from "./parameters.ts";
import { SyntaxProblem } from "./syntax-problem.ts";
import { parseTokenWithParametersAt } from "./token-with-parameters.ts";

/** Event (RFC 6665 §8.2.1). */
export interface EventValue {
  /** The event type in lower case, templates included: "presence", "presence.winfo". */
  readonly type: string;
  readonly id: string | undefined;
  readonly parameters: Parameters;
  /** As received, only unfolded. */
  readonly text: string;
}

/** Subscription-State (RFC 6665 §4.1.3). Parameters that are no numbers where numbers belong count as absent. */
export interface SubscriptionStateValue {
  /** In lower case: "active", "pending", "terminated" or an extension. */
  readonly state: string;
  /** In lower case. */
  readonly reason: string | undefined;
  readonly expiresSeconds: number | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly parameters: Parameters;
  readonly text: string;
}

/** Parses Event in a part of a text. */
export function parseEventAt(source: OctetText, from: number, end: number): EventValue | SyntaxProblem {
  const value = parseTokenWithParametersAt(source, from, end);
  if (value instanceof SyntaxProblem) return value;
  return { type: value.token, id: value.parameters.get("id"), parameters: value.parameters, text: value.text };
}

/** Parses Subscription-State in a part of a text. */
export function parseSubscriptionStateAt(
  source: OctetText,
  from: number,
  end: number,
): SubscriptionStateValue | SyntaxProblem {
  const value = parseTokenWithParametersAt(source, from, end);
  if (value instanceof SyntaxProblem) return value;
  const { parameters } = value;
  return {
    state: value.token,
    reason: parameters.get("reason")?.toLowerCase(),
    expiresSeconds: seconds(parameters.get("expires")),
    retryAfterSeconds: seconds(parameters.get("retry-after")),
    parameters,
    text: value.text,
  };
}

function seconds(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Math.min(Number(text), 0xffffffff) : undefined;
}
