import { createHmac, randomBytes, randomUUID } from "node:crypto";
import type { SecureContextOptions } from "node:tls";
import { systemClock } from "@interpres/runtime";
import type { SipRequest, SipResponse } from "@interpres/sip";
import { answerText } from "./edge-answer.ts";
import { categoryHeaders, categoryRequest, invitation, presenceDocument, typingDocument } from "./edge-bodies.ts";
import type { EdgeDialog } from "./edge-dialog.ts";
import { gruuOf } from "./edge-identity.ts";
import { EdgeRate } from "./edge-rate.ts";
import { type Content, edgeRequestText, PRODUCT } from "./edge-request.ts";
import type { EdgeState } from "./edge-state.ts";
import { type Deviation, Observer } from "./observer/observer.ts";
import { type PeerLink, SipPeer, type WireEvent } from "./sip-peer.ts";

export interface MicrosoftEdgeOptions {
  /** The SIP domain behind the edge. */
  readonly domain: string;
  /** The edge's name: subject of its certificate, host of its Record-Route. */
  readonly fqdn: string;
  readonly tls: SecureContextOptions;
  readonly port?: number;
  /** The node's port, for the edge's own connections. */
  readonly nodePort: () => number;
  readonly grantSeconds?: number;
  /** Requests it takes of a partner it does not know, in any second; by default it does not count. */
  readonly requestsPerSecond?: number;
}

/** A request that reached the edge. */
export interface EdgeRequest {
  /** Milliseconds of a steady clock. */
  readonly at: number;
  readonly message: SipRequest;
  /** Common name of the certificate it came under. */
  readonly certificateName: string;
}

const ALLOW = "INVITE, BYE, ACK, CANCEL, INFO, MESSAGE, UPDATE, REFER, NOTIFY, BENOTIFY";

/**
 * A simulated Microsoft Access Edge with its users: watches and is watched, invites and is invited, the way the wire
 * examples show, and writes down each deviation of the other side from what it would insist on.
 */
export class MicrosoftEdge {
  readonly #options: MicrosoftEdgeOptions;
  readonly #epids = new Map<string, string>();
  readonly #states = new Map<string, EdgeState>();
  readonly #watchers = new Map<string, EdgeDialog>();
  readonly #watches = new Map<string, EdgeDialog>();
  readonly #sessions = new Map<string, EdgeDialog>();
  readonly #secret = randomBytes(16);
  readonly #observer = new Observer({ peer: "edge" });
  /** What the message that is being read does wrong. */
  #found: readonly Deviation[] = [];
  readonly deviations: string[] = [];
  /** Presence documents received, newest last: from whom and what. */
  readonly seen: { readonly user: string; readonly of: string; readonly state: string; readonly body: string }[] = [];
  /** Texts received in sessions. */
  readonly texts: { readonly from: string; readonly to: string; readonly text: string }[] = [];
  readonly typing: { readonly from: string; readonly status: string }[] = [];
  /** Every request that came, newest last. */
  readonly requests: EdgeRequest[] = [];
  /** Methods that get no answer for now. */
  readonly withheld = new Set<string>();
  /** Methods refused for now, with status and reason. */
  readonly refusing = new Map<string, string>();
  #peer: SipPeer | undefined;
  readonly #rate: EdgeRate | undefined;
  /** The 200 to the last INVITE of ours, where it says that the text in it was delivered. */
  #acknowledgedFirst: SipResponse | undefined;

  private constructor(options: MicrosoftEdgeOptions) {
    this.#options = options;
    const limit = options.requestsPerSecond;
    this.#rate = limit === undefined ? undefined : new EdgeRate({ clock: systemClock, limit });
  }

  static async start(options: MicrosoftEdgeOptions): Promise<MicrosoftEdge> {
    const edge = new MicrosoftEdge(options);
    const onRequest = (request: SipRequest, link: PeerLink): void => edge.#request(request, link);
    edge.#peer = await SipPeer.start({
      tls: options.tls,
      ...(options.port === undefined ? {} : { port: options.port }),
      onRequest,
      tap: {
        message: (event) => edge.#observe(event),
        mistake: (reason) => void edge.deviations.push(reason),
      },
    });
    return edge;
  }

  get port(): number {
    return this.#sip.port;
  }

  get #sip(): SipPeer {
    if (this.#peer === undefined) throw new Error("the edge has not started");
    return this.#peer;
  }

  /** Changes a user's state and tells every watcher, on connections of its own. */
  async setState(user: string, state: EdgeState): Promise<void> {
    this.#states.set(user, state);
    for (const dialog of this.#watchers.values()) if (dialog.user === user) await this.#notify(dialog, "active");
  }

  /** A user of ours adds `target` of the node's domain to his list. */
  async watch(user: string, target: string): Promise<SipResponse> {
    const dialog = this.#newDialog(user, `sip:${target}`);
    this.#watches.set(dialog.callId, dialog);
    const response = await this.#subscribe(dialog, target);
    this.#adopt(dialog, response);
    return response;
  }

  /** Refreshes what `watch` began, in its dialog. */
  async refresh(user: string, target: string): Promise<SipResponse> {
    const dialog = [...this.#watches.values()].find((one) => one.user === user && one.remoteUri === `sip:${target}`);
    if (dialog === undefined) throw new Error(`${user} does not watch ${target}`);
    return await this.#subscribe(dialog, target);
  }

  async #subscribe(dialog: EdgeDialog, target: string): Promise<SipResponse> {
    return await this.#send(dialog, "SUBSCRIBE", {
      headers: categoryHeaders,
      body: categoryRequest(`${dialog.user}@${this.#options.domain}`, target),
    });
  }

  /** A user of ours opens a conversation and says `text`: as embedded first message and, unacknowledged, as MESSAGE. */
  async say(user: string, target: string, text: string): Promise<SipResponse> {
    const known = [...this.#sessions.values()].find((one) => one.user === user && one.remoteUri === `sip:${target}`);
    const dialog = known ?? (await this.#invite(user, target, text));
    // Whoever acknowledged the text in the INVITE has it, as far as this side knows.
    if (known === undefined && this.#acknowledgedFirst !== undefined) return this.#acknowledgedFirst;
    return await this.#send(dialog, "MESSAGE", { headers: ["Content-Type: text/plain; charset=UTF-8"], body: text });
  }

  /** Typing in an open conversation. */
  async type(user: string, target: string, status: "type" | "idle"): Promise<SipResponse> {
    const dialog = [...this.#sessions.values()].find((one) => one.user === user && one.remoteUri === `sip:${target}`);
    if (dialog === undefined) throw new Error(`${user} has no conversation with ${target}`);
    return await this.#send(dialog, "INFO", {
      headers: ["Content-Type: application/xml"],
      body: typingDocument(status),
    });
  }

  /** Closes every conversation window. */
  async hangUp(): Promise<void> {
    for (const dialog of [...this.#sessions.values()]) {
      this.#sessions.delete(dialog.callId);
      await this.#send(dialog, "BYE", { headers: [], body: "" });
    }
  }

  /** How many of the node's users watch users here. */
  get watchers(): number {
    return this.#watchers.size;
  }

  async close(): Promise<void> {
    this.#rate?.stop();
    await this.#sip.close();
  }

  async #invite(user: string, target: string, text: string): Promise<EdgeDialog> {
    const dialog = this.#newDialog(user, `sip:${target}`);
    const first = Buffer.from(text, "utf8").toString("base64");
    const response = await this.#send(dialog, "INVITE", {
      headers: [
        "Supported: ms-dialog-route-set-update",
        `ms-text-format: text/plain; charset=UTF-8; ms-body=${first}`,
        "Supported: ms-embedded-first-message",
        "Supported: ms-delayed-accept",
        `Ms-Conversation-ID: ${randomBytes(12).toString("base64")}`,
        "Supported: timer",
        "Supported: histinfo",
        "Supported: com.microsoft.rtc-multiparty",
        "ms-keep-alive: UAC;hop-hop=yes",
        `Allow: ${ALLOW}`,
        "Content-Type: application/sdp",
      ],
      body: invitation("null"),
    });
    this.#adopt(dialog, response);
    if (response.status >= 300) throw new Error(`the node refused the INVITE: ${response.status}`);
    const isAcknowledged = response.values("Supported").some((tag) => tag.toLowerCase() === "ms-text-format");
    this.#acknowledgedFirst = isAcknowledged ? response : undefined;
    const link = dialog.link ?? (await this.#ownLink());
    link.write(this.#text(dialog, "ACK", { headers: [], body: "" }, this.#branch()));
    this.#sessions.set(dialog.callId, dialog);
    return dialog;
  }

  #newDialog(user: string, remoteUri: string): EdgeDialog {
    const { domain } = this.#options;
    return {
      callId: randomUUID().replaceAll("-", ""),
      user,
      contact: gruuOf(`${user}@${domain}`, this.#epid(user)),
      localTag: randomBytes(5).toString("hex"),
      remoteTag: "",
      remoteUri,
      remoteTarget: remoteUri,
      cseq: 0,
      route: this.#recordRoute(),
      link: undefined,
    };
  }

  #adopt(dialog: EdgeDialog, response: SipResponse): void {
    dialog.remoteTag = response.to.tag ?? "";
    dialog.remoteTarget = response.contacts[0]?.uri ?? dialog.remoteTarget;
  }

  #request(request: SipRequest, link: PeerLink): void {
    const known = this.#known(request);
    this.requests.push({ at: performance.now(), message: request, certificateName: link.certificateName });
    const tooMany = this.#rate?.arrived() ?? 0;
    if (tooMany > 0) this.deviations.push(`${request.method} is ${tooMany} too many within a second`);
    if (request.method === "ACK" || this.withheld.has(request.method)) return;
    const refusal = this.refusing.get(request.method);
    if (refusal !== undefined) {
      this.#answer(request, link, refusal);
      return;
    }
    if (this.#found.some(({ rule }) => rule === "route-altered")) {
      this.#answer(request, link, "403 Forbidden", [
        `ms-diagnostics-public: 1018;reason="Route signature does not match";source="${this.#options.fqdn}"`,
      ]);
      return;
    }
    switch (request.method) {
      case "SUBSCRIBE":
        this.#subscribed(request, link);
        break;
      case "NOTIFY":
        this.#notified(request, link);
        break;
      case "INVITE":
        this.#invited(request, link);
        break;
      case "MESSAGE":
      case "INFO":
        this.#inSession(request, link);
        break;
      case "BYE":
        this.#sessions.delete(request.callId);
        this.#answer(request, link, known === undefined ? "481 Call/Transaction Does Not Exist" : "200 OK");
        break;
      default:
        this.#answer(request, link, "405 Method Not Allowed", [`Allow: ${ALLOW}`]);
    }
  }

  #known(request: SipRequest): EdgeDialog | undefined {
    return [this.#watchers, this.#watches, this.#sessions].map((table) => table.get(request.callId)).find(Boolean);
  }

  #observe(event: WireEvent): void {
    this.#found = this.#observer.observe({ ...event, at: performance.now() });
    for (const { detail } of this.#found) this.deviations.push(detail);
  }

  #subscribed(request: SipRequest, link: PeerLink): void {
    const dialog = this.#watchers.get(request.callId) ?? this.#answering(request, link);
    if (request.to.tag !== undefined && !this.#watchers.has(request.callId)) {
      this.#answer(request, link, "481 Call Leg/Transaction Does Not Exist");
      return;
    }
    const expires = Math.min(request.expires ?? 3600, this.#options.grantSeconds ?? 7200);
    this.#accept(request, link, dialog, [`Expires: ${expires}`]);
    if (expires === 0) {
      this.#watchers.delete(request.callId);
      void this.#notify(dialog, "terminated;reason=timeout");
    } else {
      this.#watchers.set(request.callId, dialog);
      void this.#notify(dialog, "active");
    }
  }

  #notified(request: SipRequest, link: PeerLink): void {
    const dialog = this.#watches.get(request.callId);
    if (dialog === undefined) {
      this.#answer(request, link, "481 Call Leg/Transaction Does Not Exist");
      return;
    }
    this.#answer(request, link, "200 OK");
    const state = request.subscriptionState?.state ?? "";
    const body = Buffer.from(request.body).toString("utf8");
    this.seen.push({ user: dialog.user, of: dialog.remoteUri, state, body });
    if (state === "terminated") this.#watches.delete(request.callId);
  }

  #invited(request: SipRequest, link: PeerLink): void {
    const dialog = this.#sessions.get(request.callId) ?? this.#answering(request, link);
    this.#sessions.set(request.callId, dialog);
    this.#answer(request, link, "180 Ringing", [], dialog.localTag);
    const contact = `${dialog.user}@${this.#options.domain}`;
    this.#accept(
      request,
      link,
      dialog,
      [`Allow: ${ALLOW}`, "Content-Type: application/sdp"],
      invitation(`sip:${contact}`),
    );
  }

  #inSession(request: SipRequest, link: PeerLink): void {
    const isPage = request.method === "MESSAGE" && request.to.tag === undefined;
    const dialog = this.#sessions.get(request.callId) ?? (isPage ? this.#answering(request, link) : undefined);
    if (dialog === undefined) {
      this.#answer(request, link, "481 Call/Transaction Does Not Exist");
      return;
    }
    const text = Buffer.from(request.body).toString("utf8");
    const from = dialog.remoteUri.replace(/^sip:/, "");
    if (request.method === "INFO") this.typing.push({ from, status: /status="(\w+)"/.exec(text)?.[1] ?? "" });
    else this.texts.push({ from, to: `${dialog.user}@${this.#options.domain}`, text });
    this.#answer(request, link, "200 OK");
  }

  /** The dialog of a request that the node began. */
  #answering(request: SipRequest, link: PeerLink): EdgeDialog {
    const user = /^sips?:([^@;]+)@/.exec(request.requestUri)?.[1] ?? "";
    const remoteUri = request.from.uri;
    return {
      ...this.#newDialog(user, remoteUri),
      callId: request.callId,
      remoteTag: request.from.tag ?? "",
      remoteTarget: request.contacts[0]?.uri ?? remoteUri,
      link,
    };
  }

  async #notify(dialog: EdgeDialog, state: string): Promise<void> {
    const presentity = `sip:${dialog.user}@${this.#options.domain}`;
    const body = presenceDocument(presentity, this.#states.get(dialog.user) ?? "offline");
    const headers = ["Event: presence", `subscription-state: ${state}`, "Content-Type: application/pidf+xml"];
    const response = await this.#send(dialog, "NOTIFY", { headers, body }).catch(() => undefined);
    if (response?.status === 481) this.#watchers.delete(dialog.callId);
  }

  async #send(dialog: EdgeDialog, method: string, content: Content): Promise<SipResponse> {
    const link = dialog.link?.isOpen === true ? dialog.link : await this.#ownLink();
    if (method !== "ACK") dialog.cseq += 1;
    const branch = this.#branch();
    return await this.#sip.request(link, { branch, text: this.#text(dialog, method, content, branch) });
  }

  #text(dialog: EdgeDialog, method: string, content: Content, branch: string): string {
    const { domain, fqdn } = this.#options;
    const epid = this.#epid(dialog.user);
    const internalInfo = this.#secret.toString("base64");
    return edgeRequestText({ dialog, method, branch, fqdn, domain, epid, internalInfo, ...content });
  }

  #accept(request: SipRequest, link: PeerLink, dialog: EdgeDialog, headers: readonly string[], body = ""): void {
    const more = [
      `Record-Route: ${dialog.route}`,
      `Contact: <${dialog.contact}>`,
      `User-Agent: ${PRODUCT}`,
      ...headers,
    ];
    this.#answer(request, link, "200 OK", more, dialog.localTag, body);
  }

  #answer(
    request: SipRequest,
    link: PeerLink,
    status: string,
    headers: readonly string[] = [],
    toTag = randomBytes(5).toString("hex"),
    body = "",
  ): void {
    link.write(answerText(request, { status, toTag, headers, body }));
  }

  /** Its requests leave on a connection of its own, never on one the node opened. */
  #ownLink(): Promise<PeerLink> {
    return this.#sip.ownLink(this.#options.nodePort());
  }

  #branch(): string {
    return `z9hG4bK${randomBytes(8).toString("hex").toUpperCase()}`;
  }

  #epid(user: string): string {
    const epid = this.#epids.get(user) ?? randomBytes(5).toString("hex");
    this.#epids.set(user, epid);
    return epid;
  }

  #recordRoute(): string {
    const state = `sip:${this.#options.fqdn}:5061;transport=tls;opaque=state:T;lr`;
    const signature = createHmac("sha256", this.#secret).update(state).digest("base64url");
    return `<${state};ms-route-sig=${signature}>;tag=${randomBytes(16).toString("hex").toUpperCase()}`;
  }
}
