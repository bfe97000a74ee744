import type { EventEmitter } from "node:events";
import type { AddressInfo } from "node:net";
import type { Logger } from "./logger.ts";
import type { Broke } from "./service.ts";

/** A server that can be bound: TCP, HTTPS, SSH. */
export interface Bindable extends EventEmitter {
  listen(port: number, host: string, bound: () => void): unknown;
  address(): AddressInfo | string | null;
}

/** Who hears of what goes wrong with a listener after it was bound. */
export interface ListenerWatch {
  readonly log: Logger;
  /** It can no longer be relied upon; whoever bound it closes it and binds anew. */
  readonly broke: Broke;
}

const NO_IPV6: ReadonlySet<string> = new Set(["EAFNOSUPPORT", "EADDRNOTAVAIL"]);

/** The errors that accept(2) and recvmsg(2) give for the one connection or datagram, or while resources are short. */
const PASSING: ReadonlySet<string> = new Set([
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "EINTR",
  "EMFILE",
  "EMSGSIZE",
  "ENETDOWN",
  "ENETUNREACH",
  "ENFILE",
  "ENOBUFS",
  "ENOMEM",
  "ENONET",
  "ENOPROTOOPT",
  "EOPNOTSUPP",
  "EPERM",
  "EPROTO",
]);

/** Binds and settles with the port; rejects when the address cannot be had. Where there is no IPv6, `::` is all of IPv4. */
export async function bind(
  server: Bindable,
  { host, port }: { readonly host: string; readonly port: number },
  watch: ListenerWatch,
): Promise<number> {
  try {
    await bound(server, host, port);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (host !== "::" || !NO_IPV6.has(code)) throw error;
    await bound(server, "0.0.0.0", port);
  }
  watchListener(server, watch);
  const address = server.address();
  return address === null || typeof address === "string" ? port : address.port;
}

/** Until it closes: tells what breaks a listener from what went wrong with one who came, over which it goes on. */
export function watchListener(listener: EventEmitter, { log, broke }: ListenerWatch): void {
  const failed = (error: NodeJS.ErrnoException): void => {
    if (PASSING.has(error.code ?? "")) log.warn("listener.accept-failed", { reason: error.message });
    else broke(error);
  };
  listener.on("error", failed);
  listener.once("close", () => listener.removeListener("error", failed));
}

function bound(server: Bindable, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.removeListener("error", reject);
      resolve();
    });
  });
}
