import type { Socket } from "node:net";
import { type SecureContext, TLSSocket } from "node:tls";
import type { Clock, Timer } from "@interpres/runtime";

/** Who owns a link. Nothing is called after `closed`. */
export interface LinkOwner {
  received(octets: Buffer): void;
  /** What was written is about to go out; more may be added. */
  flushing(): void;
  /** Everything written so far is with the operating system. */
  flushed(): void;
  /** The socket is gone, by whoever's doing; called once. */
  closed(): void;
}

export interface LinkLimits {
  readonly maxUnsentBytes: number;
  readonly closeGraceMs: number;
}

/**
 * A client's socket, plain at first or TLS. What is written in one turn of the event loop leaves as one write, so as one TLS
 * record where it fits. A client that does not read is cut off once too much waits for it.
 */
export class SocketLink {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly #owner: LinkOwner;
  readonly #clock: Clock;
  readonly #limits: LinkLimits;
  #socket: Socket;
  #waiting = "";
  #isFlushDue = false;
  #isEnding = false;
  #isClosed = false;
  #grace: Timer | undefined;

  constructor(socket: Socket, owner: LinkOwner, ports: { readonly clock: Clock; readonly limits: LinkLimits }) {
    this.remoteAddress = socket.remoteAddress ?? "";
    this.remotePort = socket.remotePort ?? 0;
    this.#socket = socket;
    this.#owner = owner;
    this.#clock = ports.clock;
    this.#limits = ports.limits;
    socket.on("error", () => this.destroy());
    socket.on("close", () => this.#closed());
    socket.on("data", this.#onData);
  }

  write(text: string): void {
    if (this.#isEnding || this.#isClosed) return;
    this.#waiting += text;
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    setImmediate(() => this.#flush());
  }

  /**
   * Goes over to TLS as its server, after what was written is out. Octets the client sent before the handshake are gone
   * (RFC 6120 §5.4.3.3). A handshake that fails closes the link.
   */
  secure(context: SecureContext, secured: () => void): void {
    this.#flush();
    const plain = this.#socket;
    plain.off("data", this.#onData);
    const socket = new TLSSocket(plain, { isServer: true, secureContext: context, requestCert: false });
    this.#socket = socket;
    socket.on("error", () => this.destroy());
    socket.on("close", () => this.destroy());
    socket.once("secure", () => {
      socket.disableRenegotiation();
      secured();
    });
    socket.on("data", this.#onData);
  }

  /** Stops reading; TCP tells the client. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Sends what is written and closes our side; the client has a grace to close its own. */
  end(): void {
    if (this.#isEnding || this.#isClosed) return;
    this.#flush();
    this.#isEnding = true;
    this.#socket.end();
    this.#grace = this.#clock.after(this.#limits.closeGraceMs, () => this.destroy());
  }

  /** Breaks the connection now; what was not sent is lost. */
  destroy(): void {
    if (this.#isClosed) return;
    this.#socket.destroy();
    this.#closed();
  }

  readonly #onData = (octets: Buffer): void => {
    if (!this.#isClosed) this.#owner.received(octets);
  };

  #flush(): void {
    if (this.#isClosed || this.#isEnding) return;
    this.#owner.flushing();
    this.#isFlushDue = false;
    const text = this.#waiting;
    this.#waiting = "";
    if (text !== "") this.#socket.write(text);
    this.#owner.flushed();
    if (this.#socket.writableLength > this.#limits.maxUnsentBytes) this.destroy();
  }

  #closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#grace?.cancel();
    this.#waiting = "";
    this.#owner.closed();
  }
}
