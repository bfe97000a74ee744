import type { Socket } from "node:net";
import type { Timer } from "@interpres/runtime";
import { type ClientOffer, readClientHello } from "./client-hello.ts";
import { type TlsFailure, tlsFailureOf } from "./tls-failure.ts";

/** A handshake of a peer that calls, until it is done or its socket has closed. */
interface Handshake {
  /** What came first; read only if it fails. */
  readonly first: Buffer;
  /** By when it has to be done. */
  readonly deadline: Timer;
  failure: TlsFailure | undefined;
}

/** Why a handshake ended without a connection, and what the caller had offered. */
export interface EndedHandshake {
  readonly failure: TlsFailure;
  readonly offer: ClientOffer | undefined;
}

const GONE: TlsFailure = { cause: "closed", detail: "closed before the handshake was done" };
const LATE: TlsFailure = { cause: "timeout", detail: "not done in time" };

/**
 * The inbound handshakes under way, by remote address and port: the TLS server names a failed one by a socket that is not
 * the one we gave it, or by none. As many as there are inbound connections, which are bounded.
 */
export class Handshakes {
  readonly #underWay = new Map<string, Handshake>();

  begin(socket: Socket, { first, deadline }: Pick<Handshake, "first" | "deadline">): void {
    this.#underWay.set(keyOf(socket), { first, deadline, failure: undefined });
  }

  done(socket: Socket): void {
    const key = keyOf(socket);
    this.#underWay.get(key)?.deadline.cancel();
    this.#underWay.delete(key);
  }

  failed(socket: Socket, error: Error): void {
    const handshake = this.#underWay.get(keyOf(socket));
    if (handshake !== undefined) handshake.failure ??= tlsFailureOf(error);
  }

  /** Its deadline has passed; whoever set it closes the socket. */
  late(key: string): void {
    const handshake = this.#underWay.get(key);
    if (handshake !== undefined) handshake.failure = LATE;
  }

  /** The socket has closed: what became of its handshake; undefined for one that was done, or had not begun. */
  ended(key: string): EndedHandshake | undefined {
    const handshake = this.#underWay.get(key);
    if (handshake === undefined) return undefined;
    this.#underWay.delete(key);
    return { failure: handshake.failure ?? GONE, offer: readClientHello(handshake.first) };
  }
}

/** Of a socket that has not closed yet. */
export function keyOf({ remoteAddress, remotePort }: Socket): string {
  return JSON.stringify([remoteAddress, remotePort]);
}
