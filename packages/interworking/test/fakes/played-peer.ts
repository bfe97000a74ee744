import assert from "node:assert/strict";
import { buildResponse, type HeaderLine, type SipMessage, type SipRequest, type SipResponse } from "@interpres/sip";
import { settled } from "@interpres/testkit";
import type { MemoryLink } from "./memory-link.ts";

/** A dialog that the peer began, or that it answered. */
export interface PlayedDialog {
  readonly callId: string;
  /** What stands in From of the peer's requests: its user with tag and, in whatever order, epid. */
  readonly from: string;
  to: string;
  remoteTarget: string;
  cseq: number;
}

/** What a request adds to what every request has. */
export interface Content {
  readonly headers?: readonly string[];
  readonly body?: string;
}

/** How the peer answers a method for now. */
export interface Reply {
  readonly status: number;
  readonly toTag?: string;
  readonly headers?: readonly HeaderLine[];
  readonly body?: string;
}

/** An IM session description as Microsoft's clients write it, with the blank at its end. */
export function sessionDescription(uri = "null", media = "message"): string {
  return `v=0\r\no=- 0 0 IN IP4 192.0.2.57\r\ns=session\r\nc=IN IP4 192.0.2.57\r\nt=0 0\r\nm=${media} 5060 sip ${uri}\r\na=accept-types:text/plain multipart/alternative text/rtf text/html \r\n`;
}

/** The other end of a wire, played by the test in SIP as text: a foreign server and the users behind it. */
export class PlayedPeer {
  readonly received: SipMessage[] = [];
  /** By method. "none": no answer. What is not here is answered 200. */
  readonly replies = new Map<string, Reply | "none">();
  readonly user: string;
  readonly #link: MemoryLink;
  readonly #domain: string;
  #count = 0;

  constructor(link: MemoryLink, user: string) {
    this.#link = link;
    this.user = user;
    this.#domain = user.slice(user.indexOf("@") + 1);
    this.replies.set("INVITE", {
      status: 200,
      headers: [["Content-Type", "application/sdp"]],
      body: sessionDescription(`sip:${user}`),
    });
    link.onMessage((message) => this.#take(message));
  }

  /** Begins nothing yet: what the peer's requests in it have in common. */
  dialog(to: string, from = `"Bob" <sip:${this.user}>;tag=TAG;epid=451e9252b6`): PlayedDialog {
    this.#count += 1;
    const tagged = from.replace("TAG", `peer${this.#count}`);
    return { callId: `call-${this.#count}`, from: tagged, to: `<sip:${to}>`, remoteTarget: `sip:${to}`, cseq: 0 };
  }

  /** The dialog of a request that we answered 2xx. */
  answered(request: SipRequest): PlayedDialog {
    const from = request.to.tag === undefined ? `${request.to.text};tag=played` : request.to.text;
    const remoteTarget = request.contacts[0]?.uri ?? request.from.uri;
    return { callId: request.callId, from, to: request.from.text, remoteTarget, cseq: 0 };
  }

  /** Sends a request and gives its final answer, or undefined; what a 2xx says of the dialog is kept. */
  async ask(dialog: PlayedDialog, method: string, content: Content = {}): Promise<SipResponse | undefined> {
    const branch = this.send(dialog, method, content);
    await rest();
    const answer = this.received.find(
      (message): message is SipResponse =>
        message.kind === "response" && message.status >= 200 && message.topVia.branch === branch,
    );
    if (answer !== undefined && answer.status < 300) {
      dialog.to = answer.to.text;
      dialog.remoteTarget = answer.contacts[0]?.uri ?? dialog.remoteTarget;
    }
    return answer;
  }

  /** Sends a request; its branch. */
  send(dialog: PlayedDialog, method: string, { headers = [], body = "" }: Content = {}): string {
    this.#count += 1;
    const branch = `z9hG4bKplayed${this.#count}`;
    if (method !== "ACK" && method !== "CANCEL") dialog.cseq += 1;
    this.write(
      [
        `${method} ${dialog.remoteTarget} SIP/2.0`,
        `Via: SIP/2.0/TLS sip.${this.#domain}:5061;branch=${branch}`,
        "Max-Forwards: 69",
        `From: ${dialog.from}`,
        `To: ${dialog.to}`,
        `Call-ID: ${dialog.callId}`,
        `CSeq: ${dialog.cseq} ${method}`,
        `Contact: <sip:${this.user};opaque=user:epid:a1De4AWnzFmb-tN1kxQSMQAA;gruu>`,
        ...headers,
        `Content-Length: ${Buffer.byteLength(body)}`,
        "",
        body,
      ].join("\r\n"),
    );
    return branch;
  }

  write(text: string): void {
    this.#link.write(text);
  }

  /** Answers a request of ours that got none. */
  reply(request: SipRequest, { status, toTag = "played", headers = [], body = "" }: Reply): void {
    const contact: HeaderLine = ["Contact", `<sip:${this.user};opaque=user:epid:a1De4AWnzFmb-tN1kxQSMQAA;gruu>`];
    const all = status < 300 ? [contact, ...headers] : headers;
    this.#link.sendResponse(buildResponse(request, status, { toTag, headers: all, body }));
  }

  /** Requests of ours with that method, oldest first. */
  requests(method: string): readonly SipRequest[] {
    return this.received.filter(
      (message): message is SipRequest => message.kind === "request" && message.method === method,
    );
  }

  /** The last one. */
  last(method: string): SipRequest {
    const found = this.requests(method).at(-1);
    assert.ok(found !== undefined, `no ${method} came`);
    return found;
  }

  #take(message: SipMessage): void {
    this.received.push(message);
    if (message.kind === "response" || message.method === "ACK") return;
    const reply = this.replies.get(message.method) ?? { status: 200 };
    if (reply !== "none") this.reply(message, reply);
  }
}

/** Until nobody has anything to say, as long as time stands. */
export async function rest(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) await settled();
}

/** The text of a body. */
export function bodyText(message: SipMessage): string {
  return Buffer.from(message.body).toString("utf8");
}
