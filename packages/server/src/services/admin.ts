import type { Service } from "@interpres/runtime";
import type { AdminServer } from "../admin/admin-server.ts";
import { again, type BoundPorts, type ListenerAddress } from "./listener.ts";

interface Parts {
  readonly server: AdminServer;
  readonly listener: ListenerAddress;
  readonly bound: BoundPorts;
}

/** The admin API over HTTPS. */
export function adminService({ server, listener, bound }: Parts): Service {
  return {
    name: "admin",
    start: async (broke) => {
      bound.admin = (await server.listen(again(listener, bound.admin), broke)).port;
    },
    stop: () => server.close(),
  };
}
