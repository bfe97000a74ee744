import type { SipMessage, SipRequest } from "@interpres/sip";
import { hostOf, isSuccess } from "./answer-rules.ts";
import { type Call, isDialogBeginning } from "./observation.ts";
import type { Rule } from "./rule.ts";

/** Rules on the requests of the other side, and on how it goes on in a dialog. */
export const dialogRules = {
  "request-via": {
    says: "The first Via of a request is TLS, names a host and has a branch of RFC 3261.",
    source: "RFC 3261 §8.1.1.7; dialect facts §1.5 (6)",
    request: ({ message }) => {
      const { transport, host, branch = "" } = message.topVia;
      if (transport !== "TLS") return `${message.method} came with a Via of ${transport}`;
      if (/^\[|^[\d.]+$/.test(host)) return `${message.method} came with a Via at an address: ${host}`;
      return branch.startsWith("z9hG4bK") ? undefined : `${message.method} came with the branch ${branch}`;
    },
  },
  "certificate-name": {
    says: "A connection shows a certificate with the registered name as its subject.",
    source: "dialect facts §1.2, §4",
    request: ({ observation: { link }, expected: { fqdn } }) =>
      fqdn === undefined || link.certificateName === fqdn
        ? undefined
        : `a certificate for ${link.certificateName}, not for ${fqdn}`,
  },
  "certificate-usages": {
    says: "A certificate is good for servers and clients, since both ends are both.",
    source: "dialect facts §1.2",
    request: ({ observation: { link } }) => {
      const missing = (["server", "client"] as const).find((usage) => !link.certificateUsages.includes(usage));
      const isUnlimited = link.certificateUsages.length === 0;
      return missing === undefined || isUnlimited ? undefined : `a certificate that is not for ${missing}s`;
    },
  },
  "from-domain": {
    says: "From is in a domain that the other side may speak for.",
    source: "dialect facts §1.3",
    request: ({ message, expected: { domains } }) => {
      if (domains === undefined || message.to.tag !== undefined) return undefined;
      const domain = hostOf(message.from.uri);
      return domains.includes(domain) ? undefined : `${message.method} comes from ${domain}`;
    },
  },
  "route-altered": {
    says: "In a dialog Route repeats the recorded entries octet for octet: they are signed.",
    source: "RFC 3261 §12.2.1.1; dialect facts §1.5 (3) (4)",
    request: ({ message, call }) => {
      const routeSet = message.method === "CANCEL" ? undefined : routeSetOf(message, call);
      if (routeSet === undefined) return undefined;
      const routes = message.values("Route");
      const isKept = routes.length === routeSet.length && routes.every((route, index) => route === routeSet[index]);
      return isKept ? undefined : `${message.method} came with an altered Route`;
    },
  },
  "target-altered": {
    says: "In a dialog the Request-URI is the Contact of this side, verbatim.",
    source: "RFC 3261 §12.2.1.1; dialect facts §1.5 (5)",
    request: ({ message, call }) => {
      if (message.to.tag === undefined || message.method === "CANCEL") return undefined;
      const contacts = call.all.flatMap((each) => (each.direction === "sent" ? targetsIn(each.message) : []));
      const target = contacts.at(-1);
      return target === undefined || message.requestUri === target
        ? undefined
        : `${message.method} goes to ${message.requestUri}, not to ${target}`;
    },
  },
  "epid-lost": {
    says: "The epid of this side's From comes back in To of every later request.",
    source: "dialect facts §1.5 (7)",
    only: "edge",
    request: ({ message, call }) => {
      const epid = call.beginning("sent")?.from.parameters.raw("epid");
      if (epid === undefined || message.to.tag === undefined) return undefined;
      return message.to.parameters.raw("epid") === epid ? undefined : `${message.method} has no epid in To`;
    },
  },
  "sequence-number": {
    says: "CSeq of each request in a dialog is higher than that of the one before.",
    source: "RFC 3261 §12.2.1.1; dialect facts §3.5",
    request: ({ message, call }) => {
      if (message.to.tag === undefined || message.method === "ACK" || message.method === "CANCEL") return undefined;
      const before = call
        .requests("received")
        .filter((each) => isBefore(each, message))
        .map(({ cseq }) => cseq.number);
      const last = Math.max(-1, ...before);
      return message.cseq.number > last
        ? undefined
        : `${message.method} has the number ${message.cseq.number} after ${last}`;
    },
  },
  benotify: {
    says: "BENOTIFY is not sent unless it was agreed on, and it never is.",
    source: "MS-SIP 3.5.5; dialect facts §2.4",
    request: ({ message }) => (message.method === "BENOTIFY" ? "BENOTIFY was never agreed on" : undefined),
  },
  "extension-required": {
    says: "No request requires an extension.",
    source: "RFC 3261 §8.2.2.3; dialect facts §3.11",
    request: ({ message }) => {
      const [tag] = message.values("Require");
      return tag === undefined || tag === "timer" ? undefined : `${message.method} requires ${tag}`;
    },
  },
} as const satisfies Readonly<Record<string, Rule>>;

/** Whether a request has taken a number in the dialog of another: a fork has two, a retransmission takes none. */
function isBefore({ method, to, topVia }: SipRequest, message: SipRequest): boolean {
  if (method === "ACK" || method === "CANCEL" || topVia.branch === message.topVia.branch) return false;
  return to.tag === undefined || to.tag === message.to.tag;
}

/** What must stand in Route of a request of the other side; undefined where this side recorded nothing. */
function routeSetOf(request: SipRequest, call: Call): readonly string[] | undefined {
  if (request.to.tag === undefined) return undefined;
  const began = call.beginning("sent");
  if (began !== undefined) return began.values("Record-Route");
  const accepted = call.responses("sent").find((response) => isSuccess(response) && response.to.tag === request.to.tag);
  const theirs = call.beginning("received");
  if (accepted === undefined || theirs === undefined) return undefined;
  const recordedByThem = theirs.values("Record-Route");
  return accepted
    .values("Record-Route")
    .filter((route) => !recordedByThem.includes(route))
    .reverse();
}

/** Contacts that set the remote target of the other side (RFC 3261 §12.2.1.2, §12.2.2). */
function targetsIn(message: SipMessage): readonly string[] {
  if (message.kind === "response" && !isSuccess(message)) return [];
  const method = message.kind === "request" ? message.method : message.cseq.method;
  const sets = method === "INVITE" || method === "SUBSCRIBE" || method === "UPDATE" || method === "NOTIFY";
  return sets ? message.contacts.map(({ uri }) => uri) : [];
}

/** Whether a request begins a dialog at this side. */
export function begins(request: SipRequest, method: "INVITE" | "SUBSCRIBE"): boolean {
  return request.method === method && isDialogBeginning(request);
}
