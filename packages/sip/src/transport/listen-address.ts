import type { TransportProtocol } from "./connection.ts";

/** Where to listen; port 0 takes a free one. `::` takes IPv4 too. */
export interface ListenAddress {
  readonly protocol: TransportProtocol;
  readonly host: string;
  readonly port: number;
}
