import type { SipRequest } from "@interpres/sip";
import { child, childrenNamed, type Element, elements, isXmlProblem, parseDocument, text } from "@interpres/xmpp/xml";
import { addressOf } from "./answer-rules.ts";
import { begins } from "./dialog-rules.ts";
import { bodyOf, type Call } from "./observation.ts";
import type { Rule } from "./rule.ts";

const PIDF = "urn:ietf:params:xml:ns:pidf";
const DRAFT_RPID = "urn:ietf:params:xml:ns:pidf:status:rpid-status";
const CIPID = "urn:ietf:params:xml:ns:pidf:cipid";
/** What a Microsoft client makes more of than "available". */
const ACTIVITIES = ["away", "busy", "on-the-phone"];

/** Rules on subscriptions and presence documents. */
export const presenceRules = {
  "accept-other": {
    says: "SUBSCRIBE accepts application/pidf+xml and nothing else: a Microsoft type would be chosen before it.",
    source: "MS-PRES 1.3.3; dialect facts §2.1",
    request: ({ message }) => {
      if (!begins(message, "SUBSCRIBE")) return undefined;
      const accepts = message.all("Accept").join(",");
      return accepts === "application/pidf+xml"
        ? undefined
        : `SUBSCRIBE accepts ${accepts === "" ? "anything" : accepts}`;
    },
  },
  "event-package": {
    says: "SUBSCRIBE and NOTIFY name the event package presence.",
    source: "RFC 3856 §6.1; dialect facts §2.2",
    request: ({ message }) => {
      if (message.method !== "SUBSCRIBE" && message.method !== "NOTIFY") return undefined;
      return message.event?.type === "presence"
        ? undefined
        : `${message.method} has the event ${message.first("Event")}`;
    },
  },
  "subscription-state": {
    says: "NOTIFY says in which state the subscription is.",
    source: "RFC 6665 §4.1.3; dialect facts §2.4",
    request: ({ message }) => {
      if (message.method !== "NOTIFY") return undefined;
      const state = message.subscriptionState?.state;
      return state === "active" || state === "pending" || state === "terminated"
        ? undefined
        : `NOTIFY has the state ${state ?? "of no subscription"}`;
    },
  },
  "document-type": {
    says: "A NOTIFY with a body carries application/pidf+xml.",
    source: "RFC 3856 §6.7; dialect facts §2.4",
    request: ({ message }) => {
      if (message.method !== "NOTIFY" || message.body.length === 0) return undefined;
      const type = message.contentType?.type;
      return type === "application/pidf+xml" ? undefined : `NOTIFY carries ${type ?? "a body without a type"}`;
    },
  },
  "document-flavour": {
    says: "The document is PIDF as a Microsoft server reads it: declared, one tuple, activities inside its status, nothing of RFC 4480.",
    source: "MS-PRES 1.3.3; dialect facts §2.4, §2.7",
    only: "edge",
    request: ({ message, call }) => {
      if (message.method !== "NOTIFY" || message.contentType?.type !== "application/pidf+xml") return undefined;
      const wrong = faultOf(message, call);
      return wrong === undefined ? undefined : `NOTIFY has a document ${wrong}`;
    },
  },
} as const satisfies Readonly<Record<string, Rule>>;

function faultOf(notify: SipRequest, call: Call): string | undefined {
  const source = bodyOf(notify);
  const root = parseDocument(source);
  if (isXmlProblem(root)) return `that does not parse: ${root.fault}`;
  if (root.name !== "presence" || root.namespace !== PIDF) return `with the root ${root.name}`;
  if (!source.startsWith("<?xml ")) return "without a declaration";
  const presentity = call.beginning("sent")?.to.uri;
  const entity = root.attributes.get("entity") ?? "";
  if (presentity !== undefined && addressOf(entity) !== addressOf(presentity))
    return `of ${entity}, not of ${presentity}`;
  if (!/^sips?:/.test(entity)) return `whose entity ${entity} is no SIP URI`;
  const stranger = elements(root).find(
    ({ name, namespace }) => namespace !== CIPID && !(name === "tuple" && namespace === PIDF),
  );
  if (stranger !== undefined) return `with ${stranger.name} beside the tuple`;
  return tupleFault(root);
}

function tupleFault(root: Element): string | undefined {
  const [tuple, ...more] = childrenNamed(root, "tuple");
  const status = tuple === undefined ? undefined : child(tuple, "status");
  if (status === undefined || more.length > 0)
    return `with ${more.length + (tuple === undefined ? 0 : 1)} tuples of a status`;
  const basic = child(status, "basic");
  const state = basic === undefined ? "" : text(basic);
  if (state !== "open" && state !== "closed") return `whose basic status is ${state}`;
  const activities = child(status, "activities", DRAFT_RPID);
  const told = activities === undefined ? [] : childrenNamed(activities, "activity").map(text);
  if (state === "closed" && told.length > 0) return `closed and ${told[0]}`;
  const unknown = told.find((one) => !ACTIVITIES.includes(one));
  return unknown === undefined ? undefined : `with the activity ${unknown}`;
}
