import type { Service } from "@interpres/runtime";
import type { AdminServer } from "../admin/admin-server.ts";
import type { BoundPorts, ListenerAddress } from "./listener.ts";

interface Parts {
  readonly server: AdminServer;
  readonly listener: ListenerAddress;
  readonly bound: BoundPorts;
}

/** The admin API over HTTPS. */
export function adminService({ server, listener, bound }: Parts): Service {
  return {
    name: "admin",
    start: async () => {
      bound.admin = (await server.listen(listener)).port;
    },
    stop: () => server.close(),
  };
}
