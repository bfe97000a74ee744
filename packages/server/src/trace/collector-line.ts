import { createSocket } from "node:dgram";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { TraceCollectorSettings } from "@interpres/admin-api";
import type { Clock } from "@interpres/runtime";

/** The way to a collector, open. Nothing here throws or waits. */
export interface CollectorLine {
  /** "full": the collector is slower than the traffic, and this packet is left out. */
  send(packet: Uint8Array): "sent" | "full";
  /** Sends what it took, then closes; after five seconds it closes in any case. */
  close(): Promise<void>;
}

/** Where a collector is, and whom to believe that it is the one. */
export interface CollectorAddress extends Pick<TraceCollectorSettings, "host" | "port" | "protocol"> {
  /** Authorities, PEM; for TLS. */
  readonly trustedPem: readonly string[];
}

/** Opens a line; rejects when there is none within the limit. `broken` is told of what goes wrong later, also of each refused datagram. */
export type OpenLine = (address: CollectorAddress, broken: (error: Error) => void) => Promise<CollectorLine>;

/** What may wait for a slow collector. */
const MOST_WAITING_OCTETS = 4 * 1024 * 1024;
const LIMIT_MS = 5000;

/** Lines over sockets of the machine. */
export function lineOpener(clock: Clock): OpenLine {
  return async (address, broken) =>
    address.protocol === "udp"
      ? openDatagrams(address, broken)
      : streamLine(await connected(address, clock), { clock, broken });
}

async function openDatagrams({ host, port }: CollectorAddress, broken: (error: Error) => void): Promise<CollectorLine> {
  const socket = createSocket({ type: host.includes(":") ? "udp6" : "udp4" });
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.connect(port, host, () => {
      socket.off("error", reject);
      resolve();
    });
  });
  socket.unref();
  socket.on("error", broken);
  let underWay = 0;
  let closed: (() => void) | undefined;
  const finish = (): void => {
    if (underWay === 0 && closed !== undefined) socket.close(closed);
  };
  return {
    send: (packet) => {
      if (socket.getSendQueueSize() > MOST_WAITING_OCTETS) return "full";
      underWay += 1;
      socket.send(packet, (error) => {
        underWay -= 1;
        if (error !== null) broken(error);
        finish();
      });
      return "sent";
    },
    close: () =>
      new Promise((resolve) => {
        closed = resolve;
        finish();
      }),
  };
}

interface Watch {
  readonly clock: Clock;
  readonly broken: (error: Error) => void;
}

function streamLine(socket: Socket, { clock, broken }: Watch): CollectorLine {
  socket.unref();
  socket.on("error", broken);
  socket.on("close", () => broken(new Error("the collector closed the connection")));
  socket.resume();
  return {
    send: (packet) => {
      if (socket.writableLength > MOST_WAITING_OCTETS) return "full";
      socket.write(packet);
      return "sent";
    },
    close: () =>
      new Promise((resolve) => {
        socket.removeAllListeners("close");
        // Who closes a line may have another already, of which this would be no news.
        socket.off("error", broken).on("error", () => undefined);
        const late = clock.after(LIMIT_MS, () => socket.destroy());
        socket.end(() => {
          late.cancel();
          socket.destroy();
          resolve();
        });
      }),
  };
}

function connected({ host, port, protocol, trustedPem }: CollectorAddress, clock: Clock): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket =
      protocol === "tls" ? connectTls({ host, port, servername: host, ca: [...trustedPem] }) : connect({ host, port });
    const late = clock.after(LIMIT_MS, () => socket.destroy(new Error(`no answer within ${LIMIT_MS / 1000} s`)));
    const failed = (error: Error): void => {
      late.cancel();
      reject(error);
    };
    socket.once("error", failed);
    socket.once(protocol === "tls" ? "secureConnect" : "connect", () => {
      late.cancel();
      socket.off("error", failed);
      resolve(socket);
    });
  });
}
