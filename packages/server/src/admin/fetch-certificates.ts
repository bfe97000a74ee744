import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { connect, type DetailedPeerCertificate } from "node:tls";
import type { CertificateFetch } from "@interpres/admin-api";
import type { Clock } from "@interpres/runtime";
import { ProblemError, problem } from "./problem-error.ts";

const TIME_LIMIT_MS = 10_000;
const MAX_CHAIN = 10;

/** What a TLS server presents, its own certificate first. Throws a 502 problem when it presents nothing. */
export function fetchCertificates({ host, port }: CertificateFetch, clock: Clock): Promise<readonly X509Certificate[]> {
  return new Promise((resolve, reject) => {
    // Nothing is believed and nothing is sent: this only looks at what would have to be believed.
    const socket = connect({
      host,
      port,
      rejectUnauthorized: false,
      ...(isIP(host) === 0 ? { servername: host } : {}),
    });
    const limit = clock.after(TIME_LIMIT_MS, () => fail(`no answer within ${TIME_LIMIT_MS / 1000} s`));
    const end = (): void => {
      limit.cancel();
      socket.destroy();
    };
    const fail = (reason: string): void => {
      end();
      reject(new ProblemError(problem(502, "peer-unreachable", `${host}:${port}: ${reason}`)));
    };
    socket.once("error", (error) => fail(error.message));
    socket.once("secureConnect", () => {
      const chain = chainOf(socket.getPeerCertificate(true));
      if (chain.length === 0) return fail("presented no certificate");
      end();
      resolve(chain);
    });
  });
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
