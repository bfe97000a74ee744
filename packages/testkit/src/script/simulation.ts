import type { Clock } from "@interpres/runtime";
import type { Deviation } from "../observer/observer.ts";
import type { SimulatorEvent } from "../simulator/events.ts";
import type { FaultSet } from "../simulator/fault-set.ts";
import type { SimulatedPeer } from "../simulator/simulated-peer.ts";

/** What a step waits for. */
export interface Awaited {
  readonly event: string;
  /** An address, or a rule. */
  readonly whom?: string;
  readonly what?: string;
}

/** A step did not go as the script says; the message says what came instead. */
export class ExpectationError extends Error {
  override readonly name = "ExpectationError";
}

export interface SimulationParts {
  readonly faults: FaultSet;
  readonly clock: Clock;
  /** How long a step waits, in milliseconds. */
  readonly withinMs: number;
  /** The domain of users that are named without one. */
  readonly domain: string;
  readonly show: (event: SimulatorEvent) => void;
}

const EVENTS_KEPT = 10_000;
const LOOK_MS = 20;

/** A running simulator as steps see it: what happened, and what was not waited for yet. */
export class Simulation {
  readonly faults: FaultSet;
  readonly #parts: SimulationParts;
  /** Events that no step has waited for, and deviations that none has expected; the oldest are dropped. */
  readonly #pending: SimulatorEvent[] = [];
  #deviations: Deviation[] = [];
  #peer: SimulatedPeer | undefined;

  constructor(parts: SimulationParts) {
    this.faults = parts.faults;
    this.#parts = parts;
  }

  get peer(): SimulatedPeer {
    if (this.#peer === undefined) throw new Error("the simulator has not started");
    return this.#peer;
  }

  begin(peer: SimulatedPeer): void {
    this.#peer = peer;
  }

  /** A user with his domain. */
  readonly address = (user: string): string => (user.includes("@") ? user : `${user}@${this.#parts.domain}`);

  /** Everything the simulator tells goes through here. */
  readonly hear = (event: SimulatorEvent): void => {
    this.#parts.show(event);
    if (event.event === "sent" || event.event === "received") return;
    if (event.event === "deviation") this.#deviations.push(event);
    this.#pending.push(event);
    if (this.#pending.length > EVENTS_KEPT) this.#pending.shift();
    if (this.#deviations.length > EVENTS_KEPT) this.#deviations.shift();
  };

  /** A deviation that a step found. */
  deviated(deviation: Deviation): void {
    this.hear({ event: "deviation", ...deviation });
  }

  /** Deviations that nothing expected. */
  get deviations(): readonly Deviation[] {
    return this.#deviations;
  }

  /** Waits for an event and takes it. Throws `ExpectationError` when it does not come in time. */
  async wait(awaited: Awaited): Promise<void> {
    const isThere = await this.#until(() => {
      const at = this.#pending.findIndex((event) => fits(event, awaited));
      if (at >= 0) this.#pending.splice(at, 1);
      return at >= 0;
    });
    if (isThere) return;
    const { event, whom = "", what = "" } = awaited;
    const others = this.#pending.filter((each) => kindOf(each) === event).map((each) => JSON.stringify(each));
    throw new ExpectationError(
      `no ${[event, whom, what].join(" ").trim()} in ${this.#parts.withinMs / 1000} s${others.length === 0 ? "" : `; instead ${others.join(", ")}`}`,
    );
  }

  /** `no deviations`, or the rule of one that must have happened. */
  async expect(what: string): Promise<void> {
    if (what === "no deviations") {
      await this.#settle();
      return;
    }
    const rule = what.replace(/^deviation /, "");
    const happened = await this.#until(() => this.#deviations.some((each) => each.rule === rule));
    if (!happened) throw new ExpectationError(`no deviation ${rule}`);
    this.#deviations = this.#deviations.filter((each) => each.rule !== rule);
  }

  async pause(seconds: number): Promise<void> {
    await this.#wait(seconds * 1000);
  }

  /** Gives the other side time for what it still owes, then counts. */
  async #settle(): Promise<void> {
    await this.#until(() => this.peer.unfinished().length === 0);
    for (const deviation of this.peer.unfinished()) this.deviated(deviation);
    if (this.#deviations.length === 0) return;
    throw new ExpectationError(this.#deviations.map(({ rule, detail }) => `deviation ${rule}: ${detail}`).join("\n"));
  }

  async #until(isSo: () => boolean): Promise<boolean> {
    const { clock, withinMs } = this.#parts;
    const end = clock.now() + withinMs;
    while (!isSo()) {
      if (clock.now() >= end) return false;
      await this.#wait(LOOK_MS);
    }
    return true;
  }

  #wait(milliseconds: number): Promise<void> {
    return new Promise((done) => this.#parts.clock.after(milliseconds, done));
  }
}

function kindOf(event: SimulatorEvent): string {
  return event.event === "session" && event.state === "ended" ? "session-end" : event.event;
}

/** Whether an event is from whom, and says what, a step waits for. */
function fits(event: SimulatorEvent, { event: kind, whom, what }: Awaited): boolean {
  if (kindOf(event) !== kind) return false;
  const { from, says } = contentOf(event);
  const isFrom = whom === undefined || from.replace(/^sips?:/, "").toLowerCase() === whom.toLowerCase();
  return isFrom && (what === undefined || says.some((one) => one.includes(what)));
}

function contentOf(event: SimulatorEvent): { readonly from: string; readonly says: readonly string[] } {
  switch (event.event) {
    case "message":
      return { from: event.from, says: [event.text] };
    case "presence":
      return { from: event.of, says: [event.state, event.basic ?? "", event.activity ?? ""] };
    case "watcher":
      return { from: event.from, says: [String(event.expires)] };
    case "typing":
      return { from: event.from, says: [event.status] };
    case "session":
      return { from: event.with, says: [event.state] };
    case "deviation":
      return { from: event.rule, says: [event.detail] };
    case "sent":
    case "received":
      return { from: "", says: [] };
  }
}
