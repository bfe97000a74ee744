import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type TLSSocket } from "node:tls";
import { type SipMessage, type SipResponse, StreamFramer } from "@interpres/sip";
import { within } from "@interpres/testkit";
import { eventually } from "./eventually.ts";
import { EDGE, FOREIGN, type RoadBed } from "./road-bed.ts";

/** What a test says beside method and Request-URI; a new transaction of bob's outside a dialog unless it says otherwise. */
export interface RawContent {
  readonly headers?: readonly string[];
  readonly body?: string;
  readonly toTag?: string;
  /** URI of To; the Request-URI by default. */
  readonly to?: string;
  readonly from?: string;
  /** To answer in a dialog, to cancel or to acknowledge. */
  readonly callId?: string;
  readonly fromTag?: string;
  readonly cseq?: string;
  readonly branch?: string;
  /** Where answers go when the connection is gone; 5061 by default. */
  readonly sentByPort?: number;
}

export interface RawSent {
  readonly branch: string;
  readonly text: string;
}

const LIMIT_MS = 5_000;

/** A connection with the edge's certificate that says what a test says and keeps what comes. */
export class RawEdge {
  readonly received: SipMessage[] = [];
  readonly #socket: TLSSocket;
  static #count = 0;

  private constructor(socket: TLSSocket) {
    this.#socket = socket;
    const framer = new StreamFramer({
      message: (message) => {
        if (message.kind === "request" || message.kind === "response") this.received.push(message);
      },
      ping: () => undefined,
      fatal: () => socket.destroy(),
    });
    socket.on("data", (chunk: Buffer) => framer.push(chunk));
    socket.on("error", () => socket.destroy());
  }

  /** It ends with the bed at the latest. */
  static async connect(bed: RoadBed): Promise<RawEdge> {
    const { sipTls: port } = bed.node.ports;
    const socket = connect({ ...bed.edgeKeys, host: "127.0.0.1", port, checkServerIdentity: () => undefined });
    await within(once(socket, "secureConnect"), LIMIT_MS, "no handshake with the node");
    return bed.own(new RawEdge(socket));
  }

  /** Sends a request and waits for its final response. */
  async ask(method: string, uri: string, content: RawContent = {}): Promise<SipResponse> {
    return await this.finalOf(this.send(method, uri, content));
  }

  /** Waits for the final response to a request. */
  async finalOf({ branch, text }: RawSent): Promise<SipResponse> {
    await eventually(() => assert.ok(this.finalsOf(branch).length > 0, `no answer to ${text.slice(0, 40)}`));
    const [found] = this.finalsOf(branch);
    assert.ok(found);
    return found;
  }

  /** Every final response that came with this branch, for CANCEL too, which borrows the branch of its INVITE. */
  finalsOf(branch: string): readonly SipResponse[] {
    return this.received.filter(
      (message): message is SipResponse =>
        message.kind === "response" && message.status >= 200 && message.topVia.branch === branch,
    );
  }

  send(method: string, uri: string, content: RawContent = {}): RawSent {
    const { headers = [], body = "", toTag, from = `bob@${FOREIGN}` } = content;
    RawEdge.#count += 1;
    const count = RawEdge.#count;
    const branch = content.branch ?? `z9hG4bKraw${count}`;
    const lines = [
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/TLS ${EDGE}:${content.sentByPort ?? 5061};branch=${branch}`,
      "Max-Forwards: 70",
      `From: <sip:${from}>;tag=${content.fromTag ?? `raw${count}`};epid=01`,
      `To: <${content.to ?? uri}>${toTag === undefined ? "" : `;tag=${toTag}`}`,
      `Call-ID: ${content.callId ?? `raw-${count}@${EDGE}`}`,
      `CSeq: ${content.cseq ?? 1} ${method}`,
      `Contact: <sip:${from};opaque=user:epid:x;gruu>`,
      ...headers,
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];
    const text = `${lines.join("\r\n")}\r\n\r\n${body}`;
    this.write(text);
    return { branch, text };
  }

  /** Octets as they are: what was sent once more, or what no request is. */
  write(octets: string): void {
    this.#socket.write(octets);
  }

  /** Breaks the connection without a word. */
  close(): void {
    this.#socket.destroy();
  }
}
