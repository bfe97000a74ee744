import { Agent, request } from "node:https";

export interface AdminAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Longer than any order to a service takes. */
const LIMIT_MS = 30_000;
const OUTSIDE_THE_API = /^\/(?:api|healthz|readyz|metrics|chat)\b/;

/** The administrator of a scenario: JSON over HTTPS, nothing of the product's own client. */
export class AdminClient {
  readonly #url: string;
  readonly #token: string;
  readonly #agent: Agent;

  constructor(options: { readonly url: string; readonly token: string; readonly ca: string }) {
    this.#url = options.url;
    this.#token = options.token;
    this.#agent = new Agent({ ca: options.ca, checkServerIdentity: () => undefined, keepAlive: false });
  }

  /** Rejects unless the answer is 2xx. */
  async ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await this.try(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  try(method: string, path: string, body?: unknown): Promise<AdminAnswer> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const target = new URL(OUTSIDE_THE_API.test(path) ? path : `/api/v1${path}`, this.#url);
    return new Promise((resolve, reject) => {
      const outgoing = request(
        target,
        {
          method,
          agent: this.#agent,
          headers: {
            authorization: `Bearer ${this.#token}`,
            ...(payload === undefined
              ? {}
              : { "content-type": "application/json", "content-length": Buffer.byteLength(payload) }),
          },
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          // Broken off: without this the answer would be waited for in vain.
          incoming.on("error", reject);
          incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
          incoming.on("end", () =>
            resolve({ status: incoming.statusCode ?? 0, body: decode(Buffer.concat(chunks).toString("utf8")) }),
          );
        },
      );
      outgoing.on("error", reject);
      const late = new Error(`${method} ${path}: no answer in ${LIMIT_MS} ms`);
      outgoing.setTimeout(LIMIT_MS, () => outgoing.destroy(late));
      outgoing.end(payload);
    });
  }
}

function decode(text: string): unknown {
  if (text === "") return undefined;
  return text.startsWith("{") || text.startsWith("[") ? (JSON.parse(text) as unknown) : text;
}
