import { parseSipUri, type SipMessage, type SipResponse, SyntaxProblem } from "@interpres/sip";
import { bodyOf, nameOf } from "./observation.ts";
import type { Rule, Seen } from "./rule.ts";

/** Option tags that must never come back to a Microsoft server: it would change its behaviour. */
const NEVER_ECHOED = [
  "ms-benotify",
  "ms-piggyback-first-notify",
  "com.microsoft.autoextend",
  "ms-text-format",
  "ms-embedded-first-message",
];

/** What a refusal must name, by its status (RFC 3261 §21.4.6, §21.4.13, §21.4.15; RFC 6665 §8.3.2; RFC 3261 §20.23). */
const EXPLAINED_BY: Readonly<Record<number, string>> = {
  405: "Allow",
  415: "Accept",
  420: "Unsupported",
  423: "Min-Expires",
  489: "Allow-Events",
};

/** What a server may put into the topmost Via, at any place (RFC 3261 §18.2.1, RFC 3581 §4). */
const ADDED_TO_VIA = /;(?:received|rport)=[^;]*/g;

/** Rules on how the other side answers. */
export const answerRules = {
  "via-altered": {
    says: "Every Via comes back octet for octet, those without branch too; only received and rport may be added to the first.",
    source: "RFC 3261 §8.2.6.2; dialect facts §1.5 (1)",
    response: ({ message, call }) => {
      const sent = call.requestOf(message, "sent")?.values("Via");
      if (sent === undefined) return undefined;
      const [top = "", ...others] = message.values("Via");
      const [sentTop = "", ...sentOthers] = sent;
      return top.replaceAll(ADDED_TO_VIA, "") === sentTop && same(others, sentOthers)
        ? undefined
        : `${nameOf(message)} alters Via`;
    },
  },
  "from-to-altered": {
    says: "From and To come back as they were, epid included; To gets a tag if it had none.",
    source: "RFC 3261 §8.2.6.2; dialect facts §1.5 (7)",
    response: ({ message, call }) => {
      const sent = call.requestOf(message, "sent");
      if (sent === undefined) return undefined;
      const { to } = message;
      if (message.from.text !== sent.from.text) return `${nameOf(message)} alters From`;
      const isKept = sent.to.tag === undefined ? to.text.startsWith(sent.to.text) : to.text === sent.to.text;
      if (!isKept) return `${nameOf(message)} alters To`;
      return message.status > 100 && to.tag === undefined ? `${nameOf(message)} has no tag in To` : undefined;
    },
  },
  "record-route-altered": {
    says: "The answer that begins a dialog carries Record-Route as it came, with the parameters behind the bracket.",
    source: "RFC 3261 §12.1.1; dialect facts §1.5 (3) (4)",
    response: ({ message, call }) => {
      const sent = call.requestOf(message, "sent");
      if (sent === undefined || !isSuccess(message) || sent.to.tag !== undefined) return undefined;
      // Proxies of the other side stand before what this one recorded.
      const routes = sent.values("Record-Route");
      const kept = message.values("Record-Route").slice(-routes.length);
      return routes.length === 0 || same(kept, routes) ? undefined : `${nameOf(message)} alters Record-Route`;
    },
  },
  "tag-echoed": {
    says: "No option tag of a Microsoft extension comes back in Supported or Require.",
    source: "dialect facts §1.7, §3.3",
    response: ({ message }) => echoed(message),
    request: ({ message }) => echoed(message),
  },
  "keep-alive-answered": {
    says: "ms-keep-alive is not answered between enterprises.",
    source: "dialect facts §1.6",
    only: "edge",
    response: ({ message }) =>
      message.first("ms-keep-alive") === undefined ? undefined : `${nameOf(message)} answers ms-keep-alive`,
  },
  "contact-transport": {
    says: "Contact names a host, not an address, and says transport=tls.",
    source: "dialect facts §1.5 (6)",
    // RFC 6665 §8.1: in the answer to NOTIFY it is optional.
    response: (seen) =>
      isSuccess(seen.message) && beginsDialogs(seen.message.cseq.method) ? contact(seen) : undefined,
    request: (seen) =>
      seen.message.method === "NOTIFY" || beginsDialogs(seen.message.method) ? contact(seen) : undefined,
  },
  "contact-name": {
    says: "Contact is at the name that was registered with the order.",
    source: "dialect facts §4",
    only: "clearing-house",
    response: (seen) => foreignContact(seen),
    request: (seen) => foreignContact(seen),
  },
  "answered-twice": {
    says: "A request has one final answer; only a 200 to INVITE is repeated.",
    source: "RFC 3261 §17.2; dialect facts §7",
    response: ({ message, call }) => {
      if (message.status < 200) return undefined;
      const sent = call.requestOf(message, "sent");
      const before = sent === undefined ? undefined : call.finalOf(sent, "received");
      if (before === undefined) return undefined;
      const isRepeated = message.cseq.method === "INVITE" && isSuccess(message) && before.status === message.status;
      return isRepeated ? undefined : `${nameOf(message)} comes after ${before.status}`;
    },
  },
  "benotify-answered": {
    says: "BENOTIFY is never answered.",
    source: "MS-SIP 3.5.5.3; dialect facts §1.6",
    response: ({ message }) => (message.cseq.method === "BENOTIFY" ? "BENOTIFY is answered" : undefined),
  },
  "expires-granted": {
    says: "A 200 to SUBSCRIBE says for how long, never longer than was asked.",
    source: "RFC 6665 §4.2.1.1",
    response: ({ message, call }) => {
      if (message.cseq.method !== "SUBSCRIBE" || !isSuccess(message)) return undefined;
      const asked = call.requestOf(message, "sent")?.expires;
      if (message.expires === undefined) return `${nameOf(message)} has no Expires`;
      return asked !== undefined && message.expires > asked
        ? `${nameOf(message)} grants ${message.expires} s where ${asked} were asked`
        : undefined;
    },
  },
  "refusal-unexplained": {
    says: "405 names methods, 415 types, 420 option tags, 423 the shortest duration and 489 event packages.",
    source: "RFC 3261 §21.4, RFC 6665 §4.2.1.3; dialect facts §1.7, §2.2",
    response: ({ message }) => {
      const header = EXPLAINED_BY[message.status];
      return header === undefined || message.first(header) !== undefined
        ? undefined
        : `${nameOf(message)} has no ${header}`;
    },
  },
  "session-answer": {
    says: "A 200 to an IM INVITE answers in SDP with m=message at the answerer's own URI and takes text/plain.",
    source: "MS-SDP 3.1.5.3; dialect facts §3.2, §3.4",
    only: "edge",
    response: ({ message, call }) => {
      if (message.cseq.method !== "INVITE" || !isSuccess(message)) return undefined;
      const uri = call.requestOf(message, "sent")?.to.uri;
      const media = /^m=message \d+ sip (\S+)\s*$/im.exec(bodyOf(message))?.[1];
      if (media === undefined) return `${nameOf(message)} has no m=message line`;
      if (uri !== undefined && addressOf(media) !== addressOf(uri))
        return `${nameOf(message)} answers at ${media}, not at ${uri}`;
      return takesPlainText(message) ? undefined : `${nameOf(message)} does not take text/plain`;
    },
  },
} as const satisfies Readonly<Record<string, Rule>>;

export function isSuccess({ status }: SipResponse): boolean {
  return status >= 200 && status < 300;
}

/** Whether a session description lists plain text, or everything. */
export function takesPlainText(message: SipMessage): boolean {
  const types = /^a=accept-types:(.*)$/im.exec(bodyOf(message))?.[1]?.trim().split(/\s+/) ?? [];
  return types.some((type) => type === "*" || type === "text/plain");
}

function beginsDialogs(method: string): boolean {
  return method === "INVITE" || method === "SUBSCRIBE";
}

function echoed(message: SipMessage): string | undefined {
  const options = [...message.values("Supported"), ...message.values("Require")].map((tag) => tag.toLowerCase());
  const tag = NEVER_ECHOED.find((one) => options.includes(one));
  return tag === undefined ? undefined : `${nameOf(message)} echoes ${tag}`;
}

function contact({ message }: Seen<SipMessage>): string | undefined {
  const [first] = message.contacts;
  if (first === undefined) return `${nameOf(message)} has no Contact`;
  const uri = parseSipUri(first.uri);
  if (uri instanceof SyntaxProblem) return `${nameOf(message)} has the Contact ${first.uri}`;
  if (/^\[|^[\d.]+$/.test(uri.host)) return `${nameOf(message)} has a Contact at an address: ${first.uri}`;
  return uri.parameters.get("transport")?.toLowerCase() === "tls"
    ? undefined
    : `${nameOf(message)} has a Contact without transport`;
}

function foreignContact({ message, expected: { fqdn } }: Seen<SipMessage>): string | undefined {
  const found = message.contacts.find(({ uri }) => fqdn !== undefined && hostOf(uri) !== fqdn);
  return found === undefined ? undefined : `${nameOf(message)} has the Contact ${found.uri}, not at ${fqdn}`;
}

/** The host of a SIP URI in lower case; the empty string where there is none. */
export function hostOf(uri: string): string {
  const parsed = parseSipUri(uri);
  return parsed instanceof SyntaxProblem ? "" : parsed.host.toLowerCase();
}

/** Who a URI means, without scheme and parameters: Microsoft servers do not tell upper from lower case. */
export function addressOf(uri: string): string {
  const parsed = parseSipUri(uri);
  return parsed instanceof SyntaxProblem ? uri : `${parsed.user ?? ""}@${parsed.host}`.toLowerCase();
}

function same(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((value, index) => value === right[index]);
}
