import type { Clock, Logger, Service, Timer } from "@interpres/runtime";

const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 30_000;

export type ServiceState = "stopped" | "starting" | "running" | "failed";

interface Unit {
  readonly service: Service;
  state: ServiceState;
  failures: number;
  retry: Timer | undefined;
}

/**
 * Starts services in the order given, stops them in reverse, and starts one that failed again with back-off, without
 * touching the others.
 */
export class Supervisor {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #units: readonly Unit[];
  #stopping = false;

  constructor(ports: { readonly clock: Clock; readonly log: Logger; readonly services: readonly Service[] }) {
    this.#clock = ports.clock;
    this.#log = ports.log;
    this.#units = ports.services.map((service) => ({ service, state: "stopped", failures: 0, retry: undefined }));
  }

  /** Rejects with the first service that could not start; those already running are stopped again. */
  async start(): Promise<void> {
    for (const unit of this.#units) {
      unit.state = "starting";
      try {
        await unit.service.start();
        unit.state = "running";
      } catch (error) {
        unit.state = "failed";
        await this.stop();
        throw new Error(`${unit.service.name} did not start: ${messageOf(error)}`, { cause: error });
      }
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    for (const unit of [...this.#units].reverse()) {
      unit.retry?.cancel();
      if (unit.state !== "running") continue;
      await unit.service.stop();
      unit.state = "stopped";
    }
  }

  /** A running service reports that it broke; it is stopped and started again, at once the first time, later after each failure. */
  failed(name: string, error: unknown): void {
    const unit = this.#units.find((candidate) => candidate.service.name === name);
    if (unit === undefined || unit.state !== "running" || this.#stopping) return;
    this.#log.error("service.failed", { service: name, reason: messageOf(error) });
    unit.state = "failed";
    this.#retry(unit);
  }

  states(): readonly { readonly name: string; readonly state: ServiceState }[] {
    return this.#units.map((unit) => ({ name: unit.service.name, state: unit.state }));
  }

  #retry(unit: Unit): void {
    const delay = unit.failures === 0 ? 0 : Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (unit.failures - 1));
    unit.failures += 1;
    unit.retry = this.#clock.after(delay, () => void this.#restart(unit));
  }

  async #restart(unit: Unit): Promise<void> {
    unit.state = "starting";
    try {
      await unit.service.stop();
      await unit.service.start();
      unit.state = "running";
      this.#log.info("service.restarted", { service: unit.service.name });
    } catch (error) {
      this.#log.error("service.failed", { service: unit.service.name, reason: messageOf(error) });
      unit.state = "failed";
      if (!this.#stopping) this.#retry(unit);
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
