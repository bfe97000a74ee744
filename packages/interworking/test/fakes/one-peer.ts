import type { Dialect } from "@interpres/federation";
import type { PeerSource } from "../../src/model/federated-peers.ts";

/** A federation with one peer. `host` is what we are called. */
export function onePeer(init: {
  readonly domain: string;
  readonly host: string;
  readonly dialect: Dialect;
}): PeerSource {
  const { domain, host, dialect } = init;
  return {
    peerOf: (asked) => (asked === domain ? { domain, aliases: [], dialect } : undefined),
    mayCarryMessages: () => true,
    addressedUri: ({ requestUri }) => requestUri,
    hostTowards: () => host,
    departureWaitMs: () => 0,
    networkOf: (asked) => Promise.resolve({ kind: "none", text: `${asked} is nowhere` }),
  };
}
