import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

const WAIT_MS = 5000;

export interface SipText {
  /** Request line or status line. */
  readonly start: string;
  readonly head: string;
  readonly body: string;
}

/** A person's SIP client at a foreign server, over TCP: text in, text out. Shares no code with the stack under test. */
export class SipUser {
  readonly address: string;
  /** Requests that came in; each was answered 200. */
  readonly requests: SipText[] = [];
  readonly #responses: SipText[] = [];
  readonly #socket: Socket;
  #pending = Buffer.alloc(0);
  #sequence = 0;

  private constructor(socket: Socket, address: string) {
    this.#socket = socket;
    this.address = address;
    socket.on("data", (chunk: Buffer) => this.#push(chunk));
    socket.on("error", () => socket.destroy());
  }

  static async connect(port: number, address: string): Promise<SipUser> {
    const socket = connect({ host: "127.0.0.1", port });
    await once(socket, "connect");
    return new SipUser(socket, address);
  }

  get contact(): string {
    return `<sip:${this.address.split("@")[0]}@127.0.0.1:${this.#socket.localPort};transport=tcp>`;
  }

  /** Sends a request outside any dialog and resolves with its final response. */
  request(method: string, to: string, more: { readonly headers?: readonly string[]; readonly body?: string }) {
    this.#sequence += 1;
    const id = `${method}${this.#sequence}${this.#socket.localPort}`.toLowerCase();
    return this.send({ method, uri: `sip:${to}`, to: `<sip:${to}>`, callId: id, sequence: 1, ...more });
  }

  async send(request: {
    readonly method: string;
    readonly uri: string;
    readonly to: string;
    readonly callId: string;
    readonly sequence: number;
    readonly headers?: readonly string[];
    readonly body?: string;
  }): Promise<SipText> {
    const body = request.body ?? "";
    const branch = `z9hG4bK${request.callId}${request.sequence}`;
    const lines = [
      `${request.method} ${request.uri} SIP/2.0`,
      `Via: SIP/2.0/TCP 127.0.0.1:${this.#socket.localPort};branch=${branch}`,
      "Max-Forwards: 70",
      `From: <sip:${this.address}>;tag=u${request.callId}`,
      `To: ${request.to}`,
      `Call-ID: ${request.callId}`,
      `CSeq: ${request.sequence} ${request.method}`,
      `Contact: ${this.contact}`,
      ...(request.headers ?? []),
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];
    this.#socket.write(`${lines.join("\r\n")}\r\n\r\n${body}`);
    return await this.#final(branch);
  }

  /** The first request received, or still to come, that fits. */
  async received(fits: (request: SipText) => boolean, limitMs = WAIT_MS): Promise<SipText> {
    for (let waited = 0; waited < limitMs; waited += 20) {
      const at = this.requests.findIndex(fits);
      const [found] = at < 0 ? [] : this.requests.splice(at, 1);
      if (found !== undefined) return found;
      await pause(20);
    }
    const seen = this.requests.map((each) => `${each.head}\n\n${each.body}`).join("\n---\n");
    throw new Error(`no fitting request; received:\n${seen}`);
  }

  close(): void {
    this.#socket.destroy();
  }

  async #final(branch: string): Promise<SipText> {
    for (let waited = 0; waited < WAIT_MS; waited += 10) {
      const found = this.#responses.find((each) => each.head.includes(branch) && !each.start.startsWith("SIP/2.0 1"));
      if (found !== undefined) return found;
      await pause(10);
    }
    throw new Error(`no final response to ${branch}`);
  }

  #push(chunk: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    for (;;) {
      const end = this.#pending.indexOf("\r\n\r\n");
      if (end < 0) return;
      const head = this.#pending.subarray(0, end).toString("utf8");
      const length = Number(/^(?:content-length|l)\s*:\s*(\d+)/im.exec(head)?.[1] ?? 0);
      if (this.#pending.length < end + 4 + length) return;
      const body = this.#pending.subarray(end + 4, end + 4 + length).toString("utf8");
      this.#pending = this.#pending.subarray(end + 4 + length);
      this.#take({ start: head.split("\r\n")[0] ?? "", head, body });
    }
  }

  #take(message: SipText): void {
    if (message.start.startsWith("SIP/2.0")) this.#responses.push(message);
    else this.#answer(message);
  }

  #answer(request: SipText): void {
    this.requests.push(request);
    const copied = request.head.split("\r\n").filter((line) => /^(via|from|to|call-id|cseq|v|f|t|i)\s*:/i.test(line));
    this.#socket.write(`${["SIP/2.0 200 OK", ...copied, "Content-Length: 0"].join("\r\n")}\r\n\r\n`);
  }
}
