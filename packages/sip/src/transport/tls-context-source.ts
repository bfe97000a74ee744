import type { ConnectionOptions, TlsOptions } from "node:tls";
import type { NextHop } from "./next-hop-selector.ts";

/**
 * Certificates, keys, trusted roots, versions and ciphers. The transport sets `requestCert`, `rejectUnauthorized` and
 * `servername` itself: who is admitted is the `ConnectionGate`'s decision.
 */
export interface TlsContextSource {
  serverOptions(): TlsOptions;
  /** For one new outbound connection. */
  clientOptions(hop: NextHop): ConnectionOptions;
  /** New connections then get the new options; those that exist stay. */
  onChange(listener: () => void): void;
}
