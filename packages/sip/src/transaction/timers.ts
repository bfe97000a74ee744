/** The three values RFC 3261 §17.1.1.1 and §17.1.2.2 build on: T1 500 ms, T2 4 s, T4 5 s unless the settings say else. */
export interface BaseTimers {
  readonly t1Ms: number;
  readonly t2Ms: number;
  readonly t4Ms: number;
}

export const defaultBaseTimers: BaseTimers = { t1Ms: 500, t2Ms: 4000, t4Ms: 5000 };

/** The lettered timers of RFC 3261 §17 (Table 4) and RFC 6026 for one kind of transport, in milliseconds. */
export interface TransactionTimers extends BaseTimers {
  /** Whether A, E and G run at all: only where the transport may lose messages. */
  readonly retransmit: boolean;
  readonly b: number;
  readonly d: number;
  readonly f: number;
  readonly h: number;
  readonly i: number;
  readonly j: number;
  readonly k: number;
  readonly l: number;
  readonly m: number;
  /** How long an INVITE server transaction waits for its user before it says 100 (RFC 3261 §17.2.1). */
  readonly provisional: number;
  /** When a client's Timer E is reset to T2: from then a non-INVITE may be, and must be, answered 100 (RFC 4320 §4.1). */
  readonly trying: number;
}

const PROVISIONAL_MS = 200;
/** RFC 6026 §8.4: Timer D does not follow T1, because it covers the other side's Timer H. */
const TIMER_D_MS = 32_000;

/** All timers that follow from T1, T2 and T4: the waits D, I, J, K are zero where nothing is retransmitted. */
export function transactionTimers(base: BaseTimers, transport: "reliable" | "unreliable"): TransactionTimers {
  const retransmit = transport === "unreliable";
  const give = 64 * base.t1Ms;
  return {
    ...base,
    retransmit,
    b: give,
    d: retransmit ? TIMER_D_MS : 0,
    f: give,
    h: give,
    i: retransmit ? base.t4Ms : 0,
    j: retransmit ? give : 0,
    k: retransmit ? base.t4Ms : 0,
    l: give,
    m: give,
    provisional: PROVISIONAL_MS,
    trying: timeUntilT2(base),
  };
}

/** Timer E fires after T1, 2*T1, … until the next interval would be T2. */
function timeUntilT2({ t1Ms, t2Ms }: BaseTimers): number {
  let elapsed = 0;
  for (let interval = t1Ms; interval < t2Ms; interval *= 2) elapsed += interval;
  return Math.max(elapsed, t1Ms);
}

export type TransportKind = "tls" | "tcp" | "udp";

/** RFC 3261 §17: only UDP loses messages. */
export function reliabilityOf(transport: TransportKind): "reliable" | "unreliable" {
  return transport === "udp" ? "unreliable" : "reliable";
}
