import type { Via } from "../message/via.ts";
import type { Connection } from "./connection.ts";
import { defaultPortOf } from "./locate.ts";
import type { NextHop } from "./next-hop-selector.ts";

/** Where a response goes. */
export type ResponseTarget =
  | { readonly kind: "connection" }
  | { readonly kind: "datagram"; readonly address: string; readonly port: number }
  | { readonly kind: "dial"; readonly hop: NextHop };

/**
 * RFC 3261 §18.2.2 and RFC 3581 §4, for a request that came on `connection`. The address is always the one the request
 * came from: `maddr` and a sender's own `received` would let it point us at a third host. Over a reliable transport whose
 * connection is gone, one is opened to the port of sent-by, and it must prove a name the old one proved.
 */
export function responseTarget(via: Via, connection: Connection): ResponseTarget {
  const { protocol, remoteAddress, remotePort } = connection;
  const sentByPort = via.port ?? defaultPortOf[protocol];
  if (protocol === "udp") {
    return { kind: "datagram", address: remoteAddress, port: via.parameters.has("rport") ? remotePort : sentByPort };
  }
  if (connection.isOpen) return { kind: "connection" };
  const expectedNames = namesOf(connection);
  const hop = { host: remoteAddress, port: sentByPort, protocol, domain: via.host, from: "via" };
  return { kind: "dial", hop: expectedNames.length === 0 ? hop : { ...hop, expectedNames } };
}

function namesOf({ certificate }: Connection): readonly string[] {
  if (certificate === undefined) return [];
  const { subjectCommonName, dnsNames } = certificate;
  return subjectCommonName === undefined ? dnsNames : [subjectCommonName, ...dnsNames];
}
