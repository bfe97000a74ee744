import type { Socket } from "node:net";
import { type SecureContext, TLSSocket } from "node:tls";
import { type FlowPath, socketPath } from "@interpres/runtime";
import { readHeader } from "../stream/stream-header.ts";
import {
  type AttributeChanges,
  type Element,
  el,
  NS,
  serializeElement,
  serializeStreamElement,
  serializeStreamHeader,
  type XmlLimits,
  XmlStreamParser,
} from "../xml/index.ts";
import type { ClientTransport, TransportOwner, TransportPorts } from "./client-transport.ts";
import { Outbox } from "./outbox.ts";

/** A client's socket, plain at first or TLS: one XML document each way (RFC 6120 §4). */
export class TcpTransport implements ClientTransport {
  readonly kind = "tls";
  readonly remoteAddress: string;
  readonly path: FlowPath;
  readonly remote: string;
  readonly #owner: TransportOwner;
  readonly #outbox: Outbox;
  #socket: Socket;
  #parser: XmlStreamParser;
  #isClosed = false;

  constructor(socket: Socket, owner: TransportOwner, ports: TransportPorts) {
    this.remoteAddress = socket.remoteAddress ?? "";
    this.path = socketPath(socket);
    this.remote = `tcp:${this.remoteAddress}:${socket.remotePort ?? 0}`;
    this.#socket = socket;
    this.#owner = owner;
    this.#parser = this.#newParser(ports.settings.unauthenticatedXml);
    this.#outbox = new Outbox(this.#line(), owner, ports);
    socket.on("error", () => this.destroy());
    socket.on("close", () => this.#closed());
    socket.on("data", this.#onData);
  }

  open(attributes: AttributeChanges): void {
    this.#outbox.write(serializeStreamHeader(el("stream", NS.streams, attributes).attributes, NS.client));
  }

  send(element: Element): void {
    const isOfStream = element.namespace === NS.streams;
    this.#outbox.write((isOfStream ? serializeStreamElement : serializeElement)(element, NS.client));
  }

  restart(limits: XmlLimits): void {
    this.#parser.stop();
    this.#parser = this.#newParser(limits);
  }

  secure(context: SecureContext, secured: () => void): void {
    this.#parser.stop();
    this.#outbox.flush();
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

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#parser.stop();
    this.#outbox.write("</stream:stream>");
    this.#outbox.end();
    this.#socket.end();
  }

  destroy(): void {
    if (this.#isClosed) return;
    this.#socket.destroy();
    this.#closed();
  }

  #newParser(limits: XmlLimits): XmlStreamParser {
    const owner = this.#owner;
    return new XmlStreamParser(
      {
        opened: (root, declaration) => owner.opened(readHeader(root, declaration)),
        element: (element) => owner.element(element),
        closed: () => owner.ended(),
        failed: (fault) => owner.failed(fault),
      },
      limits,
    );
  }

  #line() {
    const transport = this;
    return {
      get isWritable() {
        return transport.#socket.writable;
      },
      get unsentBytes() {
        return transport.#socket.writableLength;
      },
      write: (pieces: readonly string[]) => void transport.#socket.write(pieces.join("")),
      destroy: () => transport.destroy(),
    };
  }

  readonly #onData = (octets: Buffer): void => {
    if (!this.#isClosed) this.#owner.contain(() => this.#parser.push(octets));
  };

  #closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#parser.stop();
    this.#outbox.closed();
    this.#owner.closed();
  }
}
