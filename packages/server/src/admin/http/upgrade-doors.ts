import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Server } from "node:https";
import type { Duplex } from "node:stream";
import type { Logger } from "@interpres/runtime";
import { problem } from "./problem-error.ts";

/** Why a connection was not taken over: answered as a problem (RFC 9457), then closed. */
export interface UpgradeRefusal {
  readonly status: number;
  readonly type: string;
  readonly detail: string;
}

/** Takes over the connection of a request to upgrade (RFC 9110 §7.8), or says why not. What it took it also closes. */
export type UpgradeDoor = (
  request: IncomingMessage,
  head: Buffer,
) => UpgradeRefusal | undefined | Promise<UpgradeRefusal | undefined>;

/** The WebSocket endpoints of the admin listener, by path. */
export class UpgradeDoors {
  readonly #log: Logger;
  readonly #doors = new Map<string, UpgradeDoor>();
  readonly #taken = new Set<Duplex>();

  constructor(log: Logger) {
    this.#log = log;
  }

  /** `path` is exact and without a query. */
  serve(path: string, door: UpgradeDoor): void {
    this.#doors.set(path, door);
  }

  attach(server: Server): void {
    server.on("upgrade", (request, socket, head) => {
      // What breaks before anybody listens to the socket must not break the process.
      socket.on("error", () => socket.destroy());
      void this.#enter(request, socket, head);
    });
  }

  /** Breaks what is still open. */
  close(): void {
    for (const socket of this.#taken) socket.destroy();
  }

  async #enter(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const path = (request.url ?? "").split("?", 1)[0] ?? "";
    const refusal = await this.#knock(path, request, head);
    if (refusal !== undefined) {
      refuse(socket, refusal);
      return;
    }
    this.#taken.add(socket);
    socket.once("close", () => this.#taken.delete(socket));
  }

  async #knock(path: string, request: IncomingMessage, head: Buffer): Promise<UpgradeRefusal | undefined> {
    const door = this.#doors.get(path);
    if (door === undefined) return { status: 404, type: "not-found", detail: `there is no WebSocket at ${path}` };
    try {
      return await door(request, head);
    } catch (error) {
      this.#log.error("admin.upgrade-failed", { path, reason: error instanceof Error ? error.message : String(error) });
      return { status: 500, type: "internal-error", detail: "see the log of the node" };
    }
  }
}

function refuse(socket: Duplex, { status, type, detail }: UpgradeRefusal): void {
  const body = JSON.stringify(problem(status, type, detail));
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Error"}`,
      "Content-Type: application/problem+json",
      `Content-Length: ${Buffer.byteLength(body)}`,
      ...(status === 401 ? ["WWW-Authenticate: Bearer"] : []),
      "Connection: close",
      "",
      body,
    ].join("\r\n"),
  );
}
