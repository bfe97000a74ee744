import { constants } from "node:crypto";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { Clock } from "@interpres/runtime";
import { type NegotiatedTls, negotiatedTls, type TlsContextStamp } from "./negotiated-tls.ts";
import type { NextHop } from "./next-hop-selector.ts";
import { presentedCertificateOf } from "./peer-certificate.ts";
import type { PresentedCertificate } from "./presented-certificate.ts";
import type { TransportFailure } from "./sip-transport.ts";
import type { TlsContextSource } from "./tls-context-source.ts";

export interface DialPorts {
  readonly clock: Clock;
  readonly tls: TlsContextSource;
  readonly timeoutMs: number;
}

/** A connected socket, its handshake done; nothing was sent or read. */
export interface Dialled {
  readonly socket: Socket;
  readonly certificate: PresentedCertificate | undefined;
  readonly tls?: NegotiatedTls;
}

const SOCKET_OPTIONS = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 };

/**
 * Opens one TCP or TLS connection to one address of a hop. Exactly one of `connected` and `failed` is called, in the
 * socket's own event, so that no octet is lost or read before the caller has judged the certificate.
 */
export function dial(
  { hop, address }: { readonly hop: NextHop; readonly address: string },
  ports: DialPorts,
  outcome: { connected(dialled: Dialled): void; failed(failure: TransportFailure): void },
): void {
  const { stamp } = ports.tls;
  const socket = open(hop, address, ports.tls);
  if (socket instanceof Error) {
    // Never a socket at all: certificates or ciphers OpenSSL does not take.
    outcome.failed({ cause: "tls-failed", hop, detail: socket.message });
    return;
  }
  let isConnected = false;
  const settle = (): void => {
    timer.cancel();
    socket.removeListener("error", onError);
    socket.removeListener("close", onClose);
    // A socket that is destroyed may still report why.
    socket.on("error", ignore);
  };
  const fail = (cause: TransportFailure["cause"], detail: string): void => {
    settle();
    socket.destroy();
    outcome.failed({ cause, hop, detail: `${address}: ${detail}` });
  };
  const lost = (reason: string): void => fail(isConnected ? "tls-failed" : "connect-failed", reason);
  const onError = (error: Error): void => lost(error.message);
  const onClose = (): void => lost("closed by the peer");
  const timer = ports.clock.after(ports.timeoutMs, () => fail("connect-timeout", "no connection in time"));
  socket.on("error", onError);
  socket.on("close", onClose);
  socket.once("connect", () => {
    isConnected = true;
  });
  socket.once(hop.protocol === "tls" ? "secureConnect" : "connect", () => {
    settle();
    outcome.connected(
      hop.protocol === "tls" ? secured(socket as TLSSocket, stamp) : { socket, certificate: undefined },
    );
  });
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
