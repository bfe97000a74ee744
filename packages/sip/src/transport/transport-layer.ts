import type { Broke, Clock, FlowTap, Logger, Metrics, Random, Resolver } from "@interpres/runtime";
import { Tally } from "@interpres/runtime";
import type { SipMessage, SipRequest, SipResponse } from "../message/message.ts";
import { MessageProblem } from "../message/message-problem.ts";
import { serialize } from "../message/serialize.ts";
import type { Connection } from "./connection.ts";
import { ConnectionDrain } from "./connection-drain.ts";
import { acceptedFacts, dialledFacts, openFacts } from "./connection-facts.ts";
import type { ConnectionFacts, ConnectionGate, ConnectionVerdict, FailedHandshake, NotYet } from "./connection-gate.ts";
import { ConnectionPool } from "./connection-pool.ts";
import type { Dialled } from "./dial.ts";
import { addressesOf } from "./host-addresses.ts";
import type { ListenAddress } from "./listen-address.ts";
import { MessageMeter } from "./message-meter.ts";
import type { NextHop } from "./next-hop-selector.ts";
import { withSource } from "./received.ts";
import { responseTarget } from "./response-target.ts";
import type { SipTransport, TransportFailure } from "./sip-transport.ts";
import { StreamConnection, type StreamConnectionInit, type StreamPorts } from "./stream-connection.ts";
import { type Accepted, StreamListener } from "./stream-listener.ts";
import type { TlsContextSource } from "./tls-context-source.ts";
import { isCertificateAlert, tlsFailureOf } from "./tls-failure.ts";
import { defaultTransportSettings, type TransportSettings } from "./transport-settings.ts";
import { DatagramConnection, UdpSocket } from "./udp-socket.ts";

export interface TransportLayerOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly resolver: Resolver;
  readonly gate: ConnectionGate;
  readonly tls: TlsContextSource;
  readonly tap?: FlowTap;
  readonly settings?: TransportSettings;
  /** May this resolved address be connected to for this hop (no loopback or link-local of a foreign zone); all by default. */
  readonly addressPolicy?: (address: string, hop: NextHop) => boolean;
}

/** How long `close` waits for peers to close their side. */
const CLOSE_LIMIT_MS = 3_000;

/** The transport layer (RFC 3261 §18) over TLS, TCP and UDP sockets. */
export class TransportLayer implements SipTransport {
  readonly #options: TransportLayerOptions;
  readonly #settings: TransportSettings;
  readonly #meter: MessageMeter;
  readonly #tally: Tally;
  readonly #pool: ConnectionPool;
  readonly #drain: ConnectionDrain;
  readonly #streamPorts: StreamPorts;
  readonly #listeners: StreamListener[] = [];
  readonly #udpSockets: UdpSocket[] = [];
  /** Open stream connections; outbound ones with the hop they were opened for. */
  readonly #connections = new Map<StreamConnection, NextHop | undefined>();
  readonly #messageHandlers: ((message: SipMessage, connection: Connection) => void)[] = [];
  readonly #problemHandlers: ((problem: MessageProblem, connection: Connection) => void)[] = [];
  readonly #closedHandlers: ((connection: Connection) => void)[] = [];
  #lastId = 0;
  #drained: (() => void) | undefined;

  constructor(options: TransportLayerOptions) {
    const { clock, random, log, metrics, resolver, tls, settings = defaultTransportSettings } = options;
    this.#options = options;
    this.#settings = settings;
    this.#meter = new MessageMeter(metrics, options.tap);
    const { maximumInboundConnections: maximum, maximumInboundFromOneAddress: maximumOfOne } = settings;
    this.#tally = new Tally({ maximum, maximumOfOne });
    this.#drain = new ConnectionDrain(clock);
    this.#streamPorts = { clock, random, log, settings, listener: this.#connectionListener() };
    this.#pool = new ConnectionPool({
      clock,
      resolver,
      tls,
      settings,
      addressPolicy: options.addressPolicy ?? (() => true),
      judge: (dialled, hop) => this.#judge(dialledFacts(dialled, hop)),
      judgeAgain: (connection, hop) => this.#judge(openFacts(connection, hop)),
      adopt: (dialled, hop, verdict) => this.#adoptDialled(dialled, hop, verdict),
      handshakeFailed: (failed) => this.#handshakeFailed(failed),
    });
    metrics.gauge("interpres_sip_connections", "Open TLS and TCP connections", () => this.#connections.size);
  }

  /**
   * Settles when traffic is accepted, with the port; rejects when the address cannot be had. Ends a `close`. A listener
   * that breaks says so to `broke`; nothing but `close` ends it.
   */
  async listen({ protocol, host, port }: ListenAddress, broke: Broke): Promise<{ readonly port: number }> {
    this.#pool.reopen();
    if (protocol === "udp") return { port: await this.#listenUdp({ host, port }, broke) };
    const { clock, log, tls } = this.#options;
    const { handshakeTimeoutMs } = this.#settings;
    const accepted = (socket: Accepted): void => this.#accept(socket);
    const handshakeFailed = (failed: FailedHandshake): void => this.#handshakeFailed(failed);
    const told = { accepted, handshakeFailed, broke };
    const parts = { protocol, host, port, clock, tls, log, tally: this.#tally, handshakeTimeoutMs, ...told };
    const listener = new StreamListener(parts);
    const bound = await listener.listen();
    this.#listeners.push(listener);
    return { port: bound };
  }

  /** Accepts no more, sends what is queued, closes everything. Waits three seconds for peers at most; never rejects. */
  async close(): Promise<void> {
    for (const listener of this.#listeners.splice(0)) listener.close();
    this.#pool.close();
    this.#drain.stop();
    const connections = [...this.#connections.keys()];
    if (connections.length > 0) {
      await new Promise<void>((resolve) => {
        const late = this.#options.clock.after(CLOSE_LIMIT_MS, resolve);
        this.#drained = () => {
          late.cancel();
          resolve();
        };
        for (const connection of connections) connection.close();
      });
      this.#drained = undefined;
    }
    for (const connection of this.#connections.keys()) connection.abort("shutting down");
    for (const socket of this.#udpSockets.splice(0)) socket.close();
  }

  onMessage(handler: (message: SipMessage, connection: Connection) => void): void {
    this.#messageHandlers.push(handler);
  }

  onProblem(handler: (problem: MessageProblem, connection: Connection) => void): void {
    this.#problemHandlers.push(handler);
  }

  onConnectionClosed(handler: (connection: Connection) => void): void {
    this.#closedHandlers.push(handler);
  }

  /** The open TLS and TCP connections. */
  connections(): readonly StreamConnection[] {
    return [...this.#connections.keys()].filter((connection) => connection.isOpen);
  }

  /** Takes no new requests to the connections of `isOld`, and closes each once nothing is under way. Answers how many. */
  drain(isOld: (connection: Connection) => boolean, isUnderWay: (connection: Connection) => boolean): number {
    const old = this.connections().filter(isOld);
    this.#drain.start(old, isUnderWay);
    return old.length;
  }

  /** Asks the gate again about every connection, and closes those it does not admit any more. */
  readmit(): void {
    this.#pool.forgetVerdicts();
    for (const socket of this.#udpSockets) socket.forgetVerdicts();
    for (const [connection, hop] of [...this.#connections]) this.#readmit(connection, hop);
  }

  /** Until the gate can say more, an open connection stays what it was. */
  #readmit(connection: StreamConnection, hop: NextHop | undefined): void {
    const facts = openFacts(connection, hop);
    const answer = this.#ask(facts);
    if (answer.kind === "admit") connection.readmitted(answer.identity);
    else if (answer.kind === "refuse") connection.close();
    else void answer.until.then(() => this.#readmitAtLast(connection, facts));
  }

  #readmitAtLast(connection: StreamConnection, facts: ConnectionFacts): void {
    if (!connection.isOpen) return;
    const verdict = this.#judge(facts);
    if (verdict.kind === "admit") connection.readmitted(verdict.identity);
    else connection.close();
  }

  sendResponse(response: SipResponse, connection: Connection): void {
    const via = response.readableTopVia;
    if (via === undefined) return;
    const octets = serialize(response);
    const target = responseTarget(via, connection);
    switch (target.kind) {
      case "connection":
        this.#transmit(response, octets, connection);
        break;
      case "datagram":
        this.#meter.passed(response, "outbound", { octets, connection });
        if (connection instanceof DatagramConnection) connection.sendTo(target.port, octets);
        break;
      case "dial":
        this.#pool.deliver({
          hop: target.hop,
          ready: (opened) => this.#transmit(response, octets, opened),
          failed: ({ cause, detail }) =>
            this.#options.log.info("response.unsent", { correlationId: response.callId, cause, detail }),
        });
        break;
    }
  }

  sendRequest(
    request: SipRequest,
    hop: NextHop,
    failed: (failure: TransportFailure) => void,
    sent?: (connection: Connection) => void,
  ): void {
    if (hop.protocol === "udp") {
      this.#sendOverUdp(request, hop, { failed, sent });
      return;
    }
    const ready = (connection: StreamConnection): void => {
      this.#transmit(request, serialize(request), connection);
      sent?.(connection);
    };
    this.#pool.deliver({ hop, ready, failed });
  }

  /** RFC 3261 §18.1.1: a large request goes by TCP, and back to UDP where nobody answers TCP. */
  #sendOverUdp(request: SipRequest, hop: NextHop, { failed, sent }: Outcomes): void {
    const octets = serialize(request);
    if (octets.length <= this.#settings.maximumDatagramOctets) {
      void this.#sendDatagram({ request, octets }, hop, { failed, sent });
      return;
    }
    const overTcp = request.withTopVia(request.topVia.text.replace(/udp/i, "TCP"));
    const retry = (failure: TransportFailure): void => {
      if (failure.cause !== "connect-failed") failed({ ...failure, hop });
      else void this.#sendDatagram({ request, octets }, hop, { failed, sent });
    };
    this.sendRequest(overTcp, { ...hop, protocol: "tcp" }, retry, sent);
  }

  async #sendDatagram({ request, octets }: Outgoing, hop: NextHop, { failed, sent }: Outcomes): Promise<void> {
    const found = await addressesOf(hop.host, this.#options.resolver);
    if (found.kind === "none") {
      failed({ cause: "name-not-found", hop, detail: found.reason });
      return;
    }
    const mayUse = this.#options.addressPolicy ?? (() => true);
    const address = found.addresses.find((one) => mayUse(one, hop));
    const socket = this.#udpSockets.find((one) => address !== undefined && one.isOpen && one.reaches(address));
    if (address === undefined || socket === undefined) {
      const cause = address === undefined ? "address-not-allowed" : "no-listener";
      failed({ cause, hop, detail: `no UDP from here to ${found.addresses.join(", ")}` });
      return;
    }
    const connection = socket.connectionTo(address, hop);
    if (!(connection instanceof DatagramConnection)) {
      failed({ cause: "identity-refused", hop, detail: "not admitted", rule: connection.rule });
      return;
    }
    this.#transmit(request, octets, connection);
    sent?.(connection);
  }

  #transmit(message: SipMessage, octets: Uint8Array, connection: Connection): void {
    this.#meter.passed(message, "outbound", { octets, connection });
    connection.send(octets);
  }

  #connectionListener(): StreamPorts["listener"] {
    return {
      message: (message, octets, connection) => this.#received(message, octets, connection),
      fatal: (problem, connection) => this.#malformed(problem, connection),
      closed: (connection, reason) => this.#closed(connection, reason),
    };
  }

  #received(message: SipMessage | MessageProblem, octets: Uint8Array, connection: Connection): void {
    if (message instanceof MessageProblem) {
      this.#malformed(message, connection);
      return;
    }
    this.#meter.passed(message, "inbound", { octets, connection });
    const marked = message.kind === "request" ? withSource(message, connection) : message;
    for (const handler of this.#messageHandlers) handler(marked, connection);
  }

  #malformed(problem: MessageProblem, connection: Connection): void {
    const { protocol, remoteAddress: remote } = connection;
    this.#meter.malformed(protocol);
    this.#options.log.info("message.malformed", { protocol, remote, reason: problem.reason, offset: problem.offset });
    const { message } = problem;
    const answerable = message === undefined ? problem : new MessageProblem(problem, withSource(message, connection));
    for (const handler of this.#problemHandlers) handler(answerable, connection);
  }

  async #listenUdp(address: Pick<ListenAddress, "host" | "port">, broke: Broke): Promise<number> {
    const { clock, log } = this.#options;
    const socket = new UdpSocket({
      ...address,
      broke,
      clock,
      log,
      settings: this.#settings,
      nextId: () => this.#nextId(),
      judge: (facts) => this.#ask(facts),
      message: (message, octets, connection) => this.#received(message, octets, connection),
    });
    const bound = await socket.listen();
    this.#udpSockets.push(socket);
    return bound;
  }

  /** One inbound socket after its handshake. A refused one is destroyed before anything is read from it. */
  #accept(accepted: Accepted): void {
    const facts = acceptedFacts(accepted);
    const answer = this.#ask(facts);
    if (answer.kind === "not-yet") void answer.until.then(() => this.#takeIn(accepted, facts, this.#judge(facts)));
    else this.#takeIn(accepted, facts, answer);
  }

  #takeIn({ protocol, socket }: Accepted, { certificate, tls }: ConnectionFacts, verdict: ConnectionVerdict): void {
    if (verdict.kind === "refuse" || socket.destroyed || this.#listeners.length === 0) {
      socket.destroy();
      return;
    }
    const { identity } = verdict;
    const secured = tls === undefined ? {} : { tls };
    this.#open({ protocol, direction: "inbound", socket, certificate, identity, ...secured }, undefined);
  }

  #adoptDialled(dialled: Dialled, hop: NextHop, verdict: ConnectionVerdict): StreamConnection {
    const protocol = hop.protocol === "tls" ? "tls" : "tcp";
    const identity = verdict.kind === "admit" ? verdict.identity : undefined;
    return this.#open({ ...dialled, protocol, direction: "outbound", identity }, hop);
  }

  #open(init: Omit<StreamConnectionInit, "id">, hop: NextHop | undefined): StreamConnection {
    const connection = new StreamConnection({ id: this.#nextId(), ...init }, this.#streamPorts);
    this.#connections.set(connection, hop);
    this.#options.log.info("connection.opened", { ...fieldsOf(connection), from: hop?.from });
    return connection;
  }

  #closed(connection: StreamConnection, reason: string): void {
    this.#tellLateAlert(connection);
    this.#connections.delete(connection);
    this.#pool.forget(connection);
    this.#drain.forget(connection);
    this.#options.log.info("connection.closed", { ...fieldsOf(connection), reason });
    for (const handler of this.#closedHandlers) handler(connection);
    if (this.#connections.size === 0) this.#drained?.();
  }

  /** For those who cannot wait: what cannot be said yet is a refusal. */
  #judge(facts: ConnectionFacts): ConnectionVerdict {
    const answer = this.#ask(facts);
    if (answer.kind !== "not-yet") return answer;
    return { kind: "refuse", rule: answer.rule };
  }

  /** A gate that throws refuses: a strange certificate must not take the process down. */
  #ask(facts: ConnectionFacts): ConnectionVerdict | NotYet {
    const { log, gate } = this.#options;
    const { protocol, direction, remoteAddress: remote } = facts;
    try {
      const verdict = gate.admit(facts);
      if (verdict.kind === "refuse")
        log.info("connection.refused", { protocol, direction, remote, rule: verdict.rule });
      return verdict;
    } catch (error) {
      log.error("gate.failed", { remote, error: error instanceof Error ? error.stack : String(error) });
      return { kind: "refuse", rule: "gate-failed" };
    }
  }

  /** With TLS 1.3 a server looks at our certificate when the handshake is done for us, and then ends it (RFC 8446 §4.4.2.4). */
  #tellLateAlert({ direction, error, remoteAddress, certificate, tls }: StreamConnection): void {
    if (direction === "inbound" || error === undefined || tls === undefined || !isCertificateAlert(error)) return;
    const shown = certificate === undefined ? {} : { certificate };
    this.#handshakeFailed({ direction, remoteAddress, failure: tlsFailureOf(error), context: tls.context, ...shown });
  }

  #handshakeFailed(failed: FailedHandshake): void {
    const { log, gate } = this.#options;
    const { direction, remoteAddress: remote, failure } = failed;
    log.info("tls.handshake-failed", { direction, remote, ...failure });
    gate.handshakeFailed?.(failed);
  }

  #nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }
}

interface Outcomes {
  readonly failed: (failure: TransportFailure) => void;
  readonly sent: ((connection: Connection) => void) | undefined;
}

interface Outgoing {
  readonly request: SipRequest;
  readonly octets: Uint8Array;
}

function fieldsOf({ id, protocol, direction, remoteAddress, remotePort, identity }: Connection) {
  return { id, protocol, direction, remote: `${remoteAddress} ${remotePort}`, peer: identity?.label };
}
