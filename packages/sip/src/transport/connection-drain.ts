import type { Clock, Timer } from "@interpres/runtime";
import type { StreamConnection } from "./stream-connection.ts";

/** Whether a request waits for its final answer on a connection, either way. The owner of transactions knows. */
export type IsUnderWay = (connection: StreamConnection) => boolean;

/** How often connections that are to close are looked at. */
const LOOK_INTERVAL_MS = 500;
/** Without a message for so long, a peer is not about to say more. */
const QUIET_MS = 1_000;

/**
 * Closes connections without losing a message: each takes no new request of ours, and ends once nothing is under way on
 * it and it has been quiet for a moment. Dialogs go on over whatever connection their next request opens.
 */
export class ConnectionDrain {
  readonly #clock: Clock;
  readonly #waiting = new Map<StreamConnection, IsUnderWay>();
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Connections that still have to finish. */
  get size(): number {
    return this.#waiting.size;
  }

  start(connections: readonly StreamConnection[], isUnderWay: IsUnderWay): void {
    for (const connection of connections) {
      connection.retire();
      this.#waiting.set(connection, isUnderWay);
    }
    this.#look();
  }

  /** Told of every connection that closed. */
  forget(connection: StreamConnection): void {
    this.#waiting.delete(connection);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#waiting.clear();
  }

  readonly #look = (): void => {
    this.#timer?.cancel();
    const quietSince = this.#clock.now() - QUIET_MS;
    for (const [connection, isUnderWay] of this.#waiting) {
      if (connection.lastMessageAt > quietSince || isUnderWay(connection)) continue;
      this.#waiting.delete(connection);
      connection.close();
    }
    this.#timer = this.#waiting.size === 0 ? undefined : this.#clock.after(LOOK_INTERVAL_MS, this.#look);
  };
}
