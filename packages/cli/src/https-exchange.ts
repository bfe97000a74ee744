import { request } from "node:https";
import { type ConnectionOptions, getCACertificates } from "node:tls";
import type { Exchange } from "@interpres/admin-api";

const TIME_LIMIT_MS = 30_000;

/**
 * Whom to believe: the public authorities, those of NODE_EXTRA_CA_CERTS and `caPem`; by name, or, on this very machine,
 * whatever the name.
 */
export interface Trust {
  readonly caPem?: string;
  readonly names: "checked" | "own-machine";
}

/** The TLS options that say so. */
export function tlsOptions({ caPem, names }: Trust): Pick<ConnectionOptions, "ca" | "checkServerIdentity"> {
  const believed = getCACertificates("default");
  return {
    ca: caPem === undefined ? believed : [caPem, ...believed],
    ...(names === "own-machine" ? { checkServerIdentity: () => undefined } : {}),
  };
}

/** HTTPS with an authority of our own choice, which `fetch` does not offer. Rejects when there was no answer. */
export function httpsExchange(trust: Trust): Exchange {
  const tls = tlsOptions(trust);
  return ({ method, url, headers, body }) =>
    new Promise((resolve, reject) => {
      const outgoing = request(url, { method, headers: { ...headers }, ...tls, timeout: TIME_LIMIT_MS });
      outgoing.on("response", (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("error", reject);
        incoming.on("end", () =>
          resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") }),
        );
      });
      outgoing.on("timeout", () => outgoing.destroy(new Error(`no answer within ${TIME_LIMIT_MS / 1000} s`)));
      outgoing.on("error", reject);
      outgoing.end(body);
    });
}
