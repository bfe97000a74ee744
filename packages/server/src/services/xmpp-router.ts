import type { Service } from "@interpres/runtime";
import type { XmppServer } from "@interpres/xmpp";

/** Presence and messages of local users. It works while others bring it clients and peers; on stop all of that is stored. */
export function xmppRouterService({ xmpp }: { readonly xmpp: XmppServer }): Service {
  return {
    name: "xmpp-router",
    start: async () => undefined,
    stop: () => xmpp.stop(),
  };
}
