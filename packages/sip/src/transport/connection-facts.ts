import type { Connection } from "./connection.ts";
import type { ConnectionFacts } from "./connection-gate.ts";
import type { Dialled } from "./dial.ts";
import type { NextHop } from "./next-hop-selector.ts";
import { presentedCertificateOf } from "./peer-certificate.ts";
import { plainAddress } from "./stream-connection.ts";
import type { Accepted } from "./stream-listener.ts";

/** What the gate is asked of an inbound connection after its handshake. */
export function acceptedFacts({ protocol, socket }: Accepted): ConnectionFacts {
  const certificate = protocol === "tls" ? presentedCertificateOf(socket) : undefined;
  const remoteAddress = plainAddress(socket.remoteAddress ?? "");
  const known = { protocol, direction: "inbound", remoteAddress, remotePort: socket.remotePort ?? 0 } as const;
  return certificate === undefined ? known : { ...known, certificate };
}

/** Of one that was dialled for a hop. */
export function dialledFacts({ socket, certificate }: Dialled, hop: NextHop): ConnectionFacts {
  const remoteAddress = plainAddress(socket.remoteAddress ?? "");
  const facts = {
    protocol: hop.protocol,
    direction: "outbound",
    remoteAddress,
    remotePort: hop.port,
    nextHop: hop,
  } as const;
  return certificate === undefined ? facts : { ...facts, certificate };
}

/** Of one that stands; outbound ones with the hop they were opened for. */
export function openFacts(connection: Connection, hop: NextHop | undefined): ConnectionFacts {
  const { protocol, direction, remoteAddress, remotePort, certificate } = connection;
  return {
    protocol,
    direction,
    remoteAddress,
    remotePort,
    ...(certificate === undefined ? {} : { certificate }),
    ...(hop === undefined ? {} : { nextHop: hop }),
  };
}
