import type { IncomingMessage } from "node:http";
import { WebSocketServer } from "ws";
import type { C2sServices } from "./c2s-services.ts";
import type { ClientConnections } from "./client-connections.ts";
import { mayOpen } from "./websocket-origin.ts";
import { WebSocketTransport } from "./websocket-transport.ts";

/** Why a handshake is not answered; whoever listens says so over HTTP. */
export interface HandshakeRefusal {
  readonly status: 400 | 403 | 503;
  readonly detail: string;
}

const SUBPROTOCOL = "xmpp";
const KEEPALIVE_MS = 60_000;

/** Accepts clients over WebSocket (RFC 7395) from whoever listens with HTTPS, and ends them all on `close`. */
export class WebSocketListener {
  readonly #services: C2sServices;
  readonly #connections: ClientConnections;
  readonly #allowedOrigins: () => readonly string[];
  readonly #server: WebSocketServer;
  #isOpen = false;

  constructor(
    services: C2sServices,
    connections: ClientConnections,
    /** Origins of pages beside our own that may connect; asked for each handshake. */
    allowedOrigins: () => readonly string[],
  ) {
    this.#services = services;
    this.#connections = connections;
    this.#allowedOrigins = allowedOrigins;
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: services.settings.xml.stanzaBytes,
      handleProtocols: () => SUBPROTOCOL,
    });
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Lets clients in, after `close` too. */
  open(): void {
    this.#isOpen = true;
  }

  /** Lets nobody in, ends every session with `system-shutdown` and settles once their connections are gone. */
  async close(): Promise<void> {
    this.#isOpen = false;
    await this.#connections.end("websocket");
  }

  /**
   * Takes over the socket of a request to upgrade, whose TLS stands, and answers undefined. Where it answers with a refusal
   * the socket is still the caller's.
   */
  upgrade(request: IncomingMessage, head: Buffer): HandshakeRefusal | undefined {
    const refusal = this.#refusal(request);
    if (refusal !== undefined) return refusal;
    const { socket } = request;
    socket.setKeepAlive(true, KEEPALIVE_MS);
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      this.#connections.accept((owner) => new WebSocketTransport({ webSocket, socket }, owner, this.#services));
    });
    return undefined;
  }

  #refusal({ headers, socket }: IncomingMessage): HandshakeRefusal | undefined {
    const address = socket.remoteAddress ?? "";
    const { origin, host } = headers;
    if (!this.#isOpen) return { status: 503, detail: "the service web-client is stopped" };
    if (!mayOpen({ origin, host }, this.#allowedOrigins())) {
      this.#services.log.warn("websocket.origin-refused", { address, origin });
      return { status: 403, detail: `pages of ${origin} may not connect here` };
    }
    if (!offered(headers["sec-websocket-protocol"]).includes(SUBPROTOCOL))
      return { status: 400, detail: `the subprotocol must be "${SUBPROTOCOL}" (RFC 7395 section 3.1)` };
    if (!this.#connections.mayCome(address)) return { status: 503, detail: "too many connections" };
    return undefined;
  }
}

function offered(header: string | undefined): readonly string[] {
  return (header ?? "").split(",").map((name) => name.trim());
}
