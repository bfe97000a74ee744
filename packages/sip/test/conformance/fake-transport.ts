import {
  type Connection,
  type MessageProblem,
  type NextHop,
  parseMessage,
  type SipMessage,
  type SipRequest,
  type SipResponse,
  type SipTransport,
  SyntaxProblem,
  type TransportFailure,
} from "@interpres/sip";

/** A connection that only has an identity. */
export function fakeConnection(protocol: Connection["protocol"] = "tls", label = "contoso"): Connection {
  return {
    id: 1,
    protocol,
    direction: "inbound",
    remoteAddress: "192.0.2.5",
    remotePort: 5061,
    localAddress: "192.0.2.254",
    localPort: 5061,
    identity: { label },
    certificate: undefined,
    isOpen: true,
    send: nothing,
    close: nothing,
  };
}

export interface SentRequest {
  readonly request: SipRequest;
  readonly hop: NextHop;
}

/** What the layer above sends, in order; what the test injects. Nothing moves by itself. */
export class FakeTransport implements SipTransport {
  readonly requests: SentRequest[] = [];
  readonly responses: SipResponse[] = [];
  /** Hosts that cannot be reached. */
  readonly deadHosts = new Set<string>();
  readonly outbound: Connection = { ...fakeConnection(), direction: "outbound" };
  #onMessage: (message: SipMessage, connection: Connection) => void = nothing;
  #onProblem: (problem: MessageProblem, connection: Connection) => void = nothing;
  #onClosed: (connection: Connection) => void = nothing;

  onMessage(handler: (message: SipMessage, connection: Connection) => void): void {
    this.#onMessage = handler;
  }

  onProblem(handler: (problem: MessageProblem, connection: Connection) => void): void {
    this.#onProblem = handler;
  }

  onConnectionClosed(handler: (connection: Connection) => void): void {
    this.#onClosed = handler;
  }

  sendResponse(response: SipResponse): void {
    this.responses.push(response);
  }

  sendRequest(
    request: SipRequest,
    hop: NextHop,
    failed: (failure: TransportFailure) => void,
    sent?: (connection: Connection) => void,
  ): void {
    this.requests.push({ request, hop });
    if (this.deadHosts.has(hop.host)) failed({ cause: "connect-failed", hop, detail: "refused" });
    else sent?.(hop.protocol === "tls" ? this.outbound : { ...this.outbound, protocol: hop.protocol });
  }

  /** Octets from the wire. */
  inject(bytes: Uint8Array, connection: Connection = fakeConnection()): void {
    const framing = connection.protocol === "udp" ? "datagram" : "stream";
    const message = parseMessage(bytes, framing);
    if (message instanceof SyntaxProblem) this.#onProblem(message, connection);
    else this.#onMessage(message, connection);
  }

  receive(message: SipMessage, connection: Connection = fakeConnection()): void {
    this.#onMessage(message, connection);
  }

  close(connection: Connection): void {
    this.#onClosed(connection);
  }

  /** The last request sent; with a method, the last of that method. */
  lastRequest(method?: string): SipRequest {
    const found = this.requests.findLast(({ request }) => method === undefined || request.method === method);
    if (found === undefined) throw new Error(`no ${method ?? "request"} was sent`);
    return found.request;
  }

  requestsOf(method: string): readonly SipRequest[] {
    return this.requests.map(({ request }) => request).filter((request) => request.method === method);
  }

  lastResponse(): SipResponse {
    const response = this.responses.at(-1);
    if (response === undefined) throw new Error("no response was sent");
    return response;
  }

  statuses(): readonly number[] {
    return this.responses.map(({ status }) => status);
  }
}

function nothing(): void {
  return;
}
