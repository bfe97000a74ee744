import type { Timer } from "@interpres/runtime";
import type { TransportOwner, TransportPorts } from "./client-transport.ts";

/** The clock, and of the settings the two that bound what waits. */
export interface OutboxPorts extends Pick<TransportPorts, "clock"> {
  readonly settings: Pick<TransportPorts["settings"], "closeGraceMs" | "maxUnsentBytes">;
}

/** What an outbox writes to. */
export interface OutboxLine {
  /** False once the client has closed its side: what is written then would be lost. */
  readonly isWritable: boolean;
  /** Octets taken and not yet with the operating system. */
  readonly unsentBytes: number;
  /** Headers and elements in order, as one write. */
  write(pieces: readonly string[]): void;
  destroy(): void;
}

/**
 * What a client is sent: what is written in one turn of the event loop leaves as one write, so as one TLS record where it
 * fits. A client that does not read is cut off once too much waits for it.
 */
export class Outbox {
  readonly #line: OutboxLine;
  readonly #owner: Pick<TransportOwner, "flushing" | "flushed">;
  readonly #ports: OutboxPorts;
  #waiting: string[] = [];
  #isFlushDue = false;
  #isOver = false;
  #grace: Timer | undefined;

  constructor(line: OutboxLine, owner: Pick<TransportOwner, "flushing" | "flushed">, ports: OutboxPorts) {
    this.#line = line;
    this.#owner = owner;
    this.#ports = ports;
  }

  /** One header or element; whole, because it may become a frame of its own. */
  write(piece: string): void {
    if (this.#isOver) return;
    this.#waiting.push(piece);
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    setImmediate(() => this.flush());
  }

  /** A client that has closed its side gets nothing more, and as long to be gone as one whose stream has ended. */
  flush(): void {
    if (this.#isOver) return;
    if (!this.#line.isWritable) {
      this.#finish();
      return;
    }
    this.#owner.flushing();
    this.#isFlushDue = false;
    const pieces = this.#waiting;
    this.#waiting = [];
    if (pieces.length > 0) this.#line.write(pieces);
    this.#owner.flushed();
    if (this.#line.unsentBytes > this.#ports.settings.maxUnsentBytes) this.#line.destroy();
  }

  /** Sends what is written and takes no more; the client has a grace to close the connection, then it is broken. */
  end(): void {
    if (this.#isOver) return;
    this.flush();
    if (!this.#isOver) this.#finish();
  }

  /** The connection is gone. */
  closed(): void {
    this.#isOver = true;
    this.#grace?.cancel();
    this.#waiting = [];
  }

  #finish(): void {
    this.#isOver = true;
    this.#waiting = [];
    const { clock, settings } = this.#ports;
    this.#grace = clock.after(settings.closeGraceMs, () => this.#line.destroy());
  }
}
