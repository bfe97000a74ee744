import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type SecureContextOptions } from "node:tls";
import type { SipRequest, SipResponse } from "@interpres/sip";
import {
  answerText,
  FakeClock,
  MicrosoftEdge,
  type MicrosoftEdgeOptions,
  type PeerLink,
  SipPeer,
  TestCertificateAuthority,
} from "../src/index.ts";
import { keyRing } from "../src/command/key-ring.ts";

export const DOMAIN = "contoso.example";
export const ALICE = "alice@example.com";

/** What came to the counterpart, and on which connection. */
export interface Arrival {
  readonly request: SipRequest;
  readonly link: PeerLink;
}

/** A bare SIP peer in the node's place, which answers 200 to everything, and an edge with a clock that stands. */
export class Counterpart {
  readonly edge: MicrosoftEdge;
  readonly clock: FakeClock;
  readonly arrivals: Arrival[];
  /** Status lines of its answers, by method; 200 by default. */
  readonly statusOf: Map<string, string>;
  /** More headers of its answers, by method. */
  readonly headersOf: Map<string, readonly string[]>;
  /** Methods it never answers. */
  readonly silent: Set<string>;
  /** The last connection of its own. */
  known: PeerLink | undefined;
  readonly #sip: SipPeer;
  readonly #keys: SecureContextOptions;

  private constructor(
    parts: Pick<Counterpart, "edge" | "clock" | "arrivals" | "headersOf" | "statusOf" | "silent">,
    sip: SipPeer,
    keys: SecureContextOptions,
  ) {
    this.edge = parts.edge;
    this.clock = parts.clock;
    this.arrivals = parts.arrivals;
    this.headersOf = parts.headersOf;
    this.statusOf = parts.statusOf;
    this.silent = parts.silent;
    this.#sip = sip;
    this.#keys = keys;
  }

  static async start(options: Pick<MicrosoftEdgeOptions, "partner" | "waitMs"> = {}): Promise<Counterpart> {
    const authority = await TestCertificateAuthority.create();
    const { certPem: cert, keyPem: key } = await authority.issue({ cn: "imp1.example.com" });
    const keys = { cert, key, ca: authority.certPem };
    const arrivals: Arrival[] = [];
    const headersOf = new Map<string, readonly string[]>();
    const statusOf = new Map<string, string>();
    const silent = new Set(["ACK"]);
    const sip = await SipPeer.start({
      tls: keys,
      onRequest: (request, link) => {
        arrivals.push({ request, link });
        if (!silent.has(request.method)) {
          const status = statusOf.get(request.method) ?? "200 OK";
          link.write(accepted(request, status, headersOf.get(request.method) ?? []));
        }
      },
    });
    const clock = new FakeClock();
    const fqdn = `sip.${DOMAIN}`;
    const tls = await keyRing({ authority, fqdn, trusted: authority.certPem });
    const edge = await MicrosoftEdge.start({ domain: DOMAIN, fqdn, tls, clock, nodePort: () => sip.port, ...options });
    return new Counterpart({ edge, clock, arrivals, headersOf, statusOf, silent }, sip, keys);
  }

  async close(): Promise<void> {
    await this.edge.close();
    await this.#sip.close();
  }

  requestsOf(method: string): readonly SipRequest[] {
    return this.arrivals.map(({ request }) => request).filter((request) => request.method === method);
  }

  async link(): Promise<PeerLink> {
    this.known = await this.#sip.ownLink(this.edge.port);
    return this.known;
  }

  /** Sends octets on a connection of their own and answers with those that come first. */
  async raw(text: string): Promise<string> {
    const socket = connect({ ...this.#keys, port: this.edge.port, checkServerIdentity: () => undefined });
    await once(socket, "secureConnect");
    socket.write(text);
    const [chunk] = (await once(socket, "data")) as [Buffer];
    socket.destroy();
    return chunk.toString("latin1");
  }

  /** Sends a request of Alice's to bob; `all` hears every response. */
  async ask(method: string, content: AskContent = {}, all?: (response: SipResponse) => void): Promise<SipResponse> {
    const { headers = [], body = "", to = `<sip:bob@${DOMAIN}>`, callId = token(), cseq = 1, route } = content;
    const branch = content.branch ?? `z9hG4bK${token()}`;
    const lines = [
      `${method} sip:bob@${DOMAIN} SIP/2.0`,
      `Via: SIP/2.0/TLS imp1.example.com:5061;branch=${branch}`,
      `From: <sip:${ALICE}>;tag=a`,
      `To: ${to}`,
      `Call-ID: ${callId}`,
      `CSeq: ${cseq} ${method}`,
      "Contact: <sip:alice@imp1.example.com:5061;transport=tls>",
      ...(route ?? []).map((one) => `Route: ${one}`),
      ...headers,
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];
    return await this.#sip.request(await this.link(), { branch, text: `${lines.join("\r\n")}\r\n\r\n${body}` }, all);
  }

  /** Responses that came to no request that waits. */
  get strays(): readonly SipResponse[] {
    return this.#sip.strays;
  }
}

interface AskContent {
  readonly headers?: readonly string[];
  readonly body?: string;
  readonly to?: string;
  readonly callId?: string;
  readonly cseq?: number;
  readonly branch?: string;
  readonly route?: readonly string[];
}

/** An answer with what a request that begins a dialog needs. */
function accepted(request: SipRequest, status: string, more: readonly string[]): string {
  const headers = [
    ...more,
    ...request.all("Record-Route").map((route) => `Record-Route: ${route}`),
    "Contact: <sip:alice@imp1.example.com:5061;transport=tls>",
    ...(request.method === "SUBSCRIBE" ? [`Expires: ${request.expires ?? 3600}`] : []),
  ];
  return answerText(request, { status, toTag: "node", headers, body: "" });
}

function token(): string {
  return randomBytes(6).toString("hex");
}
