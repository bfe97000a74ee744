/** A running timer; whoever started it cancels it. Cancelling twice, or after it fired, does nothing. */
export interface Timer {
  cancel(): void;
}

/** Time as a port. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
  /** Runs `run` once, `delayMs` from now or a little later, never earlier and never before this call returns. */
  after(delayMs: number, run: () => void): Timer;
}
