import { Worker } from "node:worker_threads";
import { StoreError } from "./store-error.ts";
import type { Batch, ColumnValue, FromWriter, ToWriter, WriteFailure } from "./writer-protocol.ts";

/** One statement with its values, as a query builder or a template made it. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly ColumnValue[];
}

/** Told once: without a failure the unit is on the disk; with one nothing of it is. */
export type Settled = (failure?: StoreError) => void;

interface Unit {
  readonly statements: readonly Statement[];
  readonly settled: Settled;
}

/** About a second of what the disk takes; more means it stands still. */
const MAX_WAITING_UNITS = 100_000;

/**
 * The main thread's end of the writer worker. One batch is under way at a time; whatever is queued meanwhile goes into
 * the next one, so a slow disk makes bigger transactions instead of a longer queue.
 */
export class Writer {
  readonly #worker: Worker;
  readonly #onDeath: (error: StoreError) => void;
  #waiting: Unit[] = [];
  #underWay: readonly Unit[] = [];
  #state: "idle" | "scheduled" | "busy" | "closing" | "dead" = "busy";
  #isAccepting = true;
  readonly #started: Settled;
  #closed: (() => void) | undefined;

  /** `started` is told when the worker has the file open; `onDeath` when the worker ended by itself: fatal. */
  constructor(path: string, started: Settled, onDeath: (error: StoreError) => void) {
    this.#started = started;
    this.#onDeath = onDeath;
    this.#worker = new Worker(new URL("./writer-worker.ts", import.meta.url), { workerData: { path } });
    this.#worker.on("message", (message: FromWriter) => this.#answered(message));
    this.#worker.on("error", (error) => this.#died(error instanceof Error ? error : new Error(String(error))));
    this.#worker.on("exit", (code) => this.#died(new Error(`writer thread ended with code ${code}`)));
  }

  /** Queues one unit: all its statements hold, or none. No statements: tells when everything queued before is settled. */
  enqueue(statements: readonly Statement[], settled: Settled): void {
    const refusal = this.#refusal();
    if (refusal !== undefined) {
      queueMicrotask(() => settled(refusal));
      return;
    }
    this.#waiting.push({ statements, settled });
    if (this.#state !== "idle") return;
    this.#state = "scheduled";
    queueMicrotask(() => this.#post());
  }

  isSettled(): boolean {
    return this.#waiting.length === 0 && this.#underWay.length === 0;
  }

  /** Writes what is queued, then ends the worker. */
  async close(): Promise<void> {
    if (!this.#isAccepting) return;
    if (!this.isSettled()) {
      const drained = new Promise<void>((resolve) => this.enqueue([], () => resolve()));
      this.#isAccepting = false;
      await drained;
    }
    this.#isAccepting = false;
    if (this.#state === "dead") return;
    this.#state = "closing";
    await new Promise<void>((resolve) => {
      this.#closed = resolve;
      this.#send({ kind: "close" });
    });
  }

  #refusal(): StoreError | undefined {
    if (this.#state === "dead") return new StoreError("failed", "the writer thread has ended");
    if (!this.#isAccepting) return new StoreError("closed", "the store is closed");
    if (this.#waiting.length < MAX_WAITING_UNITS) return undefined;
    return new StoreError("overloaded", `${MAX_WAITING_UNITS} writes wait for the disk`);
  }

  #post(): void {
    if (this.#state !== "scheduled") return;
    this.#underWay = this.#waiting;
    this.#waiting = [];
    this.#state = "busy";
    this.#send(batchOf(this.#underWay));
  }

  #send(message: ToWriter): void {
    this.#worker.postMessage(message);
  }

  #answered(message: FromWriter): void {
    switch (message.kind) {
      case "ready":
        this.#started();
        this.#continue();
        return;
      case "committed":
        this.#settle(new Map(message.failures.map(([unit, failure]) => [unit, errorOf(failure)])));
        return;
      case "failed": {
        const error = errorOf(message.failure);
        this.#settle(new Map(this.#underWay.keys().map((unit) => [unit, error])));
        return;
      }
      case "closed":
        this.#closed?.();
    }
  }

  #settle(failures: ReadonlyMap<number, StoreError>): void {
    const units = this.#underWay;
    this.#underWay = [];
    // The next batch is under way before anybody hears of this one: the disk does not wait for listeners.
    this.#continue();
    for (const [index, unit] of units.entries()) unit.settled(failures.get(index));
  }

  #continue(): void {
    if (this.#state !== "busy") return;
    this.#state = "idle";
    if (this.#waiting.length === 0) return;
    this.#state = "scheduled";
    this.#post();
  }

  #died(cause: Error): void {
    if (this.#state === "dead") return;
    const wanted = this.#state === "closing";
    this.#state = "dead";
    if (wanted) {
      this.#closed?.();
      return;
    }
    const error = new StoreError("failed", `the writer thread ended: ${cause.message}`, { cause });
    const units = [...this.#underWay, ...this.#waiting];
    this.#underWay = [];
    this.#waiting = [];
    this.#started(error);
    for (const unit of units) unit.settled(error);
    this.#onDeath(error);
  }
}

function errorOf(failure: WriteFailure): StoreError {
  return new StoreError(failure.code, failure.message);
}

/** Texts repeat within a batch; each crosses to the worker once. */
function batchOf(units: readonly Unit[]): Batch {
  const places = new Map<string, number>();
  const batch = {
    kind: "batch" as const,
    texts: [] as string[],
    widths: [] as number[],
    units: units.map(({ statements }) => statements.length),
    statements: [] as number[],
    values: [] as ColumnValue[],
  };
  const placeOf = ({ sql, parameters }: Statement): number => {
    const known = places.get(sql);
    if (known !== undefined) return known;
    places.set(sql, places.size);
    batch.texts.push(sql);
    batch.widths.push(parameters.length);
    return places.size - 1;
  };
  for (const { statements } of units)
    for (const statement of statements) {
      batch.statements.push(placeOf(statement));
      batch.values.push(...statement.parameters);
    }
  return batch;
}
