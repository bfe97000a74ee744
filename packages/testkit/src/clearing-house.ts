import { randomBytes } from "node:crypto";
import type { SecureContextOptions } from "node:tls";
import type { SipRequest } from "@interpres/sip";
import { type PeerLink, SipPeer } from "./sip-peer.ts";

export interface ClearingHouseOptions {
  readonly tls: SecureContextOptions;
  /** The gateway's name: subject of its certificate. */
  readonly fqdn: string;
  /** Domains whose users are reached here: its own and those it hosts. */
  readonly domains: readonly string[];
  readonly port?: number;
}

const ALLOW = "SUBSCRIBE, NOTIFY, OPTIONS";

/**
 * A simulated clearing house: one gateway for several domains. It answers SUBSCRIBE without an Event header, sends the
 * NOTIFY first, and its documents name the presentity without a scheme, as the real one did.
 */
export class ClearingHouse {
  readonly #options: ClearingHouseOptions;
  /** Requests received: `SUBSCRIBE carl@hosteddomain.com`. */
  readonly received: string[] = [];
  #peer: SipPeer | undefined;

  private constructor(options: ClearingHouseOptions) {
    this.#options = options;
  }

  static async start(options: ClearingHouseOptions): Promise<ClearingHouse> {
    const house = new ClearingHouse(options);
    const port = options.port === undefined ? {} : { port: options.port };
    const onRequest = (request: SipRequest, link: PeerLink): void => house.#request(request, link);
    house.#peer = await SipPeer.start({ tls: options.tls, ...port, onRequest });
    return house;
  }

  get port(): number {
    return this.#peer?.port ?? 0;
  }

  async close(): Promise<void> {
    await this.#peer?.close();
  }

  #request(request: SipRequest, link: PeerLink): void {
    const address = /^sip:([^;?]+)/.exec(request.requestUri)?.[1] ?? "";
    this.received.push(`${request.method} ${address}`);
    const domain = /@([^:]+)/.exec(address)?.[1] ?? "";
    const toTag = request.to.tag ?? randomBytes(5).toString("hex");
    if (request.method === "OPTIONS") link.write(answer(request, "200 OK", toTag, [`Allow: ${ALLOW}`]));
    else if (request.method !== "SUBSCRIBE")
      link.write(answer(request, "405 Method Not Allowed", toTag, [`Allow: ${ALLOW}`]));
    else if (request.to.tag === undefined && !this.#options.domains.includes(domain))
      link.write(answer(request, "404 Not Found", toTag));
    else this.#watched(request, link, toTag);
  }

  #watched(request: SipRequest, link: PeerLink, toTag: string): void {
    const expires = request.expires ?? 3600;
    link.write(this.#notify(request, toTag, expires));
    const contact = `Contact: <sip:${this.#options.fqdn}:5061;transport=tls>`;
    link.write(answer(request, "200 OK", toTag, [`Expires: ${expires}`, contact]));
  }

  #notify(request: SipRequest, toTag: string, expires: number): string {
    const presentity = /^sip:([^;?]+)/.exec(request.to.uri)?.[1] ?? "";
    const body =
      `<?xml version="1.0"?><p:presence xmlns:p="urn:ietf:params:xml:ns:pidf" entity="${presentity}">` +
      `<p:tuple id="t"><p:status><p:basic>open</p:basic></p:status></p:tuple></p:presence>`;
    const from = request.to.tag === undefined ? `${request.to.text};tag=${toTag}` : request.to.text;
    const state = expires === 0 ? "terminated;reason=timeout" : `active;expires=${expires}`;
    return [
      `NOTIFY ${request.contacts[0]?.uri ?? request.from.uri} SIP/2.0`,
      `Via: SIP/2.0/TLS ${this.#options.fqdn}:5061;branch=z9hG4bK${randomBytes(8).toString("hex")}`,
      "Max-Forwards: 70",
      `From: ${from}`,
      `To: ${request.from.text}`,
      `Call-ID: ${request.callId}`,
      `CSeq: ${request.cseq.number} NOTIFY`,
      `Contact: <sip:${this.#options.fqdn}:5061;transport=tls>`,
      "Event: presence",
      `Subscription-State: ${state}`,
      "Content-Type: application/pidf+xml",
      `Content-Length: ${Buffer.byteLength(body)}`,
      "",
      body,
    ].join("\r\n");
  }
}

function answer(request: SipRequest, status: string, toTag: string, headers: readonly string[] = []): string {
  return [
    `SIP/2.0 ${status}`,
    ...request.values("Via").map((via) => `Via: ${via}`),
    `From: ${request.from.text}`,
    `To: ${request.to.tag === undefined ? `${request.to.text};tag=${toTag}` : request.to.text}`,
    `Call-ID: ${request.callId}`,
    `CSeq: ${request.cseq.number} ${request.cseq.method}`,
    ...headers,
    "Content-Length: 0",
    "",
    "",
  ].join("\r\n");
}
