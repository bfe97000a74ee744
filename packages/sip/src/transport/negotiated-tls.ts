import type { TLSSocket } from "node:tls";

/** Which context a handshake was done with. */
export interface TlsContextStamp {
  /** Its name in the settings. */
  readonly context: string;
  /** Grows by one each time that new handshakes get something else: other certificates, trust, versions or ciphers. */
  readonly generation: number;
}

/** How the TLS of one connection was agreed. */
export interface NegotiatedTls extends TlsContextStamp {
  /** `TLSv1.3` */
  readonly version: string;
  /** By its IANA name. */
  readonly cipher: string;
}

/** Of a socket whose handshake is done under the context of `stamp`. */
export function negotiatedTls(socket: TLSSocket, stamp: TlsContextStamp): NegotiatedTls {
  return { ...stamp, version: socket.getProtocol() ?? "unknown", cipher: socket.getCipher().standardName };
}
