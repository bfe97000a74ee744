import type { Step } from "@interpres/runtime";
import type { BareJid } from "../address/jid.ts";
import { attribute, type Element, NS } from "../xml/index.ts";
import type { Mechanism } from "./sasl.ts";
import type { SaslFailure } from "./sasl-exchange.ts";
import { bindRequest, decodeSasl, sasl, saslFailure } from "./stream-elements.ts";
import type { StreamErrorCondition } from "./stream-error.ts";
import type { Offer } from "./stream-features.ts";
import type { HeaderFault, StreamHeader } from "./stream-header.ts";

/** A user who proved who she is, and on which stream domain. */
interface Authenticated {
  readonly user: BareJid;
}

/**
 * The server's end of a client's stream (RFC 6120 §4.3): TLS, then SASL, then a resource. `failures` counts SASL attempts
 * that failed or were thrown away; "securing" lasts until the TLS handshake is over.
 */
export type StreamState =
  | { readonly name: "opening"; readonly security: "none" | "tls"; readonly authenticated?: Authenticated }
  | { readonly name: "offering-tls"; readonly domain: string }
  | { readonly name: "securing" }
  | { readonly name: "offering-sasl"; readonly domain: string; readonly from?: string; readonly failures: number }
  | {
      readonly name: "authenticating";
      readonly domain: string;
      readonly from?: string;
      readonly failures: number;
      readonly waitsFor: "client" | "verdict";
    }
  | { readonly name: "offering-bind"; readonly user: BareJid }
  | { readonly name: "bound"; readonly user: BareJid }
  | { readonly name: "closed" };

export type StreamInput =
  | { readonly kind: "opened"; readonly header: StreamHeader | HeaderFault }
  | { readonly kind: "element"; readonly element: Element }
  /** The client's `</stream:stream>`. */
  | { readonly kind: "ended" }
  /** What came is refused by the XML layer, or a limit or time ran out. */
  | { readonly kind: "fault"; readonly condition: StreamErrorCondition }
  | { readonly kind: "secured" }
  | { readonly kind: "challenged"; readonly data: string }
  | { readonly kind: "authenticated"; readonly user: BareJid; readonly data?: string }
  | { readonly kind: "refused"; readonly condition: SaslFailure }
  /** A resource was bound, or an earlier session resumed (XEP-0198 §5). */
  | { readonly kind: "bound" };

export type StreamEffect =
  | { readonly kind: "send-header"; readonly domain?: string; readonly to?: string }
  | ({ readonly kind: "send-features" } & Offer)
  | { readonly kind: "send"; readonly element: Element }
  | { readonly kind: "start-tls" }
  /** A new parser; what follows is a new stream (RFC 6120 §4.3.3). */
  | { readonly kind: "restart" }
  | {
      readonly kind: "begin-exchange";
      readonly mechanism: Mechanism;
      readonly domain: string;
      readonly initial?: string;
    }
  | { readonly kind: "continue-exchange"; readonly message: string }
  | { readonly kind: "abandon-exchange" }
  | { readonly kind: "bind"; readonly request: Element; readonly user: BareJid; readonly resource?: string }
  /** An element of XEP-0198. */
  | { readonly kind: "manage"; readonly element: Element; readonly user: BareJid }
  | { readonly kind: "stanza"; readonly element: Element }
  /** `<stream:error/>` if there is a condition, `</stream:stream>`, and no more. */
  | { readonly kind: "close"; readonly condition?: StreamErrorCondition };

/** What the step must know of the server. */
export interface StreamRules {
  isLocalDomain(domain: string): boolean;
  /** SASL mechanisms for users of a domain, strongest first. */
  mechanisms(domain: string): readonly Mechanism[];
  /** Failed attempts after which the stream is closed (RFC 6120 §6.4.5: 2 to 5 retries). */
  readonly maxFailures: number;
}

type Next = Step<StreamState, StreamEffect>;

/** RFC 6120 §4.3.2 and figure 3, as a function. An input no state expects closes the stream. */
export function step(state: StreamState, input: StreamInput, rules: StreamRules): Next {
  if (state.name === "closed") return { state, effects: [] };
  switch (input.kind) {
    case "opened":
      return state.name === "opening" ? open(state, input.header, rules) : close("invalid-xml");
    case "element":
      return receive(state, input.element, rules);
    case "ended":
      return close();
    case "fault":
      return state.name === "opening" ? closeUnopened(input.condition) : close(input.condition);
    case "secured":
      return { state: { name: "opening", security: "tls" }, effects: [{ kind: "restart" }] };
    case "challenged":
    case "authenticated":
    case "refused":
      return state.name === "authenticating" ? judged(state, input, rules) : { state, effects: [] };
    case "bound":
      return state.name === "offering-bind"
        ? { state: { name: "bound", user: state.user }, effects: [] }
        : { state, effects: [] };
  }
}

function close(condition?: StreamErrorCondition): Next {
  const effect: StreamEffect = condition === undefined ? { kind: "close" } : { kind: "close", condition };
  return { state: { name: "closed" }, effects: [effect] };
}

/** RFC 6120 §4.9.1.2: an error before our header still needs the header. */
function closeUnopened(condition: StreamErrorCondition, domain?: string): Next {
  const header: StreamEffect = domain === undefined ? { kind: "send-header" } : { kind: "send-header", domain };
  return { state: { name: "closed" }, effects: [header, { kind: "close", condition }] };
}

type Opening = Extract<StreamState, { name: "opening" }>;

function open(state: Opening, header: StreamHeader | HeaderFault, rules: StreamRules): Next {
  if ("kind" in header) return closeUnopened(header.condition);
  if (!rules.isLocalDomain(header.domain)) return closeUnopened("host-unknown");
  const { domain, from } = header;
  const answer: StreamEffect = { kind: "send-header", domain, ...(from === undefined ? {} : { to: from }) };
  if (state.authenticated !== undefined) return openAuthenticated(state.authenticated, header, answer);
  if (state.security === "none") {
    return { state: { name: "offering-tls", domain }, effects: [answer, { kind: "send-features", stage: "tls" }] };
  }
  const offering: StreamState = { name: "offering-sasl", domain, failures: 0, ...(from === undefined ? {} : { from }) };
  const mechanisms = rules.mechanisms(domain);
  return { state: offering, effects: [answer, { kind: "send-features", stage: "sasl", mechanisms }] };
}

/** Whoever authenticated cannot become someone else's stream: neither another domain nor another `from`. */
function openAuthenticated({ user }: Authenticated, header: StreamHeader, answer: StreamEffect): Next {
  if (header.domain !== user.domain) return closeUnopened("not-authorized", user.domain);
  if (header.from !== undefined && header.from !== user.toString()) return closeUnopened("invalid-from", user.domain);
  return { state: { name: "offering-bind", user }, effects: [answer, { kind: "send-features", stage: "bind" }] };
}

type Receiving = Exclude<StreamState, { name: "closed" }>;

function receive(state: Receiving, element: Element, rules: StreamRules): Next {
  switch (state.name) {
    case "opening":
      return closeUnopened("invalid-xml");
    case "securing":
      return close("policy-violation");
    case "offering-tls":
      return receiveBeforeTls(state, element);
    case "offering-sasl":
    case "authenticating":
      return receiveBeforeSasl(state, element, rules);
    case "offering-bind":
      return receiveBeforeBind(state, element);
    case "bound":
      return receiveBound(state, element);
  }
}

/** RFC 6120 §5.3.1: STARTTLS is mandatory; a password sent in the clear is refused unread (§6.5.4). */
function receiveBeforeTls(state: StreamState, element: Element): Next {
  if (element.namespace === NS.sasl) {
    return { state, effects: [{ kind: "send", element: saslFailure("encryption-required") }] };
  }
  if (element.namespace !== NS.tls || element.name !== "starttls") return close("not-authorized");
  return { state: { name: "securing" }, effects: [{ kind: "start-tls" }] };
}

type BeforeSasl = Extract<StreamState, { name: "offering-sasl" | "authenticating" }>;

function receiveBeforeSasl(state: BeforeSasl, element: Element, rules: StreamRules): Next {
  if (element.namespace !== NS.sasl) return close("not-authorized");
  if (state.name === "offering-sasl")
    return element.name === "auth" ? begin(state, element, rules) : close("not-authorized");
  switch (element.name) {
    case "auth":
      // The handshake under way is thrown away (RFC 6120 §6.4.2), and counts.
      return begin({ ...state, failures: state.failures + 1 }, element, rules);
    case "abort":
      return fail(state, "aborted", rules);
    case "response":
      return state.waitsFor === "client" ? respond(state, element, rules) : close("policy-violation");
    default:
      return close("not-authorized");
  }
}

function begin(state: BeforeSasl, element: Element, rules: StreamRules): Next {
  if (state.failures >= rules.maxFailures) return close("policy-violation");
  const mechanism = rules.mechanisms(state.domain).find((known) => known === attribute(element, "mechanism"));
  if (mechanism === undefined) return fail(state, "invalid-mechanism", rules);
  const initial = decodeSasl(element);
  if (initial === "malformed") return fail(state, "incorrect-encoding", rules);
  const { domain, from, failures } = state;
  const begun = { kind: "begin-exchange", mechanism, domain, ...initial } as const;
  const effects: StreamEffect[] = [{ kind: "abandon-exchange" }, begun];
  const waitsFor = "initial" in initial ? "verdict" : "client";
  const next = { name: "authenticating", domain, failures, waitsFor, ...(from === undefined ? {} : { from }) } as const;
  // Both mechanisms start with the client: without an initial response it is asked for one (RFC 4422 §5.2).
  if (!("initial" in initial)) effects.push({ kind: "send", element: sasl("challenge", "") });
  return { state: next, effects };
}

type Authenticating = Extract<StreamState, { name: "authenticating" }>;

function respond(state: Authenticating, element: Element, rules: StreamRules): Next {
  const decoded = decodeSasl(element);
  if (decoded === "malformed") return fail(state, "incorrect-encoding", rules);
  const message = "initial" in decoded ? decoded.initial : "";
  return { state: { ...state, waitsFor: "verdict" }, effects: [{ kind: "continue-exchange", message }] };
}

type Verdict = Extract<StreamInput, { kind: "challenged" | "authenticated" | "refused" }>;

function judged(state: Authenticating, verdict: Verdict, rules: StreamRules): Next {
  switch (verdict.kind) {
    case "challenged":
      return {
        state: { ...state, waitsFor: "client" },
        effects: [{ kind: "send", element: sasl("challenge", verdict.data) }],
      };
    case "refused":
      return fail(state, verdict.condition, rules);
    case "authenticated": {
      // RFC 6120 §6.4.6: a `from` given under TLS must be the user who then authenticated.
      if (state.from !== undefined && state.from !== verdict.user.toString()) return close("invalid-from");
      return {
        state: { name: "opening", security: "tls", authenticated: { user: verdict.user } },
        effects: [{ kind: "send", element: sasl("success", verdict.data) }, { kind: "restart" }],
      };
    }
  }
}

function fail(state: BeforeSasl, condition: SaslFailure, rules: StreamRules): Next {
  const { domain, from } = state;
  const failures = state.failures + 1;
  const effects: StreamEffect[] = [{ kind: "abandon-exchange" }, { kind: "send", element: saslFailure(condition) }];
  if (failures < rules.maxFailures) {
    return { state: { name: "offering-sasl", domain, failures, ...(from === undefined ? {} : { from }) }, effects };
  }
  return { state: { name: "closed" }, effects: [...effects, { kind: "close", condition: "policy-violation" }] };
}

/** RFC 6120 §7.1: no stanza but the one that binds; XEP-0198 §5 may resume instead. */
function receiveBeforeBind(state: Extract<StreamState, { name: "offering-bind" }>, element: Element): Next {
  const { user } = state;
  if (element.namespace === NS.streamManagement) return { state, effects: [{ kind: "manage", element, user }] };
  const request = bindRequest(element);
  if (request === undefined) return close("not-authorized");
  return { state, effects: [{ kind: "bind", request: element, user, ...request }] };
}

function receiveBound(state: Extract<StreamState, { name: "bound" }>, element: Element): Next {
  const { user } = state;
  if (element.namespace === NS.streamManagement) return { state, effects: [{ kind: "manage", element, user }] };
  const isStanza = element.namespace === NS.client && /^(message|presence|iq)$/.test(element.name);
  return isStanza ? { state, effects: [{ kind: "stanza", element }] } : close("unsupported-stanza-type");
}
