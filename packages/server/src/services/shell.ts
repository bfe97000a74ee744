import type { Service } from "@interpres/runtime";
import type { SshServer } from "../shell/ssh-server.ts";
import type { BoundPorts, ListenerAddress } from "./listener.ts";

interface Parts {
  readonly server: SshServer;
  readonly listener: ListenerAddress;
  readonly bound: BoundPorts;
}

/** The administrator's shell over SSH. */
export function shellService({ server, listener, bound }: Parts): Service {
  return {
    name: "shell",
    start: async () => {
      bound.shell = (await server.listen(listener)).port;
    },
    stop: () => server.close(),
  };
}
