import type { Service } from "@interpres/runtime";
import type { XmppServer } from "@interpres/xmpp";

/** The accounts in memory, read from the database at each start. */
export function presenceDatastoreService({ xmpp }: { readonly xmpp: XmppServer }): Service {
  return {
    name: "presence-datastore",
    start: () => xmpp.load(),
    stop: async () => undefined,
  };
}
