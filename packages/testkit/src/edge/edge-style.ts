import { createHmac, randomBytes } from "node:crypto";
import type { SipRequest, SipResponse } from "@interpres/sip";
import type { FaultSet } from "../simulator/fault-set.ts";
import type { LocalParty, PeerDialog } from "../simulator/peer-dialogs.ts";
import type { Content, PeerState, PeerStyle } from "../simulator/peer-style.ts";
import { categoryHeaders, categoryRequest, invitation, oldHeaders, typingDocument } from "./edge-bodies.ts";
import { type DocumentFormat, formatFor, presenceDocument } from "./edge-documents.ts";
import { gruuOf } from "./edge-identity.ts";
import { embeddedText, type TextFormat, textBody } from "./edge-texts.ts";

export interface EdgeStyleOptions {
  readonly domain: string;
  readonly fqdn: string;
  /** Where it listens, for Via and Record-Route. */
  readonly port: () => number;
  readonly faults: FaultSet;
  /** Local parts of its users; everybody where it does not say. */
  readonly users?: ReadonlySet<string>;
  /** Domains the other side may speak for; not checked where it does not say. */
  readonly partnerDomains?: readonly string[];
  /** Whether MESSAGE outside a session is taken; a Microsoft server refuses it. */
  readonly pageMode: "taken" | "refused";
}

const PRODUCT = "UCCAPI/16.0.4417.1000 OC/16.0.4417.1000 (Skype for Business)";
const OLD_PRODUCT = "RTC/1.3";

/** Diagnostics across an enterprise boundary (dialect facts §1.9), by status. */
const DIAGNOSTICS: Readonly<Record<number, string>> = {
  403: '1017;reason="Cannot route From and To domains in this combination"',
  404: '1003;reason="User does not exist"',
  488: '2165;reason="This request is not allowed"',
  503: '1007;reason="Temporarily cannot route"',
  504: '1034;reason="Previous hop federated peer did not report diagnostic information"',
};

/** How an Access Edge and the clients behind it write, by the wire examples of the dialect facts. */
export class EdgeStyle implements PeerStyle {
  readonly allow = "INVITE, BYE, ACK, CANCEL, INFO, MESSAGE, UPDATE, REFER, NOTIFY, BENOTIFY";
  readonly isNotifyFirst = false;
  readonly #options: EdgeStyleOptions;
  readonly #secret = randomBytes(16);
  readonly #epids = new Map<string, string>();

  constructor(options: EdgeStyleOptions) {
    this.#options = options;
  }

  party(user: string): LocalParty {
    const count = this.#options.faults.number("routes") ?? 1;
    const route = Array.from({ length: count }, (_, at) => this.#recordRoute(at));
    return { user, contact: gruuOf(user, this.#epid(user)), route };
  }

  /** Headers interleaved, the lowest Via without a branch, Record-Route after Content-Length: as on the real wire. */
  request(dialog: PeerDialog, init: { readonly method: string; readonly branch: string } & Content): string {
    const { method, branch, headers, body } = init;
    const { user, remoteTag, remoteUri, localTag } = dialog;
    const to = remoteTag === "" ? "" : `;tag=${remoteTag}`;
    const recorded = method === "INVITE" || method === "SUBSCRIBE" ? dialog.route : [];
    return [
      `${method} ${dialog.remoteTarget} SIP/2.0`,
      `Via: SIP/2.0/TLS ${this.#options.fqdn}:${this.#options.port()};branch=${branch};branched=FALSE;ms-internal-info="${this.#secret.toString("base64")}"`,
      "Max-Forwards: 68",
      `Content-Length: ${Buffer.byteLength(body)}`,
      ...recorded.map((route) => `Record-Route: ${route}`),
      ...dialog.routeSet.map((route) => `Route: ${route}`),
      "Via: SIP/2.0/TLS 192.0.2.56:50202;ms-received-port=50202;ms-received-cid=B20C200",
      `From: "${user.replace(/@.*/, "")}"<sip:${user}>;tag=${localTag};epid=${this.#epid(user)}`,
      `To: <${remoteUri}>${to}`,
      `CALL-ID: ${dialog.callId}`,
      `CSeq: ${dialog.cseq} ${method}`,
      ...(method === "ACK" || method === "MESSAGE" ? [] : [`Contact: <${dialog.contact}>`]),
      `User-Agent: ${this.#product}`,
      ...headers,
      "",
      body,
    ].join("\r\n");
  }

  accepted(dialog: PeerDialog): readonly string[] {
    return [
      // The other side reverses them (RFC 3261 §12.1.2).
      ...[...dialog.route.toReversed(), ...dialog.routeSet].map((route) => `Record-Route: ${route}`),
      `Contact: <${dialog.contact}>`,
      `User-Agent: ${this.#product}`,
    ];
  }

  explained(status: number): readonly string[] {
    const { fqdn } = this.#options;
    if (status === 606) return [`Warning: 309 ${fqdn} "Message contents not allowed by policy"`];
    if (status === 405) return [`Allow: ${this.allow}`];
    if (status === 415) return ["Accept: text/plain, text/html"];
    if (status === 406) return ["Accept: application/pidf+xml"];
    if (status === 423) return ["Min-Expires: 600"];
    const retry = status === 503 ? ["Retry-After: 1"] : [];
    const text = DIAGNOSTICS[status];
    return text === undefined ? retry : [...retry, `ms-diagnostics-public: ${text};source="${fqdn}"`];
  }

  subscription(dialog: PeerDialog): Content {
    const body = categoryRequest(dialog.user, dialog.remoteUri);
    switch (this.#options.faults.value("client")) {
      case "lcs-2005":
        return { headers: oldHeaders, body: "" };
      case "batched":
        return { headers: [...categoryHeaders, "Require: adhoclist, categoryList", "Supported: eventlist"], body };
      case "no-accept":
        return { headers: ["Event: presence"], body: "" };
      default:
        return { headers: categoryHeaders, body };
    }
  }

  offer(dialog: PeerDialog, text: string): Content {
    const { faults } = this.#options;
    const seconds = faults.value("session-timer");
    const timer = seconds === undefined ? [] : [`Session-Expires: ${seconds};refresher=uac`];
    return {
      headers: [
        "Supported: ms-dialog-route-set-update",
        ...embeddedText(text),
        "Supported: ms-embedded-first-message",
        "Supported: ms-delayed-accept",
        "Supported: ms-renders-isf",
        "Supported: ms-renders-gif",
        "Supported: ms-renders-mime-alternative",
        `Ms-Conversation-ID: ${randomBytes(12).toString("base64")}`,
        "Supported: timer",
        ...timer,
        "Supported: histinfo",
        "Supported: ms-safe-transfer",
        "Supported: ms-sender",
        "Supported: ms-early-media",
        `Roster-Manager: sip:${dialog.user}`,
        `EndPoints: <sip:${dialog.user}>, <${dialog.remoteUri}>`,
        "Supported: com.microsoft.rtc-multiparty",
        "ms-keep-alive: UAC;hop-hop=yes",
        `Allow: ${this.allow}`,
        "ms-subnet: 192.0.2.0",
        "Supported: ms-conf-invite",
        "Content-Type: application/sdp",
        `history-info: <${dialog.remoteUri}>;index=1`,
      ],
      body: invitation("null", faults.value("media")),
    };
  }

  isTextDelivered(response: SipResponse): boolean {
    return response.values("Supported").some((tag) => tag.toLowerCase() === "ms-text-format");
  }

  description(user: string): string {
    return invitation(`sip:${user}`, this.#options.faults.value("media"));
  }

  message(text: string): Content {
    const { type, body } = textBody(text, (this.#options.faults.value("text") ?? "plain") as TextFormat);
    return { headers: [`Content-Type: ${type}`], body };
  }

  typing(status: "type" | "idle"): Content {
    return { headers: ["Content-Type: application/xml"], body: typingDocument(status) };
  }

  document(user: string, state: PeerState, accepts: readonly string[]): Content | undefined {
    const forced = this.#options.faults.value("document");
    const format = forced === undefined || forced === "none" ? formatFor(accepts) : (forced as DocumentFormat);
    if (format === undefined) return undefined;
    const { type, body } = presenceDocument(`sip:${user}`, state, format);
    return { headers: [`Content-Type: ${type}`], body };
  }

  refusalOf(request: SipRequest): string | undefined {
    const { domain, users, partnerDomains, pageMode } = this.#options;
    if (request.to.tag !== undefined) return undefined;
    const from = /@([^:;>?]+)/.exec(request.from.uri)?.[1]?.toLowerCase() ?? "";
    if (partnerDomains !== undefined && !partnerDomains.includes(from)) return "403 Forbidden";
    if (request.method === "MESSAGE" && pageMode === "refused") return "405 Method Not Allowed";
    if (users === undefined || request.method === "OPTIONS") return undefined;
    const [, user = "", host = ""] = /^sips?:([^@;]+)@([^:;?]+)/.exec(request.requestUri) ?? [];
    const isKnown = host.toLowerCase() === domain && users.has(user.toLowerCase());
    return isKnown ? undefined : "404 Not Found";
  }

  get #product(): string {
    return this.#options.faults.value("client") === "lcs-2005" ? OLD_PRODUCT : PRODUCT;
  }

  #epid(user: string): string {
    const epid = this.#epids.get(user) ?? randomBytes(5).toString("hex");
    this.#epids.set(user, epid);
    return epid;
  }

  /** Signed: whoever gives it back must not have touched it. The second and later ones are of servers inside. */
  #recordRoute(at: number): string {
    const { fqdn, domain, port } = this.#options;
    const host = at === 0 ? fqdn : `pool${at}.${domain}`;
    const state = `sip:${host}:${port()};transport=tls;opaque=state:T;lr`;
    const signature = createHmac("sha256", this.#secret).update(state).digest("base64url");
    return `<${state};ms-route-sig=${signature}>;tag=${randomBytes(16).toString("hex").toUpperCase()}`;
  }
}
