import type { SipRequest } from "@interpres/sip";
import { isSuccess, takesPlainText } from "./answer-rules.ts";
import { begins } from "./dialog-rules.ts";
import { bodyOf, type Call } from "./observation.ts";
import type { Rule } from "./rule.ts";

/** How soon behind a text it tells nothing that typing has stopped. */
const SOON_MS = 500;
/** Answers to MESSAGE after which the session is dead (dialect facts §3.6). */
export const DEAD_SESSION = [408, 480, 481];

/** Rules on IM sessions. */
export const sessionRules = {
  "session-offer": {
    says: "An IM INVITE offers m=message 5060 sip null and takes text/plain.",
    source: "MS-SDP 3.1.5.3; dialect facts §3.2, §3.11",
    only: "edge",
    request: ({ message }) => {
      if (!begins(message, "INVITE")) return undefined;
      const media = /^m=.*$/im.exec(bodyOf(message))?.[0]?.trim();
      if (media !== "m=message 5060 sip null") return `INVITE offers ${media ?? "nothing"}`;
      return takesPlainText(message) ? undefined : "INVITE does not take text/plain";
    },
  },
  "page-mode": {
    says: "MESSAGE is sent in a session only.",
    source: "dialect facts §3.1",
    request: ({ message }) =>
      message.method === "MESSAGE" && message.to.tag === undefined ? "MESSAGE came outside a session" : undefined,
  },
  "message-type": {
    says: "MESSAGE has a type that this side's session description takes, text with charset UTF-8.",
    source: "dialect facts §3.6",
    request: ({ message, call }) => {
      if (message.method !== "MESSAGE" || message.to.tag === undefined) return undefined;
      const type = message.contentType;
      if (type === undefined) return "MESSAGE has no Content-Type";
      const taken = takenTypes(call);
      if (taken.length > 0 && !taken.includes(type.type)) return `MESSAGE carries ${type.type}`;
      const charset = type.parameters.get("charset")?.toLowerCase();
      return charset === undefined || charset === "utf-8" ? undefined : `MESSAGE is in ${charset}`;
    },
  },
  "unconfirmed-session": {
    says: "Nothing is sent in a session before its INVITE is acknowledged.",
    source: "RFC 3261 §13; dialect facts §3.7",
    request: ({ message, call }) => {
      if (message.method !== "MESSAGE" && message.method !== "INFO") return undefined;
      const invited = call.beginning("received")?.method === "INVITE";
      const isConfirmed = call.requests("received").some(({ method }) => method === "ACK");
      return invited && !isConfirmed ? `${message.method} came before ACK` : undefined;
    },
  },
  overlapping: {
    says: "The next MESSAGE or INFO waits for the answer to the one before.",
    source: "dialect facts §3.6",
    request: ({ message, call }) => {
      if (!isInSession(message)) return undefined;
      const before = call.requests("received").findLast(isInSession);
      return before === undefined || call.finalOf(before, "sent") !== undefined
        ? undefined
        : `${message.method} came before the answer to ${before.method}`;
    },
  },
  "idle-behind-text": {
    says: "No typing notice of the state idle follows a text at once.",
    source: "dialect facts §3.7",
    only: "edge",
    request: ({ message, observation, call }) => {
      if (message.method !== "INFO" || !/status="idle"/.test(bodyOf(message))) return undefined;
      const before = call.all.findLast((each) => each.direction === "received" && each.message.kind === "request");
      const isText = before?.message.kind === "request" && before.message.method === "MESSAGE";
      return isText && observation.at - before.at < SOON_MS ? "INFO says idle right behind a MESSAGE" : undefined;
    },
  },
  "dead-session": {
    says: "After 408, 480 or 481 to MESSAGE nothing but BYE is sent in that session.",
    source: "dialect facts §3.6",
    request: ({ message, call }) => {
      if (message.to.tag === undefined || message.method === "BYE" || message.method === "ACK") return undefined;
      const refused = call
        .responses("sent")
        .find(({ status, cseq }) => cseq.method === "MESSAGE" && DEAD_SESSION.includes(status));
      return refused === undefined
        ? undefined
        : `${message.method} came in a session that ended with ${refused.status}`;
    },
  },
} as const satisfies Readonly<Record<string, Rule>>;

function isInSession({ method, to }: SipRequest): boolean {
  return (method === "MESSAGE" || method === "INFO") && to.tag !== undefined;
}

/** The types in this side's offer or answer, without wildcards: there anything goes. */
function takenTypes(call: Call): readonly string[] {
  const described = [call.beginning("sent"), call.responses("sent").find(isSuccess)].find(
    (message) => message?.contentType?.type === "application/sdp",
  );
  const types = described === undefined ? [] : acceptTypes(bodyOf(described));
  return types.includes("*") ? [] : types;
}

function acceptTypes(description: string): readonly string[] {
  return /^a=accept-types:(.*)$/im.exec(description)?.[1]?.trim().split(/\s+/) ?? [];
}
