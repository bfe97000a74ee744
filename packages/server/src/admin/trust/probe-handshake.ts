import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { type ConnectionOptions, connect, type DetailedPeerCertificate, type TLSSocket } from "node:tls";
import type { Clock } from "@interpres/runtime";
import { type PresentedCertificate, presentedCertificateOf, tlsFailureOf } from "@interpres/sip";

const TIME_LIMIT_MS = 8_000;
/** A server that uses TLS 1.3 looks at our certificate when the handshake is done for us; its alert comes within a round trip. */
const ALERT_WAIT_MS = 250;
const MAX_CHAIN = 10;

/** One handshake that was looked at and ended: nothing was sent in it. */
export interface Probed {
  /** Undefined where the handshake came to nothing. */
  readonly agreed: { readonly version: string; readonly cipher: string } | undefined;
  /** Why it came to nothing, or what the server said right after it. */
  readonly error: string | undefined;
  /** As far as it was shown, also by a server that then refused us; its own certificate first. */
  readonly chain: readonly X509Certificate[];
  readonly certificate: PresentedCertificate | undefined;
}

export interface ProbeTarget {
  /** Named to the server (RFC 6066 §3) where it is a name. */
  readonly host: string;
  readonly address: string;
  readonly port: number;
}

/** Shakes hands under these options and says what came of it; never rejects. */
export function probeHandshake(target: ProbeTarget, options: ConnectionOptions, clock: Clock): Promise<Probed> {
  return new Promise((resolve) => {
    const { host, address, port } = target;
    const socket = connect({
      ...options,
      host: address,
      port,
      servername: isIP(host) === 0 ? host : "",
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
    });
    let agreed: Probed["agreed"];
    let shown = nothingShown;
    const end = (error: string | undefined): void => {
      late.cancel();
      if (shown === nothingShown) shown = shownBy(socket);
      socket.removeAllListeners("close").destroy();
      resolve({ agreed, error, ...shown });
    };
    let late = clock.after(TIME_LIMIT_MS, () => end(`no answer within ${TIME_LIMIT_MS / 1000} s`));
    socket.on("error", (error) => end(tlsFailureOf(error).detail));
    socket.on("close", () => end(agreed === undefined ? "closed in the middle of the handshake" : undefined));
    socket.once("secureConnect", () => {
      agreed = { version: socket.getProtocol() ?? "unknown", cipher: socket.getCipher().standardName };
      shown = shownBy(socket);
      late.cancel();
      late = clock.after(ALERT_WAIT_MS, () => end(undefined));
    });
  });
}

const nothingShown: Pick<Probed, "chain" | "certificate"> = { chain: [], certificate: undefined };

function shownBy(socket: TLSSocket): Pick<Probed, "chain" | "certificate"> {
  const certificate = presentedCertificateOf(socket);
  return certificate === undefined ? nothingShown : { certificate, chain: chainOf(socket.getPeerCertificate(true)) };
}

function chainOf(presented: DetailedPeerCertificate): readonly X509Certificate[] {
  const chain: X509Certificate[] = [];
  let next: DetailedPeerCertificate | undefined = presented;
  // The last certificate names itself as its issuer.
  while (next?.raw !== undefined && chain.length < MAX_CHAIN && chain.at(-1)?.raw.equals(next.raw) !== true) {
    chain.push(new X509Certificate(next.raw));
    next = next.issuerCertificate as DetailedPeerCertificate | undefined;
  }
  return chain;
}
