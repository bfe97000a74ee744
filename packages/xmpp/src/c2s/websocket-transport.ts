import type { Socket } from "node:net";
import { type FlowPath, socketPath } from "@interpres/runtime";
import type { RawData, WebSocket } from "ws";
import { readOpen } from "../stream/stream-header.ts";
import {
  type AttributeChanges,
  type Element,
  el,
  isXmlProblem,
  NS,
  parseFrame,
  serializeFrame,
  type XmlLimits,
  type XmlProblem,
} from "../xml/index.ts";
import type { ClientTransport, TransportOwner, TransportPorts } from "./client-transport.ts";
import { Outbox } from "./outbox.ts";

/** RFC 6455 §7.4.1 */
const NORMAL_CLOSURE = 1000;
/** The most that arrives at once beyond the frame it completes. */
const CHUNK_OCTETS = 65_536;
const CLOSE = serializeFrame(el("close", NS.framing, {}));

/** A client's WebSocket: each header, stanza or other first-level element is a text message of its own (RFC 7395 §3.3). */
export class WebSocketTransport implements ClientTransport {
  readonly kind = "websocket";
  readonly remoteAddress: string;
  readonly path: FlowPath;
  readonly remote: string;
  readonly #owner: TransportOwner;
  readonly #outbox: Outbox;
  readonly #webSocket: WebSocket;
  readonly #socket: Socket;
  #limits: XmlLimits;
  /** "ended": we have said our end, and only the client's is still of interest (RFC 7395 §3.6). */
  #reading: "frames" | "ended" = "frames";
  /** Octets that came since the last whole message. */
  #unfinished = 0;
  #isClosed = false;

  constructor(
    line: { readonly webSocket: WebSocket; readonly socket: Socket },
    owner: TransportOwner,
    ports: TransportPorts,
  ) {
    const { webSocket, socket } = line;
    this.remoteAddress = socket.remoteAddress ?? "";
    this.path = socketPath(socket);
    this.remote = `websocket:${this.remoteAddress}:${socket.remotePort ?? 0}`;
    this.#webSocket = webSocket;
    this.#socket = socket;
    this.#owner = owner;
    this.#limits = ports.settings.unauthenticatedXml;
    this.#outbox = new Outbox(this.#line(), owner, ports);
    webSocket.on("message", (data, isBinary) => owner.contain(() => this.#message(data, isBinary)));
    // The frame that says why is still on its way out (RFC 6455 §7.1.7), but nobody listens any more.
    webSocket.on("error", () => {
      this.#outbox.end();
      this.#gone();
    });
    webSocket.on("close", () => {
      this.#outbox.closed();
      this.#gone();
    });
    socket.on("data", (octets: Buffer) => this.#arrived(octets));
  }

  open(attributes: AttributeChanges): void {
    this.#outbox.write(serializeFrame(el("open", NS.framing, attributes)));
  }

  send(element: Element): void {
    this.#outbox.write(serializeFrame(element));
  }

  restart(limits: XmlLimits): void {
    this.#limits = limits;
  }

  end(): void {
    this.#reading = "ended";
    this.#outbox.write(CLOSE);
    this.#outbox.end();
  }

  destroy(): void {
    this.#webSocket.terminate();
    this.#outbox.closed();
    this.#gone();
  }

  pause(): void {
    this.#webSocket.pause();
  }

  resume(): void {
    this.#webSocket.resume();
  }

  #line() {
    const transport = this;
    return {
      get isWritable() {
        return transport.#webSocket.readyState === transport.#webSocket.OPEN;
      },
      get unsentBytes() {
        return transport.#webSocket.bufferedAmount;
      },
      write: (pieces: readonly string[]) => transport.#write(pieces),
      destroy: () => transport.destroy(),
    };
  }

  #write(pieces: readonly string[]): void {
    this.#socket.cork();
    for (const piece of pieces) this.#webSocket.send(piece);
    this.#socket.uncork();
  }

  /** Less than a whole message is kept by the WebSocket, where our limits of a frame do not count yet. */
  #arrived(octets: Buffer): void {
    this.#unfinished += octets.length;
    if (this.#unfinished <= this.#limits.stanzaBytes + CHUNK_OCTETS) return;
    if (this.#reading === "ended") this.destroy();
    else this.#owner.contain(() => this.#owner.failed("policy-violation"));
  }

  #message(data: RawData, isBinary: boolean): void {
    this.#unfinished = 0;
    if (this.#isClosed) return;
    // RFC 7395 §3.2
    const frame = isBinary || !Buffer.isBuffer(data) ? notText : parseFrame(data, this.#limits);
    if (this.#reading === "ended") this.#answer(frame);
    else if (isXmlProblem(frame)) this.#owner.failed(frame.fault);
    else this.#element(frame);
  }

  #element(element: Element): void {
    const { name } = element;
    if (name !== "open" && name !== "close") this.#owner.element(element);
    // RFC 7395 §3.3.2
    else if (element.namespace !== NS.framing) this.#owner.failed("invalid-namespace");
    else if (name === "open") this.#owner.opened(readOpen(element));
    else this.#owner.ended();
  }

  /** The client's answer to our end: whoever said it first begins to close the WebSocket (RFC 7395 §3.6). */
  #answer(frame: Element | XmlProblem): void {
    if (!isXmlProblem(frame) && isClose(frame)) this.#webSocket.close(NORMAL_CLOSURE);
  }

  #gone(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#owner.closed();
  }
}

const notText: XmlProblem = { kind: "xml-problem", fault: "unsupported-encoding" };

function isClose({ name, namespace }: Element): boolean {
  return name === "close" && namespace === NS.framing;
}
