import { connect, type Socket } from "node:net";
import { type Clock, type FlowTap, socketPath } from "@interpres/runtime";
import { type FlowLine, flowEvent } from "../c2s/flow-event.ts";
import { Outbox } from "../c2s/outbox.ts";
import { type StreamErrorCondition, streamError } from "../stream/stream-error.ts";
import {
  defaultXmlLimits,
  type Element,
  el,
  NS,
  serializeElement,
  serializeStreamElement,
  serializeStreamHeader,
  XmlStreamParser,
} from "../xml/index.ts";
import {
  type ComponentEffect,
  type ComponentInput,
  type ComponentStream,
  handshake,
  stepComponent,
} from "./component-stream.ts";

/** Where an XMPP server takes components, and as which domain we are one (XEP-0114). */
export interface ComponentAddress {
  readonly host: string;
  readonly port: number;
  readonly component: string;
  readonly secret: string;
}

/** Who owns a connection. Nothing is called after `lost`. */
export interface ConnectionOwner {
  /** The server took the handshake. */
  opened(): void;
  /** In namespace `jabber:client`. */
  stanza(element: Element): void;
  /** The connection is gone, or was never made; why, fit to be shown. Called once, but not after an `end` of ours. */
  lost(reason: string): void;
}

export interface ConnectionPorts {
  readonly clock: Clock;
  /** Sees each stanza; of the handshake nothing. */
  readonly tap: FlowTap;
}

/** Octets that may wait for a server that does not read. */
const MAX_UNSENT_BYTES = 8 * 1024 * 1024;
const CLOSE_GRACE_MS = 2000;

/** One TCP connection to the component port of a server, and the stream on it. */
export class ComponentConnection {
  readonly #address: ComponentAddress;
  readonly #owner: ConnectionOwner;
  readonly #tap: FlowTap;
  readonly #socket: Socket;
  readonly #parser: XmlStreamParser;
  readonly #outbox: Outbox;
  #stream: ComponentStream = { name: "opening" };
  #flowLine: FlowLine;
  #isOver = false;

  constructor(address: ComponentAddress, owner: ConnectionOwner, { clock, tap }: ConnectionPorts) {
    this.#address = address;
    this.#owner = owner;
    this.#tap = tap;
    const { host, port, component } = address;
    this.#parser = this.#newParser();
    this.#socket = connect({ host, port, keepAlive: true });
    this.#flowLine = { path: socketPath(this.#socket), remote: `tcp:${host}:${port}` };
    const settings = { closeGraceMs: CLOSE_GRACE_MS, maxUnsentBytes: MAX_UNSENT_BYTES };
    this.#outbox = new Outbox(this.#line(), { flushing: ignore, flushed: ignore }, { clock, settings });
    this.#socket.on("data", (octets: Buffer) => this.#take(octets));
    this.#socket.on("error", (error: Error) => this.#lose(wordsOf(error)));
    this.#socket.on("close", () => this.#lose("the server closed the connection"));
    this.#socket.once("connect", () => {
      this.#socket.setNoDelay(true);
      this.#flowLine = { ...this.#flowLine, path: socketPath(this.#socket) };
      this.#outbox.write(serializeStreamHeader(el("stream", NS.streams, { to: component }).attributes, NS.component));
    });
  }

  /** One stanza, in namespace `jabber:client`; before the stream is open it is a mistake of ours. */
  send(element: Element): void {
    if (this.#stream.name !== "open") throw new TypeError("the component's stream is not open");
    this.#tap.flow(flowEvent(element, "outbound", this.#flowLine));
    this.#outbox.write(serializeElement(element, NS.client));
  }

  /** The server broke a rule that stands above the stream: tells it and closes. */
  fault(condition: StreamErrorCondition, reason: string): void {
    this.#outbox.write(serializeStreamElement(streamError(condition), NS.component));
    this.#finish();
    this.#lose(reason);
  }

  /** Sends what is written, closes our side and tells the owner nothing more. */
  end(): void {
    this.#isOver = true;
    if (this.#socket.connecting) this.#socket.destroy();
    else this.#finish();
  }

  /** Breaks the connection: nothing comes of it any more. */
  abandon(reason: string): void {
    this.#socket.destroy();
    this.#lose(reason);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Whatever what came brings about, it costs no more than this stream. */
  #take(octets: Buffer): void {
    try {
      this.#parser.push(octets);
    } catch (error) {
      this.fault("internal-server-error", `we failed on what the server sent: ${String(error)}`);
    }
  }

  #newParser(): XmlStreamParser {
    const handler = {
      opened: (root, declaration) => this.#step({ kind: "header", root, declaration }),
      element: (element) => this.#step({ kind: "element", element }),
      closed: () => this.#step({ kind: "ended" }),
      failed: (condition) => this.fault(condition, `the server sent XML that is refused: ${condition}`),
    } satisfies ConstructorParameters<typeof XmlStreamParser>[0];
    return new XmlStreamParser(handler, defaultXmlLimits);
  }

  #step(input: ComponentInput): void {
    const { state, effects } = stepComponent(this.#stream, input);
    this.#stream = state;
    for (const effect of effects) this.#act(effect);
  }

  #act(effect: ComponentEffect): void {
    if (this.#isOver) return;
    switch (effect.kind) {
      case "shake-hands":
        this.#outbox.write(serializeElement(handshake(effect.streamId, this.#address.secret), NS.component));
        break;
      case "opened":
        this.#owner.opened();
        break;
      case "stanza":
        this.#tap.flow(flowEvent(effect.element, "inbound", this.#flowLine));
        this.#owner.stanza(effect.element);
        break;
      case "fault":
        this.fault(effect.condition, effect.reason);
        break;
      case "lost":
        this.#finish();
        this.#lose(effect.reason);
        break;
    }
  }

  #finish(): void {
    this.#parser.stop();
    this.#outbox.write("</stream:stream>");
    this.#outbox.end();
    this.#socket.end();
  }

  #lose(reason: string): void {
    this.#parser.stop();
    if (this.#socket.destroyed) this.#outbox.closed();
    if (this.#isOver) return;
    this.#isOver = true;
    this.#owner.lost(reason);
  }

  #line() {
    const socket = () => this.#socket;
    return {
      get isWritable() {
        return socket().writable;
      },
      get unsentBytes() {
        return socket().writableLength;
      },
      write: (pieces: readonly string[]) => void socket().write(pieces.join("")),
      destroy: () => this.abandon("the server does not read what we send"),
    };
  }
}

/** A host whose addresses all refuse fails with one error without words of its own. */
function wordsOf(error: Error): string {
  return error instanceof AggregateError ? error.errors.map(wordsOf).join("; ") : error.message;
}

function ignore(): void {
  return;
}
