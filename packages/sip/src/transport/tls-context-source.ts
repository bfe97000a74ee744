import type { ConnectionOptions, TlsOptions } from "node:tls";
import type { TlsContextStamp } from "./negotiated-tls.ts";
import type { NextHop } from "./next-hop-selector.ts";

/**
 * Certificates, keys, trusted roots, versions and ciphers. The transport sets `requestCert`, `rejectUnauthorized` and
 * `servername` itself: who is admitted is the `ConnectionGate`'s decision.
 */
export interface TlsContextSource {
  /** Of the options that are given out now. */
  readonly stamp: TlsContextStamp;
  serverOptions(): TlsOptions;
  /** For one new outbound connection. */
  clientOptions(hop: NextHop): ConnectionOptions;
  /** New connections then get the new options; those that exist stay. */
  onChange(listener: () => void): void;
}
