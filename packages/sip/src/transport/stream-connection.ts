import type { Socket } from "node:net";
import { type Clock, type Logger, plainAddress, type Random, type Timer } from "@interpres/runtime";
import type { SipMessage } from "../message/message.ts";
import type { MessageProblem } from "../message/message-problem.ts";
import type { Connection, ConnectionIdentity, TransportProtocol } from "./connection.ts";
import { type Traffic, watch } from "./connection-watch.ts";
import { StreamFramer } from "./framer.ts";
import type { NegotiatedTls } from "./negotiated-tls.ts";
import type { PresentedCertificate } from "./presented-certificate.ts";
import type { TransportSettings } from "./transport-settings.ts";

/** Told what comes over a connection, during the socket's own events. */
export interface ConnectionListener {
  /** A message or what is wrong within one; `octets` are those of the wire. */
  message(message: SipMessage | MessageProblem, octets: Uint8Array, connection: Connection): void;
  /** The stream cannot be framed any more; it closes once this returns. */
  fatal(problem: MessageProblem, connection: Connection): void;
  /** Once, last. */
  closed(connection: StreamConnection, reason: string): void;
}

export interface StreamPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly settings: TransportSettings;
  readonly listener: ConnectionListener;
}

export interface StreamConnectionInit {
  readonly id: number;
  readonly protocol: "tls" | "tcp";
  readonly direction: "inbound" | "outbound";
  /** Connected, handshake done. */
  readonly socket: Socket;
  readonly certificate: PresentedCertificate | undefined;
  readonly tls?: NegotiatedTls;
  readonly identity: ConnectionIdentity | undefined;
}

const PING = Buffer.from("\r\n\r\n");
const PONG = Buffer.from("\r\n");
const CHECK_INTERVAL_MS = 5_000;
/** How long a peer may take to read what is left and close its side. */
const CLOSE_GRACE_MS = 2_000;
/** How long a peer may leave us over the limit without reading anything. */
const UNREAD_LIMIT_MS = 5_000;
/** Thousands of NOTIFYs of one turn come before the peer could read the first; this many limits are too many for any burst. */
const BURST_FACTOR = 16;
/** At most so much is given to the operating system at once, so that it shows whether a peer reads on (octets). */
const PIECE_OCTETS = 262_144;
const NOTHING = Buffer.alloc(0);

/** An open TCP or TLS connection that the gate has admitted. */
export class StreamConnection implements Connection {
  readonly id: number;
  readonly protocol: TransportProtocol;
  readonly direction: "inbound" | "outbound";
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
  readonly certificate: PresentedCertificate | undefined;
  readonly tls?: NegotiatedTls;
  #identity: ConnectionIdentity | undefined;
  readonly #socket: Socket;
  readonly #ports: StreamPorts;
  readonly #framer: StreamFramer;
  #state: "open" | "closing" | "closed" = "open";
  #isRetired = false;
  #error: Error | undefined;
  #closeReason = "closed by the peer";
  #timer: Timer;
  /** What this turn of the event loop wants to send. */
  #queue: Uint8Array[] = [];
  /** What an earlier turn wanted to send, and was too much for one write. */
  #unwritten: Uint8Array = NOTHING;
  /** Of both. */
  #queuedOctets = 0;
  /** When the operating system last took something, or there was nothing to take. */
  #lastWrittenAt = 0;
  #lastReceivedAt: number;
  #lastMessageAt: number;
  #partialSince: number | undefined;
  #pingedAt: number | undefined;
  #answersPings: "unknown" | "yes" | "no" = "unknown";
  #pingAfterMs: number;

  constructor(init: StreamConnectionInit, ports: StreamPorts) {
    const { socket } = init;
    this.id = init.id;
    this.protocol = init.protocol;
    this.direction = init.direction;
    this.remoteAddress = plainAddress(socket.remoteAddress ?? "");
    this.remotePort = socket.remotePort ?? 0;
    this.localAddress = plainAddress(socket.localAddress ?? "");
    this.localPort = socket.localPort ?? 0;
    this.certificate = init.certificate;
    if (init.tls !== undefined) this.tls = init.tls;
    this.#identity = init.identity;
    this.#socket = socket;
    this.#ports = ports;
    this.#lastReceivedAt = ports.clock.now();
    this.#lastMessageAt = this.#lastReceivedAt;
    this.#pingAfterMs = this.#drawPingInterval();
    this.#framer = this.#newFramer();
    this.#timer = ports.clock.after(CHECK_INTERVAL_MS, this.#check);
    socket.on("data", this.#receive);
    socket.on("end", () => this.#halt("closed by the peer"));
    socket.on("error", (error) => this.#failed(error));
    socket.on("close", () => this.#closed());
  }

  get identity(): ConnectionIdentity | undefined {
    return this.#identity;
  }

  /** What the socket failed with, once it has. */
  get error(): Error | undefined {
    return this.#error;
  }

  get isOpen(): boolean {
    return this.#state === "open";
  }

  /** Takes no more requests of ours. */
  get isRetired(): boolean {
    return this.#isRetired;
  }

  /** When the last whole message passed, either way. */
  get lastMessageAt(): number {
    return this.#lastMessageAt;
  }

  /** Octets not yet with the operating system. */
  get queuedOctets(): number {
    return this.#queuedOctets + this.#socket.writableLength;
  }

  /** The gate looked again and still admits it. */
  readmitted(identity: ConnectionIdentity | undefined): void {
    this.#identity = identity;
  }

  /** What is under way goes on; new requests of ours take another connection. Whoever retires it closes it. */
  retire(): void {
    this.#isRetired = true;
  }

  send(bytes: Uint8Array): void {
    if (this.#state !== "open") return;
    this.#lastMessageAt = this.#ports.clock.now();
    this.#write(bytes);
  }

  close(): void {
    this.#finish("closed by us");
  }

  /** Closes at once; what is queued is lost. */
  abort(reason: string): void {
    this.#halt(reason);
    this.#socket.destroy();
  }

  #newFramer(): StreamFramer {
    const { listener, settings } = this.#ports;
    return new StreamFramer(
      {
        message: (message, octets) => {
          this.#lastMessageAt = this.#lastReceivedAt;
          this.#partialSince = undefined;
          listener.message(message, octets, this);
        },
        ping: () => this.#write(PONG),
        fatal: (problem) => {
          listener.fatal(problem, this);
          this.#finish(`unframed: ${problem.reason}`);
        },
      },
      settings.framer,
    );
  }

  readonly #receive = (chunk: Buffer): void => {
    if (this.#state !== "open") return;
    this.#lastReceivedAt = this.#ports.clock.now();
    if (this.#pingedAt !== undefined) {
      if (chunk.equals(PONG)) this.#answersPings = "yes";
      this.#pingedAt = undefined;
    }
    try {
      this.#framer.push(chunk);
    } catch (error) {
      // A fault of ours that one peer's octets brought out must not cost the others their connections.
      this.#ports.log.error("connection.handler-failed", { remote: this.remoteAddress, error: describe(error) });
      this.abort("handler failed");
      return;
    }
    if (this.#framer.pendingOctets === 0) this.#partialSince = undefined;
    else this.#partialSince ??= this.#lastReceivedAt;
  };

  /** All messages of one turn of the event loop leave in one write: one TLS record for many small ones. */
  #write(bytes: Uint8Array): void {
    if (this.queuedOctets === 0) this.#lastWrittenAt = this.#ports.clock.now();
    if (this.#queuedOctets === 0) queueMicrotask(this.#flushLater);
    this.#queue.push(bytes);
    this.#queuedOctets += bytes.length;
    if (this.#isUnread()) this.abort("peer does not read");
  }

  /** Over the limit, and not just because this turn of the event loop has had much to say. */
  #isUnread(): boolean {
    const { clock, settings } = this.#ports;
    const queued = this.queuedOctets;
    if (queued <= settings.maximumQueuedOctets) return false;
    if (queued > settings.maximumQueuedOctets * BURST_FACTOR) return true;
    return clock.now() - this.#lastWrittenAt >= UNREAD_LIMIT_MS;
  }

  readonly #written = (): void => {
    this.#lastWrittenAt = this.#ports.clock.now();
    this.#flush();
  };

  /** After the promises that are ready have run: they may have something to send too. */
  readonly #flushLater = (): void => {
    process.nextTick(this.#flush);
  };

  /** Goes on by `#written` where it stops, since then something is on its way. */
  readonly #flush = (): void => {
    while (this.#queuedOctets > 0 && this.#socket.writableLength < PIECE_OCTETS) this.#writePiece();
  };

  #writePiece(): void {
    if (this.#unwritten.length === 0) {
      const [first, ...others] = this.#queue;
      const isOne = first !== undefined && others.length === 0;
      this.#unwritten = isOne ? first : Buffer.concat(this.#queue, this.#queuedOctets);
      this.#queue = [];
    }
    const piece = this.#unwritten.subarray(0, PIECE_OCTETS);
    this.#unwritten = this.#unwritten.subarray(piece.length);
    this.#queuedOctets -= piece.length;
    if (this.#socket.writable) this.#socket.write(piece, this.#written);
  }

  readonly #check = (): void => {
    if (this.#state !== "open") return;
    const { clock, settings } = this.#ports;
    const advice = watch(this.#traffic(), settings, clock.now());
    switch (advice) {
      case "none":
        break;
      case "ping":
        this.#pingedAt = clock.now();
        this.#pingAfterMs = this.#drawPingInterval();
        this.#write(PING);
        break;
      case "ping-unanswered":
        this.#answersPings = "no";
        this.#pingedAt = undefined;
        break;
      case "idle":
        this.#finish(advice);
        return;
      case "unfinished-message":
      case "pong-missing":
        this.abort(advice);
        return;
    }
    this.#timer = clock.after(CHECK_INTERVAL_MS, this.#check);
  };

  #traffic(): Traffic {
    return {
      direction: this.direction,
      lastReceivedAt: this.#lastReceivedAt,
      lastMessageAt: this.#lastMessageAt,
      partialSince: this.#partialSince,
      pingedAt: this.#pingedAt,
      answersPings: this.#answersPings,
      pingAfterMs: this.#pingAfterMs,
    };
  }

  #drawPingInterval(): number {
    const { random, settings } = this.#ports;
    const { pingIntervalMs } = settings;
    return pingIntervalMs === 0 ? 0 : pingIntervalMs - random.below(Math.max(1, Math.floor(pingIntervalMs / 5)));
  }

  #finish(reason: string): void {
    if (this.#state !== "open") return;
    this.#halt(reason);
    while (this.#queuedOctets > 0) this.#writePiece();
    this.#socket.end();
    this.#timer = this.#ports.clock.after(CLOSE_GRACE_MS, () => this.#socket.destroy());
  }

  #failed(error: Error): void {
    this.#error ??= error;
    this.#halt(error.message);
  }

  /** No more in, no more out; the socket is on its way to its "close". */
  #halt(reason: string): void {
    if (this.#state !== "open") return;
    this.#state = "closing";
    this.#closeReason = reason;
    this.#framer.close();
    this.#timer.cancel();
  }

  #closed(): void {
    if (this.#state === "closed") return;
    this.#halt(this.#closeReason);
    this.#state = "closed";
    this.#timer.cancel();
    this.#queue = [];
    this.#unwritten = NOTHING;
    this.#queuedOctets = 0;
    this.#ports.listener.closed(this, this.#closeReason);
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
