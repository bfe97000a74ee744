import { constants } from "node:crypto";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { Clock, Timer } from "@interpres/runtime";
import type { FailedHandshake } from "./connection-gate.ts";
import { type NegotiatedTls, negotiatedTls, type TlsContextStamp } from "./negotiated-tls.ts";
import type { NextHop } from "./next-hop-selector.ts";
import { presentedCertificateOf } from "./peer-certificate.ts";
import type { PresentedCertificate } from "./presented-certificate.ts";
import type { TransportFailure } from "./sip-transport.ts";
import type { TlsContextSource } from "./tls-context-source.ts";
import { type TlsFailure, tlsFailureOf } from "./tls-failure.ts";

export interface DialPorts {
  readonly clock: Clock;
  readonly tls: TlsContextSource;
  readonly timeoutMs: number;
  readonly handshakeFailed?: (failed: FailedHandshake) => void;
}

/** A connected socket, its handshake done; nothing was sent or read. */
export interface Dialled {
  readonly socket: Socket;
  readonly certificate: PresentedCertificate | undefined;
  readonly tls?: NegotiatedTls;
}

const CLOSED = "closed by the peer";
const SOCKET_OPTIONS = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 };

/** Told once what came of dialling. */
export interface DialOutcome {
  connected(dialled: Dialled): void;
  failed(failure: TransportFailure): void;
}

interface DialTarget {
  readonly hop: NextHop;
  readonly address: string;
}

/**
 * Opens one TCP or TLS connection to one address of a hop. Exactly one of `connected` and `failed` is called, in the
 * socket's own event, so that no octet is lost or read before the caller has judged the certificate.
 */
export function dial(target: DialTarget, ports: DialPorts, outcome: DialOutcome): void {
  const { stamp } = ports.tls;
  const { hop, address } = target;
  const socket = open(hop, address, ports.tls);
  // Never a socket at all: certificates or ciphers OpenSSL does not take.
  if (socket instanceof Error) outcome.failed({ cause: "tls-failed", hop, detail: socket.message });
  else new Dialling({ ...target, stamp, socket }, ports, outcome);
}

/** One socket on its way to being connected. */
class Dialling {
  readonly #init: DialTarget & { readonly socket: Socket; readonly stamp: TlsContextStamp };
  readonly #ports: DialPorts;
  readonly #outcome: DialOutcome;
  readonly #timer: Timer;
  #isConnected = false;

  constructor(
    init: DialTarget & { readonly socket: Socket; readonly stamp: TlsContextStamp },
    ports: DialPorts,
    outcome: DialOutcome,
  ) {
    this.#init = init;
    this.#ports = ports;
    this.#outcome = outcome;
    const { socket, hop } = init;
    this.#timer = ports.clock.after(ports.timeoutMs, () => this.#late());
    socket.on("error", this.#failed);
    socket.on("close", this.#closed);
    socket.once("connect", () => {
      this.#isConnected = true;
    });
    socket.once(hop.protocol === "tls" ? "secureConnect" : "connect", () => this.#ready());
  }

  readonly #failed = (error: Error): void => this.#lost(tlsFailureOf(error), error.message);

  readonly #closed = (): void => this.#lost({ cause: "closed", detail: CLOSED }, CLOSED);

  get #isHandshaking(): boolean {
    return this.#isConnected && this.#init.hop.protocol === "tls";
  }

  #ready(): void {
    const { socket, hop, stamp } = this.#init;
    this.#settle();
    const isTls = hop.protocol === "tls";
    this.#outcome.connected(isTls ? secured(socket as TLSSocket, stamp) : { socket, certificate: undefined });
  }

  #lost(failure: TlsFailure, detail: string): void {
    this.#tell(failure);
    this.#fail(this.#isHandshaking ? "tls-failed" : "connect-failed", detail);
  }

  #late(): void {
    this.#tell({ cause: "timeout", detail: "no answer in time" });
    this.#fail("connect-timeout", "no connection in time");
  }

  /** A handshake is told of with what the peer had shown by then. */
  #tell(failure: TlsFailure): void {
    if (!this.#isHandshaking) return;
    const { socket, hop, address, stamp } = this.#init;
    const certificate = presentedCertificateOf(socket as TLSSocket);
    const shown = certificate === undefined ? {} : { certificate };
    this.#ports.handshakeFailed?.({
      direction: "outbound",
      remoteAddress: address,
      failure,
      context: stamp.context,
      nextHop: hop,
      ...shown,
    });
  }

  #fail(cause: TransportFailure["cause"], detail: string): void {
    const { socket, hop, address } = this.#init;
    this.#settle();
    socket.destroy();
    this.#outcome.failed({ cause, hop, detail: `${address}: ${detail}` });
  }

  #settle(): void {
    const { socket } = this.#init;
    this.#timer.cancel();
    socket.removeListener("error", this.#failed);
    socket.removeListener("close", this.#closed);
    // A socket that is destroyed may still report why.
    socket.on("error", ignore);
  }
}

function secured(socket: TLSSocket, stamp: TlsContextStamp): Dialled {
  return { socket, certificate: presentedCertificateOf(socket), tls: negotiatedTls(socket, stamp) };
}

function open(hop: NextHop, address: string, tls: TlsContextSource): Socket | Error {
  const target = { ...SOCKET_OPTIONS, host: address, port: hop.port };
  if (hop.protocol !== "tls") return connectTcp(target);
  try {
    const options = tls.clientOptions(hop);
    return connectTls({
      ...options,
      ...target,
      secureOptions: (options.secureOptions ?? 0) | constants.SSL_OP_NO_RENEGOTIATION,
      // The name of the hop, which is what its certificate is for; an address is no server name (RFC 6066 §3).
      servername: isIP(hop.host) === 0 ? hop.host : "",
      rejectUnauthorized: false,
      // `authorized` then speaks of the chain alone; names are the gate's business.
      checkServerIdentity: () => undefined,
    });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function ignore(): void {
  return;
}
