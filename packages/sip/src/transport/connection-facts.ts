import { plainAddress } from "@interpres/runtime";
import type { Connection } from "./connection.ts";
import type { ConnectionFacts } from "./connection-gate.ts";
import type { Dialled } from "./dial.ts";
import { negotiatedTls } from "./negotiated-tls.ts";
import type { NextHop } from "./next-hop-selector.ts";
import { presentedCertificateOf } from "./peer-certificate.ts";
import type { Accepted } from "./stream-listener.ts";

/** What the gate is asked of an inbound connection after its handshake. */
export function acceptedFacts(accepted: Accepted): ConnectionFacts {
  const { protocol, socket } = accepted;
  const remoteAddress = plainAddress(socket.remoteAddress ?? "");
  const known = { protocol, direction: "inbound", remoteAddress, remotePort: socket.remotePort ?? 0 } as const;
  if (accepted.protocol === "tcp") return known;
  const { socket: secured, stamp } = accepted;
  return { ...known, tls: negotiatedTls(secured, stamp), ...present("certificate", presentedCertificateOf(secured)) };
}

/** Of one that was dialled for a hop. */
export function dialledFacts({ socket, certificate, tls }: Dialled, hop: NextHop): ConnectionFacts {
  return {
    protocol: hop.protocol,
    direction: "outbound",
    remoteAddress: plainAddress(socket.remoteAddress ?? ""),
    remotePort: hop.port,
    nextHop: hop,
    ...present("certificate", certificate),
    ...present("tls", tls),
  };
}

/** Of one that stands; outbound ones with the hop they were opened for. */
export function openFacts(connection: Connection, hop: NextHop | undefined): ConnectionFacts {
  const { protocol, direction, remoteAddress, remotePort, certificate, tls } = connection;
  return {
    protocol,
    direction,
    remoteAddress,
    remotePort,
    ...present("certificate", certificate),
    ...present("tls", tls),
    ...present("nextHop", hop),
  };
}

function present<Key extends string, Value>(key: Key, value: Value | undefined): Partial<Record<Key, Value>> {
  return value === undefined ? {} : ({ [key]: value } as Record<Key, Value>);
}
