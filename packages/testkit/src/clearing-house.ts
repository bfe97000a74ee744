import type { SecureContextOptions } from "node:tls";
import type { SipRequest, SipResponse } from "@interpres/sip";
import { answerText } from "./edge-answer.ts";
import { invitation } from "./edge-bodies.ts";
import {
  type HouseDialog,
  HouseDialogs,
  type HouseState,
  houseBranch,
  houseRequest,
  presenceText,
} from "./house-dialogs.ts";
import type { Customer, HouseDomains } from "./house-rules.ts";
import { Observer } from "./observer/observer.ts";
import { type PeerLink, SipPeer } from "./sip-peer.ts";

export interface ClearingHouseOptions {
  readonly tls: SecureContextOptions;
  /** The gateway's name: subject of its certificate. */
  readonly fqdn: string;
  readonly domains: HouseDomains;
  /** Who ordered the federation, as it was registered. */
  readonly customer: Customer;
  readonly port?: number;
}

const ALLOW = "SUBSCRIBE, NOTIFY, INVITE, ACK, BYE, CANCEL, MESSAGE, OPTIONS";

/**
 * A simulated clearing house: one gateway for its own domain, the domains it hosts and those that federate with it. It
 * knows its customer by the one registered name, routes by its own list of domains and by the registered domains of the
 * customer, answers SUBSCRIBE without an Event header and sends the NOTIFY first. Users are full addresses.
 */
export class ClearingHouse {
  readonly #options: ClearingHouseOptions;
  readonly #dialogs = new HouseDialogs();
  readonly #states = new Map<string, HouseState>();
  /** Requests received: `SUBSCRIBE carl@hosteddomain.com`. */
  readonly received: string[] = [];
  /** What the customer does that would not pass here. */
  readonly deviations: string[] = [];
  /** Texts received in sessions. */
  readonly texts: { readonly from: string; readonly to: string; readonly text: string }[] = [];
  /** What its watchers were told, newest last. */
  readonly seen: { readonly user: string; readonly of: string; readonly state: string; readonly body: string }[] = [];
  #peer: SipPeer | undefined;

  private constructor(options: ClearingHouseOptions) {
    this.#options = options;
  }

  static async start(options: ClearingHouseOptions): Promise<ClearingHouse> {
    const house = new ClearingHouse(options);
    const port = options.port === undefined ? {} : { port: options.port };
    const onRequest = (request: SipRequest, link: PeerLink): void => house.#request(request, link);
    const observer = new Observer({ peer: "clearing-house", expected: () => options.customer });
    house.#peer = await SipPeer.start({
      tls: options.tls,
      ...port,
      onRequest,
      tap: {
        message: (event) => {
          for (const { detail } of observer.observe({ ...event, at: performance.now() })) house.deviations.push(detail);
        },
        mistake: (reason) => void house.deviations.push(reason),
      },
    });
    return house;
  }

  get port(): number {
    return this.#sip.port;
  }

  get #sip(): SipPeer {
    if (this.#peer === undefined) throw new Error("the clearing house has not started");
    return this.#peer;
  }

  async close(): Promise<void> {
    await this.#peer?.close();
  }

  /** Breaks every connection without a word. */
  dropConnections(): void {
    this.#sip.dropConnections();
  }

  /** Changes a user's state and tells who watches him. */
  async setState(user: string, state: HouseState): Promise<void> {
    this.#states.set(user, state);
    for (const dialog of this.#dialogs.watchersOf(user)) await this.#send(dialog, "NOTIFY", this.#news(dialog));
  }

  /** `user` adds the customer's `target`. */
  async watch(user: string, target: string): Promise<SipResponse> {
    const dialog = this.#dialogs.begin("watch", { user, remoteUri: `sip:${target}` });
    const headers = ["Event: presence", "Accept: application/pidf+xml", "Expires: 3600"];
    return this.#adopt(dialog, await this.#send(dialog, "SUBSCRIBE", { headers, body: "" }));
  }

  /** `user` says something to the customer's `target`, in the session they have or a new one. */
  async say(user: string, target: string, text: string): Promise<SipResponse> {
    const remoteUri = `sip:${target}`;
    const dialog = this.#dialogs.session(user, remoteUri) ?? (await this.#invite(user, remoteUri));
    if (dialog.remoteTag === "") throw new Error("the customer refused the session");
    return await this.#send(dialog, "MESSAGE", { headers: ["Content-Type: text/plain;charset=UTF-8"], body: text });
  }

  /** Closes every conversation. */
  async hangUp(): Promise<void> {
    for (const dialog of this.#dialogs.sessions()) {
      this.#dialogs.end(dialog);
      await this.#send(dialog, "BYE", { headers: [], body: "" });
    }
  }

  async #invite(user: string, remoteUri: string): Promise<HouseDialog> {
    const dialog = this.#dialogs.begin("session", { user, remoteUri });
    const offer = { headers: [`Allow: ${ALLOW}`, "Content-Type: application/sdp"], body: invitation("null") };
    const response = this.#adopt(dialog, await this.#send(dialog, "INVITE", offer));
    if (response.status >= 300) this.#dialogs.end(dialog);
    else (await this.#ownLink()).write(this.#text(dialog, "ACK", { headers: [], body: "" }, houseBranch()));
    return dialog;
  }

  #adopt(dialog: HouseDialog, response: SipResponse): SipResponse {
    if (response.status >= 300) return response;
    dialog.remoteTag = response.to.tag ?? "";
    dialog.remoteTarget = response.contacts[0]?.uri ?? dialog.remoteTarget;
    return response;
  }

  #request(request: SipRequest, link: PeerLink): void {
    const { customer, domains } = this.#options;
    if (link.certificateName !== customer.fqdn) {
      link.close();
      return;
    }
    const address = /^sip:([^;?]+)/.exec(request.requestUri)?.[1] ?? "";
    const dialog = this.#dialogs.of(request);
    this.received.push(`${request.method} ${dialog?.user ?? address}`);
    if (request.method === "ACK") return;
    if (request.method === "OPTIONS") this.#answer(request, link, "200 OK", [`Allow: ${ALLOW}`]);
    else if (request.to.tag !== undefined) this.#within(request, link, dialog);
    else {
      const refusal = domains.refusalOf(address, customer, request.from.uri);
      if (refusal === undefined) this.#outside(request, link, address);
      else this.#answer(request, link, refusal);
    }
  }

  #outside(request: SipRequest, link: PeerLink, user: string): void {
    if (request.method !== "SUBSCRIBE" && request.method !== "INVITE") {
      this.#answer(request, link, "405 Method Not Allowed", [`Allow: ${ALLOW}`]);
      return;
    }
    const kind = request.method === "INVITE" ? "session" : "watcher";
    const dialog = this.#dialogs.answer(kind, user, request);
    if (kind === "watcher") this.#watched(request, link, dialog);
    else this.#accept(request, link, dialog, ["Content-Type: application/sdp"], invitation(`sip:${user}`));
  }

  #within(request: SipRequest, link: PeerLink, dialog: HouseDialog | undefined): void {
    if (dialog === undefined) {
      this.#answer(request, link, "481 Call/Transaction Does Not Exist");
      return;
    }
    const text = Buffer.from(request.body).toString("utf8");
    const { user, remoteUri } = dialog;
    switch (request.method) {
      case "SUBSCRIBE":
        this.#watched(request, link, dialog);
        return;
      case "NOTIFY": {
        const state = request.subscriptionState?.state ?? "";
        this.seen.push({ user, of: remoteUri, state, body: text });
        if (state === "terminated") this.#dialogs.end(dialog);
        break;
      }
      case "MESSAGE":
        this.texts.push({ from: remoteUri.replace(/^sip:/, ""), to: user, text });
        break;
      case "BYE":
        this.#dialogs.end(dialog);
        break;
    }
    this.#answer(request, link, "200 OK");
  }

  /** The NOTIFY overtakes the 200, and the 200 does not say which event it grants. */
  #watched(request: SipRequest, link: PeerLink, dialog: HouseDialog): void {
    dialog.expires = request.expires ?? 3600;
    link.write(this.#text(dialog, "NOTIFY", this.#news(dialog), houseBranch()));
    this.#accept(request, link, dialog, [`Expires: ${dialog.expires}`]);
    if (dialog.expires === 0) this.#dialogs.end(dialog);
  }

  #news({ user, expires }: HouseDialog): Content {
    const state = expires === 0 ? "terminated;reason=timeout" : `active;expires=${expires}`;
    const headers = ["Event: presence", `Subscription-State: ${state}`, "Content-Type: application/pidf+xml"];
    return { headers, body: presenceText(user, this.#states.get(user) ?? "offline") };
  }

  #accept(request: SipRequest, link: PeerLink, dialog: HouseDialog, headers: readonly string[], body = ""): void {
    const all = [`Contact: ${this.#contact()}`, ...headers];
    link.write(answerText(request, { status: "200 OK", toTag: dialog.localTag, headers: all, body }));
  }

  #answer(request: SipRequest, link: PeerLink, status: string, headers: readonly string[] = []): void {
    link.write(answerText(request, { status, toTag: "house", headers, body: "" }));
  }

  async #send(dialog: HouseDialog, method: string, content: Content): Promise<SipResponse> {
    const branch = houseBranch();
    const link = await this.#ownLink();
    return await this.#sip.request(link, { branch, text: this.#text(dialog, method, content, branch) });
  }

  #text(dialog: HouseDialog, method: string, content: Content, branch: string): string {
    const place = { fqdn: this.#options.fqdn, contact: this.#contact(), branch };
    return houseRequest(dialog, { method, ...content }, place);
  }

  #contact(): string {
    return `<sip:${this.#options.fqdn}:5061;transport=tls>`;
  }

  /** It calls at the registered name, whatever a Contact says. */
  async #ownLink(): Promise<PeerLink> {
    const { customer } = this.#options;
    const link = await this.#sip.ownLink(customer.port());
    if (link.certificateName !== customer.fqdn)
      throw new Error(`${link.certificateName} answered for ${customer.fqdn}`);
    return link;
  }
}

interface Content {
  readonly headers: readonly string[];
  readonly body: string;
}
