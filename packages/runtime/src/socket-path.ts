import type { Socket } from "node:net";
import type { FlowPath } from "./flow-tap.ts";

/** IPv4 in its own form, also where a socket of both families maps it into IPv6 (RFC 4291 §2.5.5.2). */
export function plainAddress(address: string): string {
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
}

/** The path of a connected TCP socket; of one that is closed already, without addresses. */
export function socketPath(
  socket: Pick<Socket, "localAddress" | "localPort" | "remoteAddress" | "remotePort">,
): FlowPath {
  return {
    protocol: "tcp",
    local: { address: plainAddress(socket.localAddress ?? ""), port: socket.localPort ?? 0 },
    remote: { address: plainAddress(socket.remoteAddress ?? ""), port: socket.remotePort ?? 0 },
  };
}
