import type { SipRequest } from "@interpres/sip";
import { invitation, typingDocument } from "../edge/edge-bodies.ts";
import { type DocumentFormat, escaped, presenceDocument } from "../edge/edge-documents.ts";
import { type TextFormat, textBody } from "../edge/edge-texts.ts";
import type { FaultSet } from "../simulator/fault-set.ts";
import type { LocalParty, PeerDialog } from "../simulator/peer-dialogs.ts";
import type { Content, PeerState, PeerStyle } from "../simulator/peer-style.ts";
import type { PeerLink } from "../sip-peer.ts";
import type { Customer, HouseDomains } from "./house-rules.ts";

export interface HouseStyleOptions {
  readonly fqdn: string;
  /** Where it listens, for Via and Contact. */
  readonly port: () => number;
  readonly domains: HouseDomains;
  readonly customer: Customer;
  readonly faults: FaultSet;
}

/** How a clearing house writes: plain RFC 3261 on the wire, PIDF with prefixes, away and idle as the only activities. */
export class HouseStyle implements PeerStyle {
  readonly allow = "SUBSCRIBE, NOTIFY, INVITE, ACK, BYE, CANCEL, MESSAGE, INFO, OPTIONS";
  readonly isNotifyFirst = true;
  readonly #options: HouseStyleOptions;

  constructor(options: HouseStyleOptions) {
    this.#options = options;
  }

  party(user: string): LocalParty {
    return { user, contact: `sip:${this.#options.fqdn}:${this.#options.port()};transport=tls`, route: [] };
  }

  request(dialog: PeerDialog, init: { readonly method: string; readonly branch: string } & Content): string {
    const { method, branch, headers, body } = init;
    const to = dialog.remoteTag === "" ? "" : `;tag=${dialog.remoteTag}`;
    return [
      `${method} ${dialog.remoteTarget} SIP/2.0`,
      `Via: SIP/2.0/TLS ${this.#options.fqdn}:${this.#options.port()};branch=${branch}`,
      "Max-Forwards: 70",
      ...dialog.routeSet.map((route) => `Route: ${route}`),
      `From: <sip:${dialog.user}>;tag=${dialog.localTag}`,
      `To: <${dialog.remoteUri}>${to}`,
      `Call-ID: ${dialog.callId}`,
      `CSeq: ${dialog.cseq} ${method}`,
      ...(method === "ACK" || method === "MESSAGE" ? [] : [`Contact: <${dialog.contact}>`]),
      ...headers,
      `Content-Length: ${Buffer.byteLength(body)}`,
      "",
      body,
    ].join("\r\n");
  }

  /** Its 200 to SUBSCRIBE does not say which event it grants. */
  accepted({ contact, routeSet }: PeerDialog): readonly string[] {
    return [...routeSet.map((route) => `Record-Route: ${route}`), `Contact: <${contact}>`];
  }

  explained(status: number): readonly string[] {
    if (status === 405) return [`Allow: ${this.allow}`];
    if (status === 415) return ["Accept: text/plain, text/html"];
    if (status === 406) return ["Accept: application/pidf+xml"];
    if (status === 423) return ["Min-Expires: 600"];
    return status === 503 ? ["Retry-After: 1"] : [];
  }

  subscription(): Content {
    return { headers: ["Event: presence", "Accept: application/pidf+xml", "Expires: 3600"], body: "" };
  }

  offer(): Content {
    return { headers: [`Allow: ${this.allow}`, "Content-Type: application/sdp"], body: invitation("null") };
  }

  isTextDelivered(): boolean {
    return false;
  }

  description(user: string): string {
    return invitation(`sip:${user}`);
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
    if (forced !== undefined && forced !== "none") {
      const { type, body } = presenceDocument(`sip:${user}`, state, forced as DocumentFormat);
      return { headers: [`Content-Type: ${type}`], body };
    }
    const takesPidf = accepts.length === 0 || accepts.some((type) => type.startsWith("application/pidf+xml"));
    if (!takesPidf) return undefined;
    return { headers: ["Content-Type: application/pidf+xml"], body: prefixed(user, state) };
  }

  refusalOf(request: SipRequest, link: PeerLink): string | "close" | undefined {
    const { domains, customer } = this.#options;
    if (link.certificateName !== customer.fqdn) return "close";
    if (request.to.tag !== undefined || request.method === "OPTIONS") return undefined;
    const address = /^sips?:([^;?]+)/.exec(request.requestUri)?.[1] ?? "";
    const refusal = domains.refusalOf(address, customer, request.from.uri);
    return refusal ?? (request.method === "MESSAGE" ? "405 Method Not Allowed" : undefined);
  }
}

/** PIDF with prefixes, the presentity without a scheme. */
function prefixed(user: string, state: PeerState): string {
  const basic = state === "offline" ? "closed" : "open";
  const told = state === "busy" ? "away" : state;
  const activity = told === "away" || told === "idle" ? `<ep:activity>${told}</ep:activity>` : "";
  return (
    `<?xml version="1.0"?><p:presence xmlns:p="urn:ietf:params:xml:ns:pidf"` +
    ` xmlns:ep="urn:ietf:params:xml:ns:pidf:status:rpid-status" entity="${escaped(user)}">` +
    `<p:tuple id="t"><p:status><p:basic>${basic}</p:basic>${activity}</p:status></p:tuple></p:presence>`
  );
}
