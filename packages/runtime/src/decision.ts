/** One rule's answer about one message, connection or subscription, with what it compared. */
export interface Decision {
  /** Stable name of the rule: `incoming-acl`, `tls-peer-subject`, `static-route`, `dns-srv`, `unknown-user`. */
  readonly rule: string;
  readonly outcome: "admit" | "refuse" | "drop" | "matched" | "none" | "skipped" | "failed" | "done";
  /** What was seen and expected, for people: `{ presented: "a.example", expected: "b.example" }`. No bodies. */
  readonly inputs: Readonly<Record<string, string | number>>;
}

export type DecisionKind = "connection" | "request" | "message" | "subscription" | "notify" | "session" | "route";

/** The chain of decisions about one thing that passed: the source of the trace, the doctor and every "why". */
export interface DecisionEvent {
  /** Correlation id, carried by both legs. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly kind: DecisionKind;
  readonly direction: "inbound" | "outbound";
  /** What it carries, where the kind does not say: a session or a refused request may carry neither. */
  readonly traffic?: "presence" | "im";
  /** Local user, bare JID, where one is concerned. */
  readonly user?: string;
  /** Foreign domain or address, or the certificate name presented. */
  readonly peer?: string;
  /** The foreign address as a SIP request wrote it, where one did. */
  readonly peerUri?: string;
  readonly decisions: readonly Decision[];
  /** What became of it: `delivered`, `stored`, `refused 403`, `dropped`. */
  readonly result: string;
}

/**
 * What joins all that belongs to one interaction: the Call-ID, which each of its SIP messages bears (RFC 3261 §8.1.1.4). Of what
 * came to no SIP request it is the id of the event.
 */
export function correlationOf({ id, decisions }: Pick<DecisionEvent, "id" | "decisions">): string {
  for (const { inputs } of decisions) if (typeof inputs.callId === "string") return inputs.callId;
  return id;
}

/** Where decision events go; recording never blocks and never throws. */
export interface DecisionLog {
  record(event: Omit<DecisionEvent, "id" | "at"> & { readonly id?: string }): void;
}

/** What a reader asks for: a local user exactly, a foreign address or domain; from `since` on, before `until`, in milliseconds since 1970. */
export interface DecisionQuery {
  readonly user?: string;
  readonly peer?: string;
  readonly since?: number;
  readonly until?: number;
  readonly limit?: number;
}
