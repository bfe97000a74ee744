import { randomBytes } from "node:crypto";
import { reasonPhrase, type SipResponse } from "@interpres/sip";
import type { PeerLink, SipPeer } from "../sip-peer.ts";
import { answerText } from "./answer-text.ts";
import type { FaultSet } from "./fault-set.ts";
import type { Incoming, PeerDialog } from "./peer-dialogs.ts";
import type { Content, PeerStyle } from "./peer-style.ts";
import { dressed } from "./wire-dress.ts";

export interface PeerWireParts {
  readonly sip: SipPeer;
  readonly style: PeerStyle;
  readonly faults: FaultSet;
  /** Port of the other side, for connections of this side's own. */
  readonly nodePort: () => number;
}

/** An answer: status and reason, and what a plain one does not have. */
export interface Reply {
  readonly status: string;
  readonly headers?: readonly string[];
  readonly body?: string;
  readonly toTag?: string;
}

/** What a simulator writes: requests on connections of its own, answers on the one that brought the request. */
export class PeerWire {
  readonly style: PeerStyle;
  readonly faults: FaultSet;
  readonly #sip: SipPeer;
  readonly #nodePort: () => number;
  #turn = 0;

  constructor({ sip, style, faults, nodePort }: PeerWireParts) {
    this.#sip = sip;
    this.style = style;
    this.faults = faults;
    this.#nodePort = nodePort;
  }

  /** Sends a request of the dialog and waits for its final response; rejects when there is none. */
  async send(dialog: PeerDialog, method: string, content: Content): Promise<SipResponse> {
    const link = await this.#linkOf(dialog);
    const { branch, text } = this.#request(dialog, method, content);
    return await this.#sip.request(link, { branch, text });
  }

  /** Sends a request that has no answer: ACK, BENOTIFY. */
  async say(dialog: PeerDialog, method: string, content: Content = { headers: [], body: "" }): Promise<void> {
    (await this.#linkOf(dialog)).write(this.#request(dialog, method, content).text);
  }

  /** The same at once, on the connection that a request has just come on. */
  sayOn(link: PeerLink, dialog: PeerDialog, request: Content & { readonly method: string }): void {
    link.write(this.#request(dialog, request.method, request).text);
  }

  answer({ request, link }: Incoming, reply: Reply): void {
    const toTag = reply.toTag ?? randomBytes(5).toString("hex");
    link.write(dressed(answerText(request, { headers: [], body: "", ...reply, toTag }), this.faults));
  }

  /** Refuses with what belongs to that status. */
  refuse(incoming: Incoming, status: string): void {
    this.answer(incoming, { status, headers: this.style.explained(Number(status.slice(0, 3))) });
  }

  /** Answers with success, Contact and Record-Route. */
  accept(incoming: Incoming, dialog: PeerDialog, content: Partial<Content> = {}): void {
    const { headers = [], body = "" } = content;
    const all = [...this.style.accepted(dialog), ...headers];
    this.answer(incoming, { status: this.success(incoming), toTag: dialog.localTag, headers: all, body });
  }

  /** The status line of a success: 200, unless a fault says another. */
  success({ request }: Incoming): string {
    const status = Number(this.faults.of("answer", request.method) ?? 200);
    return `${status} ${reasonPhrase(status)}`;
  }

  #request(dialog: PeerDialog, method: string, content: Content): { readonly branch: string; readonly text: string } {
    if (method !== "ACK") dialog.cseq += 1;
    const branch = `z9hG4bK${randomBytes(8).toString("hex").toUpperCase()}`;
    return { branch, text: dressed(this.style.request(dialog, { method, branch, ...content }), this.faults) };
  }

  async #linkOf(dialog: PeerDialog): Promise<PeerLink> {
    if (this.faults.has("their-connection") && dialog.link?.isOpen === true) return dialog.link;
    this.#turn = (this.#turn + 1) % (this.faults.number("connections") ?? 1);
    return await this.#sip.ownLink(this.#nodePort(), this.#turn);
  }
}
