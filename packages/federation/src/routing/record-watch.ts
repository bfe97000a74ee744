import type { Clock, Random, Timer } from "@interpres/runtime";
import type { RecordReport } from "./record-report.ts";

export interface RecordWatchInit {
  readonly clock: Clock;
  readonly random: Random;
  /** Asks DNS now; never rejects. */
  readonly check: () => Promise<RecordReport>;
}

/** A report and when it was made, in milliseconds since 1970. */
export interface DatedReport extends RecordReport {
  readonly checkedAt: number;
}

const FIRST_MS = 5_000;
const EVERY_MS = 600_000;
/** After a change of settings: more of them may come together. */
const SOON_MS = 1_000;

/** Looks again and again whether what peers find us by is still there. Whoever starts it stops it. */
export class RecordWatch {
  readonly #init: RecordWatchInit;
  #latest: DatedReport | undefined;
  #checking: Promise<DatedReport> | undefined;
  #next: Timer | undefined;
  #isRunning = false;

  constructor(init: RecordWatchInit) {
    this.#init = init;
  }

  /** The last report; undefined before the first. */
  get latest(): DatedReport | undefined {
    return this.#latest;
  }

  start(): void {
    this.#isRunning = true;
    this.#in(FIRST_MS);
  }

  stop(): void {
    this.#isRunning = false;
    this.#next?.cancel();
    this.#next = undefined;
  }

  /** What is to be found may have changed. */
  soon(): void {
    if (this.#isRunning) this.#in(SOON_MS);
  }

  /** Checks now; who asks while a check is under way gets that one's report. */
  check(): Promise<DatedReport> {
    this.#checking ??= this.#init.check().then((report) => {
      this.#latest = { ...report, checkedAt: this.#init.clock.now() };
      this.#checking = undefined;
      return this.#latest;
    });
    return this.#checking;
  }

  /** A tenth more or less, so that the nodes of a cluster do not ask together. */
  #in(delayMs: number): void {
    const jitterMs = this.#init.random.below(delayMs / 5) - delayMs / 10;
    this.#next?.cancel();
    this.#next = this.#init.clock.after(delayMs + jitterMs, () => {
      this.#in(EVERY_MS);
      // One that is under way may have begun before the change.
      void (this.#checking ?? Promise.resolve()).then(() => this.check());
    });
  }
}
