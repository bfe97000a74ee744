import type { Service } from "@interpres/runtime";
import type { XmppServer } from "@interpres/xmpp";

/** XMPP over WebSocket and the web chat, on the admin server's listener; on stop every client there is told. */
export function webClientService({ xmpp }: { readonly xmpp: XmppServer }): Service {
  return {
    name: "web-client",
    start: async () => xmpp.webSockets.open(),
    stop: () => xmpp.webSockets.close(),
  };
}
