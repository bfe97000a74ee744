import { once } from "node:events";
import { type ConnectionOptions, connect, type SecureContextOptions, type TLSSocket } from "node:tls";
import { type Clock, type FlowEvent, silentLogger, silentMetrics, systemClock } from "@interpres/runtime";
import {
  buildRequest,
  buildResponse,
  type Connection,
  type ConnectionFacts,
  type ConnectionVerdict,
  type FailedHandshake,
  type ListenAddress,
  type MessageProblem,
  type NextHop,
  type NotYet,
  type SipMessage,
  SipRequest,
  SipResponse,
  type TlsContextSource,
  type TransportFailure,
  TransportLayer,
} from "@interpres/sip";
import {
  FakeZone,
  type IssuedCertificate,
  SeededRandom,
  TestCertificateAuthority,
  unbroken,
  within,
} from "@interpres/testkit";
import { defaultTransportSettings, type TransportSettings } from "../../src/transport/transport-settings.ts";

/** One authority everybody in these tests trusts, and one nobody does. */
export const authority = await TestCertificateAuthority.create("Trusted");
export const strangers = await TestCertificateAuthority.create("Stranger");
const ownCertificate = await authority.issue({ cn: "sip.example.com", dnsNames: ["sip.example.com"] });

/** TLS material that may change while connections live. */
export class TlsMaterial implements TlsContextSource {
  #certificate: IssuedCertificate;
  #listeners: (() => void)[] = [];
  #generation = 1;
  versions: Pick<SecureContextOptions, "minVersion" | "maxVersion"> = {};

  constructor(certificate: IssuedCertificate = ownCertificate) {
    this.#certificate = certificate;
  }

  replace(certificate: IssuedCertificate): void {
    this.#certificate = certificate;
    this.#generation += 1;
    for (const listener of this.#listeners) listener();
  }

  get stamp() {
    return { context: "test", generation: this.#generation };
  }

  serverOptions(): SecureContextOptions {
    return { cert: this.#certificate.certPem, key: this.#certificate.keyPem, ca: authority.certPem, ...this.versions };
  }

  clientOptions(): SecureContextOptions {
    return this.serverOptions();
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }
}

/** RFC 5922 in one line: the chain holds, and the names expected are among those presented. */
export function strictGate(facts: ConnectionFacts): ConnectionVerdict {
  const { certificate, nextHop, protocol } = facts;
  if (protocol !== "tls") return { kind: "admit" };
  if (certificate === undefined) return { kind: "refuse", rule: "no-certificate" };
  if (!certificate.authorized) return { kind: "refuse", rule: certificate.authorizationError ?? "unauthorized" };
  const expected = nextHop?.expectedNames ?? [];
  const isProven = nextHop === undefined || expected.some((name) => certificate.dnsNames.includes(name));
  if (!isProven) return { kind: "refuse", rule: "name-not-proven" };
  return { kind: "admit", identity: { label: certificate.subjectCommonName ?? "" } };
}

export interface EndOptions {
  readonly tls?: TlsMaterial;
  readonly zone?: FakeZone;
  readonly clock?: Clock;
  readonly settings?: Partial<TransportSettings>;
  readonly gate?: (facts: ConnectionFacts) => ConnectionVerdict | NotYet;
  readonly addressPolicy?: (address: string, hop: NextHop) => boolean;
}

/** A transport layer that keeps what it saw. */
export class End {
  readonly tls: TlsMaterial;
  readonly zone: FakeZone;
  readonly transport: TransportLayer;
  readonly facts: ConnectionFacts[] = [];
  readonly failedHandshakes: FailedHandshake[] = [];
  readonly messages: SipMessage[] = [];
  readonly problems: MessageProblem[] = [];
  readonly connections: Connection[] = [];
  readonly closed: Connection[] = [];
  readonly flows: FlowEvent[] = [];
  gate: (facts: ConnectionFacts) => ConnectionVerdict | NotYet;
  port = 0;
  #watchers: (() => void)[] = [];

  constructor(options: EndOptions = {}) {
    this.tls = options.tls ?? new TlsMaterial();
    this.zone = options.zone ?? new FakeZone();
    this.gate = options.gate ?? strictGate;
    this.transport = new TransportLayer({
      clock: options.clock ?? systemClock,
      random: new SeededRandom(),
      log: silentLogger,
      metrics: silentMetrics,
      resolver: this.zone,
      tls: this.tls,
      tap: { flow: (event) => this.flows.push(event) },
      settings: { ...defaultTransportSettings, ...options.settings },
      gate: {
        admit: (facts) => {
          this.facts.push(facts);
          return this.gate(facts);
        },
        handshakeFailed: (failed) => {
          this.failedHandshakes.push(failed);
          this.#changed();
        },
      },
      ...(options.addressPolicy === undefined ? {} : { addressPolicy: options.addressPolicy }),
    });
    this.transport.onMessage((message, connection) => {
      this.messages.push(message);
      this.connections.push(connection);
      this.#changed();
    });
    this.transport.onProblem((problem) => {
      this.problems.push(problem);
      this.#changed();
    });
    this.transport.onConnectionClosed((connection) => {
      this.closed.push(connection);
      this.#changed();
    });
  }

  static async listening(protocol: "tls" | "tcp" | "udp", options: EndOptions = {}): Promise<End> {
    const end = new End(options);
    await end.listen({ protocol, host: "127.0.0.1", port: 0 });
    return end;
  }

  /** Listens there too, and takes it for its port. */
  async listen(address: ListenAddress): Promise<void> {
    this.port = (await this.transport.listen(address, unbroken)).port;
  }

  /** Answers every request with this status. */
  answering(status: number): this {
    this.transport.onMessage((message, connection) => {
      if (message.kind === "request") this.transport.sendResponse(buildResponse(message, status), connection);
    });
    return this;
  }

  /** Settles with the connection the request left on, or with the failure. */
  send(request: SipRequest, hop: NextHop): Promise<Connection | TransportFailure> {
    return new Promise((resolve) => this.transport.sendRequest(request, hop, resolve, resolve));
  }

  /** Waits until `met`, two seconds at most. */
  until(met: () => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = (): void => {
      if (!met()) return;
      this.#watchers = this.#watchers.filter((one) => one !== look);
      resolve();
    };
    this.#watchers.push(look);
    look();
    return within(promise, 2_000, "what the test waits for did not come");
  }

  get requests(): readonly SipRequest[] {
    return this.messages.filter((message) => message instanceof SipRequest);
  }

  get responses(): readonly SipResponse[] {
    return this.messages.filter((message) => message instanceof SipResponse);
  }

  close(): Promise<void> {
    return this.transport.close();
  }

  #changed(): void {
    for (const look of [...this.#watchers]) look();
  }
}

let sequence = 0;

/** A MESSAGE from alice, with a Via of this transport and sent-by. */
export function messageRequest(via = "SIP/2.0/TLS sip.example.com:5061", body = "hello"): SipRequest {
  sequence += 1;
  return buildRequest({
    method: "MESSAGE",
    requestUri: "sip:bob@contoso.example",
    headers: [
      ["Via", `${via};branch=z9hG4bK${sequence}`],
      ["Max-Forwards", "70"],
      ["From", "<sip:alice@example.com>;tag=1"],
      ["To", "<sip:bob@contoso.example>"],
      ["Call-ID", `call-${sequence}`],
      ["CSeq", "1 MESSAGE"],
      ["Content-Type", "text/plain"],
    ],
    body: Buffer.from(body),
  });
}

export function hopTo(end: { readonly port: number }, rest: Partial<NextHop> = {}): NextHop {
  const names = { domain: "example.com", expectedNames: ["sip.example.com"], from: "test" };
  return { host: "127.0.0.1", port: end.port, protocol: "tls", ...names, ...rest };
}

/** What a bare TLS client saw of a server: whether it believed the handshake done, what it read, how it ended. */
export interface ClientView {
  readonly isSecured: boolean;
  readonly received: string;
  readonly error: string | undefined;
}

/** Connects, sends one line, waits for the end. */
export function tlsClientView(port: number, options: ConnectionOptions): Promise<ClientView> {
  return new Promise((resolve) => {
    const socket: TLSSocket = connect({
      host: "127.0.0.1",
      port,
      ca: authority.certPem,
      rejectUnauthorized: false,
      ...options,
    });
    let isSecured = false;
    let received = "";
    let error: string | undefined;
    socket.on("secureConnect", () => {
      isSecured = true;
      socket.write("MESSAGE sip:bob@example.com SIP/2.0\r\n");
    });
    socket.on("data", (chunk: Buffer) => {
      received += chunk.toString();
    });
    socket.on("error", (cause: NodeJS.ErrnoException) => {
      error = cause.code ?? cause.message;
    });
    socket.on("close", () => resolve({ isSecured, received, error }));
  });
}

/** Connects, gives a ticket time to come, and says what could be resumed and whether something was. */
export async function resumable(
  port: number,
  options: ConnectionOptions,
): Promise<{ readonly session: Buffer | undefined; readonly isReused: boolean }> {
  const socket = connect({ host: "127.0.0.1", port, ca: authority.certPem, rejectUnauthorized: false, ...options });
  let session: Buffer | undefined;
  socket.on("session", (ticket: Buffer) => {
    session = ticket;
  });
  await once(socket, "secureConnect");
  socket.write("\r\n\r\n");
  await once(socket, "data");
  const isReused = socket.isSessionReused();
  session ??= socket.getSession();
  socket.destroy();
  return { session, isReused };
}
