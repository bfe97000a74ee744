import type { Service } from "@interpres/runtime";
import type { SshServer } from "../shell/ssh-server.ts";
import { again, type BoundPorts, type ListenerAddress } from "./listener.ts";

interface Parts {
  readonly server: SshServer;
  readonly listener: ListenerAddress;
  readonly bound: BoundPorts;
}

/** The administrator's shell over SSH. */
export function shellService({ server, listener, bound }: Parts): Service {
  return {
    name: "shell",
    start: async (broke) => {
      bound.shell = (await server.listen(again(listener, bound.shell), broke)).port;
    },
    stop: () => server.close(),
  };
}
