import type { ServiceState } from "@interpres/admin-api";
import {
  type AfterStop,
  type Broke,
  type Clock,
  type Logger,
  type Service,
  type Timer,
  Turns,
} from "@interpres/runtime";
import type { Obeyed } from "./admin/node/service-control.ts";

const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;

/** A service and what it stands on, by name. What is not supervised here is taken to run. */
export interface Unit {
  readonly service: Service;
  /** It runs only while these do: it stops with them and restarts with them. */
  readonly needs?: readonly string[];
  /** While one of these does not run it is degraded. */
  readonly uses?: readonly string[];
}

/** Where a unit stands. `startedAt` in milliseconds since 1970, while it runs. */
export interface UnitView {
  readonly name: string;
  readonly state: ServiceState;
  readonly startedAt: number | undefined;
}

export interface SupervisorInit {
  readonly clock: Clock;
  readonly log: Logger;
  /** In the order they start: nothing before what it needs. */
  readonly units: readonly Unit[];
  /** Whether a unit starts with the node; every one by default. */
  readonly isActivated?: (name: string) => boolean;
  /** These are about to start, or to restart: told before the first of them stops. */
  readonly starting?: (names: readonly string[]) => void;
}

interface Supervised {
  readonly service: Service;
  readonly needs: readonly string[];
  readonly uses: readonly string[];
  state: Exclude<ServiceState, "degraded">;
  startedAt: number | undefined;
  failures: number;
  retry: Timer | undefined;
  /** Who may report of the run that it broke; of an earlier run nobody may. */
  broke: Broke | undefined;
}

const DONE: Obeyed = { kind: "done" };

/**
 * Starts services in order and stops them in reverse; starts, stops and restarts one by order, with those that need it;
 * and starts one that failed again with back-off, without touching the others. One thing happens at a time.
 */
export class Supervisor {
  readonly #init: SupervisorInit;
  readonly #units: readonly Supervised[];
  readonly #turns = new Turns();
  readonly #listeners = new Set<(view: Pick<UnitView, "name" | "state">) => void>();
  #isEnding = false;

  constructor(init: SupervisorInit) {
    this.#init = init;
    this.#units = init.units.map(({ service, needs = [], uses = [] }) => ({
      service,
      needs,
      uses,
      state: "stopped",
      startedAt: undefined,
      failures: 0,
      retry: undefined,
      broke: undefined,
    }));
  }

  /** Starts what is activated. Rejects with the first that could not start; those already running are stopped again. */
  async start(): Promise<void> {
    try {
      await this.#turns.take(() => this.#startAll());
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** For good. Waits for what is under way; never rejects. */
  stop(): Promise<void> {
    this.#isEnding = true;
    for (const { retry } of this.#units) retry?.cancel();
    return this.#turns.take(() => this.#stopThese(this.#units, () => "rest"));
  }

  /** Starts one that does not run. */
  startUnit(name: string): Promise<Obeyed> {
    return this.#turns.take(async () => (this.#runs(name) ? DONE : this.#bringUp(this.#unit(name))));
  }

  /** Stops one, and first those that need it. Answers with the names of all it stopped. */
  stopUnit(name: string): Promise<readonly string[]> {
    return this.#turns.take(async () => {
      const group = this.#wantedWith(this.#unit(name));
      await this.#stopThese(group, () => "rest");
      return namesOf(group);
    });
  }

  /** Stops and starts one, and with it those that need it and are not stopped. One that is stopped starts alone. */
  restartUnit(name: string): Promise<Obeyed> {
    return this.#turns.take(() => this.#bringUp(this.#unit(name)));
  }

  /** Stops all of these, then starts what is activated among them, as the node's own start does. */
  restartAll(names: readonly string[]): Promise<Obeyed> {
    return this.#turns.take(async () => {
      const units = this.#units.filter(({ service }) => names.includes(service.name));
      const activated = units.filter((unit) => this.#isActivated(unit));
      return this.#restart(units, activated);
    });
  }

  /** Told of each unit that has started, stopped or failed. Returns what ends it. */
  onChange(listener: (view: Pick<UnitView, "name" | "state">) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  states(): readonly UnitView[] {
    return this.#units.map((unit) => ({
      name: unit.service.name,
      state: unit.state === "running" && !unit.uses.every((name) => this.#runs(name)) ? "degraded" : unit.state,
      startedAt: unit.startedAt,
    }));
  }

  async #startAll(): Promise<void> {
    const units = this.#units.filter((unit) => this.#isActivated(unit));
    this.#init.starting?.(namesOf(units));
    for (const unit of units) await this.#begin(unit);
  }

  async #bringUp(unit: Supervised): Promise<Obeyed> {
    const missing = this.#missing(unit);
    if (missing.length > 0) return { kind: "refused", missing };
    unit.failures = 0;
    const group = [unit, ...this.#wantedWith(unit).filter((other) => other !== unit)];
    return this.#restart(group, group);
  }

  /** Stops in reverse and starts in order; what does not start holds up nobody who does not need it. */
  async #restart(stopped: readonly Supervised[], started: readonly Supervised[]): Promise<Obeyed> {
    if (this.#isEnding) return DONE;
    this.#init.starting?.(namesOf(started));
    await this.#stopThese(stopped, (unit) => (started.includes(unit) ? "restart" : "rest"));
    for (const unit of started) unit.state = "starting";
    const failures: string[] = [];
    for (const unit of started) {
      try {
        // It comes back with what it needs, which is tried again.
        if (this.#missing(unit).length > 0) unit.state = "failed";
        else await this.#begin(unit);
      } catch (error) {
        failures.push(messageOf(error));
        this.#broke(unit, error);
      }
    }
    return failures.length === 0 ? DONE : { kind: "failed", reason: failures.join("; ") };
  }

  async #begin(unit: Supervised): Promise<void> {
    const broke: Broke = (error) => {
      if (unit.broke === broke && unit.state === "running" && !this.#isEnding) this.#brokeAfterRunning(unit, error);
    };
    unit.state = "starting";
    unit.broke = broke;
    try {
      await unit.service.start(broke);
    } catch (error) {
      unit.state = "failed";
      throw new Error(`${unit.service.name} did not start: ${messageOf(error)}`, { cause: error });
    }
    unit.state = "running";
    unit.startedAt = this.#init.clock.now();
    this.#init.log.info("service.started", { service: unit.service.name });
    this.#tell(unit);
  }

  async #stopThese(units: readonly Supervised[], next: (unit: Supervised) => AfterStop): Promise<void> {
    for (const unit of [...units].reverse()) {
      unit.retry?.cancel();
      unit.startedAt = undefined;
      const mayHoldSomething = unit.state === "running" || unit.state === "failed";
      unit.state = mayHoldSomething ? "stopping" : unit.state;
      if (mayHoldSomething) await unit.service.stop(next(unit));
      unit.state = "stopped";
      if (!mayHoldSomething) continue;
      this.#init.log.info("service.stopped", { service: unit.service.name });
      this.#tell(unit);
    }
  }

  /** One that ran for long begins with the shortest wait again. */
  #brokeAfterRunning(unit: Supervised, error: Error): void {
    const ranMs = this.#init.clock.now() - (unit.startedAt ?? 0);
    if (ranMs > LONGEST_BACKOFF_MS) unit.failures = 0;
    this.#broke(unit, error);
  }

  /** It restarts: at once the first time, later after each failure. */
  #broke(unit: Supervised, error: unknown): void {
    const { clock, log } = this.#init;
    log.error("service.failed", { service: unit.service.name, reason: messageOf(error) });
    unit.state = "failed";
    unit.startedAt = undefined;
    this.#tell(unit);
    const delay = unit.failures === 0 ? 0 : Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (unit.failures - 1));
    unit.failures += 1;
    unit.retry?.cancel();
    unit.retry = clock.after(delay, () => void this.#turns.take(() => this.#recover(unit)));
  }

  #tell({ service: { name }, state }: Supervised): void {
    for (const listener of this.#listeners) listener({ name, state });
  }

  async #recover(unit: Supervised): Promise<void> {
    // What it needs brings it back.
    if (unit.state !== "failed" || this.#missing(unit).length > 0) return;
    const group = this.#wantedWith(unit);
    await this.#restart(group, group);
  }

  /** The unit and those that need it, directly or not, and are not stopped: in the order of starting. */
  #wantedWith(unit: Supervised): readonly Supervised[] {
    const names = new Set([unit.service.name]);
    return this.#units.filter((candidate) => {
      const belongs = candidate === unit || candidate.needs.some((needed) => names.has(needed));
      if (belongs) names.add(candidate.service.name);
      return belongs && candidate.state !== "stopped";
    });
  }

  #missing(unit: Supervised): readonly string[] {
    return unit.needs.filter((name) => !this.#runs(name));
  }

  #runs(name: string): boolean {
    const unit = this.#units.find(({ service }) => service.name === name);
    return unit === undefined || unit.state === "running";
  }

  #isActivated({ service }: Supervised): boolean {
    return this.#init.isActivated?.(service.name) ?? true;
  }

  #unit(name: string): Supervised {
    const unit = this.#units.find(({ service }) => service.name === name);
    if (unit === undefined) throw new Error(`no service ${name} is supervised here`);
    return unit;
  }
}

function namesOf(units: readonly Supervised[]): readonly string[] {
  return units.map(({ service }) => service.name);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
