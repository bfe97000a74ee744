import type { DirectorySettings } from "@interpres/admin-api";
import type { Clock, Random, Timer } from "@interpres/runtime";
import type { DirectorySync } from "./directory-sync.ts";

export interface SyncSchedulePorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: () => DirectorySettings;
  readonly sync: Pick<DirectorySync, "run" | "status" | "isRunning">;
  /** Whether this node is the one that does what only one may do. */
  readonly isPublisher: () => boolean;
}

const MINUTE_MS = 60_000;
/** What is overdue waits until a node that has just started is at rest. */
const SOONEST_MS = 30_000;

/** Runs the synchronisation every so often, counted from the last one, a tenth earlier or later by chance. */
export class SyncSchedule {
  readonly #ports: SyncSchedulePorts;
  #timer: Timer | undefined;
  #isStarted = false;

  constructor(ports: SyncSchedulePorts) {
    this.#ports = ports;
  }

  async start(): Promise<void> {
    this.#isStarted = true;
    await this.#arm();
  }

  /** The settings in force are others now. */
  async settingsChanged(): Promise<void> {
    if (this.#isStarted) await this.#arm();
  }

  stop(): void {
    this.#isStarted = false;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  async #arm(): Promise<void> {
    const { clock, random, sync } = this.#ports;
    const last = await sync.status();
    this.#timer?.cancel();
    this.#timer = undefined;
    const { enabled, syncIntervalMinutes } = this.#ports.settings();
    if (!this.#isStarted || !enabled || syncIntervalMinutes === 0) return;
    const intervalMs = syncIntervalMinutes * MINUTE_MS;
    const before = last === undefined ? clock.now() : Date.parse(last.startedAt);
    const due = before + intervalMs * 0.9 + random.below(intervalMs / 5);
    this.#timer = clock.after(Math.max(SOONEST_MS, due - clock.now()), () => void this.#due());
  }

  async #due(): Promise<void> {
    const { sync, isPublisher } = this.#ports;
    if (isPublisher() && !sync.isRunning) await sync.run({ mode: "apply", actor: "system", mostVanished: "refused" });
    await this.#arm();
  }
}
