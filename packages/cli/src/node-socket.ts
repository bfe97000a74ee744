import type { IncomingMessage } from "node:http";
import { API_ROOT, isProblem, RefusedError } from "@interpres/admin-api";
import { WebSocket } from "ws";
import { noAnswer, type Target } from "./find-node.ts";
import { tlsOptions } from "./https-exchange.ts";
import { CommandError } from "./io.ts";

const CLOSED_NORMALLY = 1000;

/** A WebSocket of the API that carries one JSON text a message. */
export interface NodeSocket {
  send(value: unknown): void;
  /** What comes, until the node is done; rejects with `CommandError` when it ends in another way. */
  read(listener: (value: unknown) => void): Promise<void>;
  close(): void;
}

/** Opens it; `path` is below `/api/v1`. Rejects with `RefusedError`, or with `CommandError` when nobody answers. */
export function openSocket({ url, token, trust }: Target, path: string): Promise<NodeSocket> {
  const socket = new WebSocket(`${url.replace(/^https/, "wss").replace(/\/+$/, "")}${API_ROOT}${path}`, {
    headers: { authorization: `Bearer ${token}` },
    ...tlsOptions(trust),
  });
  return new Promise((resolve, reject) => {
    // Messages may come in the very packet that opens it.
    const early: unknown[] = [];
    socket.on("message", (data) => early.push(JSON.parse(String(data))));
    socket.once("error", (error) => reject(noAnswer(url, error)));
    socket.once("unexpected-response", (_request, response) => void refusalOf(response).then(reject));
    socket.once("open", () => resolve(opened(socket, early)));
  });
}

function opened(socket: WebSocket, early: readonly unknown[]): NodeSocket {
  const end = new Promise<void>((resolve, reject) => {
    socket.once("close", (code, reason) => {
      if (code === CLOSED_NORMALLY) resolve();
      else reject(new CommandError(`the node ended the connection: ${String(reason) || `code ${code}`}`));
    });
  });
  // Who does not read is not told either.
  end.catch(() => undefined);
  return {
    send: (value) => socket.send(JSON.stringify(value)),
    read: (listener) => {
      socket.removeAllListeners("message");
      for (const value of early) listener(value);
      socket.on("message", (data) => listener(JSON.parse(String(data))));
      return end;
    },
    close: () => socket.close(CLOSED_NORMALLY),
  };
}

async function refusalOf(response: IncomingMessage): Promise<Error> {
  const chunks = await Array.fromAsync(response as AsyncIterable<Buffer>);
  const content = parsed(Buffer.concat(chunks).toString("utf8"));
  if (isProblem(content)) return new RefusedError(content);
  return new CommandError(`the node answered ${response.statusCode}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
