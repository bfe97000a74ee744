import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { WebSocketListener } from "../src/c2s/websocket-listener.ts";

/** The HTTPS server that somebody else brings along: hands each upgrade to the listener. */
export interface WebSocketDoor {
  readonly url: string;
  close(): Promise<void>;
}

export async function openDoor(
  webSockets: WebSocketListener,
  { certPem: cert, keyPem: key }: { readonly certPem: string; readonly keyPem: string },
): Promise<WebSocketDoor> {
  const server = createServer({ cert, key });
  server.on("upgrade", (request, socket, head) => {
    const refusal = webSockets.upgrade(request, head);
    if (refusal !== undefined) socket.end(`HTTP/1.1 ${refusal.status} Refused\r\nConnection: close\r\n\r\n`);
  });
  webSockets.open();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `wss://localhost:${(server.address() as AddressInfo).port}/xmpp`,
    close: async () => {
      await webSockets.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
