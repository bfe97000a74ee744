/** The SIP stack, bytes to dialogs and subscriptions: message · transport · transaction · dialog · event · session · core. */

// transaction, dialog, event, session, core
export type * from "./core/page-message.ts";
export type { UserAgent } from "./core/user-agent.ts";
export type { DialogSnapshot } from "./dialog/dialog-snapshot.ts";
export type * from "./event/notifier-user.ts";
export type * from "./event/subscriber-user.ts";
export type * from "./session/session-user.ts";
export type * from "./transaction/answer.ts";
export { contactOf, type LocalIdentity, sentByOf } from "./transaction/local-identity.ts";
export { type RequestOutcome, statusOf } from "./transaction/request-outcome.ts";
export type * from "./transaction/transaction-user.ts";

// transport
export type * from "./transport/connection.ts";
export type * from "./transport/connection-gate.ts";
export type * from "./transport/next-hop-selector.ts";
export type * from "./transport/presented-certificate.ts";
export type * from "./transport/request-gate.ts";
export type * from "./transport/sip-transport.ts";
export type * from "./transport/tls-context-source.ts";

// message
export { buildRequest, type RequestParts } from "./message/build-request.ts";
export { buildResponse, type ResponseParts } from "./message/build-response.ts";
export { isToken } from "./message/character-classes.ts";
export { checkMandatory } from "./message/check-mandatory.ts";
export type { CSeq } from "./message/cseq.ts";
export type { EventValue, SubscriptionStateValue } from "./message/event.ts";
export { decodeUtf8, detach, encodeUtf8, isSendable, quote, unquote } from "./message/header-text.ts";
export type { HeaderEdit, HeaderField, Headers } from "./message/headers.ts";
export { type MediaType, parseMediaType } from "./message/media-type.ts";
export { type SipMessage, SipRequest, SipResponse } from "./message/message.ts";
export { MessageProblem } from "./message/message-problem.ts";
export { type NameAddr, parseNameAddr } from "./message/name-addr.ts";
export type { Parameters } from "./message/parameters.ts";
export { type Framing, parseMessage } from "./message/parse.ts";
export { serialize } from "./message/serialize.ts";
export {
  escapeUser,
  type HostPort,
  parseHostPort,
  parseSipUri,
  SipUri,
  schemeOf,
  unescapeOctets,
  unescapeUri,
} from "./message/sip-uri.ts";
export { reasonPhrase } from "./message/status.ts";
export { MalformedMessageError, SyntaxProblem } from "./message/syntax-problem.ts";
export { uriEquals } from "./message/uri-equals.ts";
export { parseVia, type Via } from "./message/via.ts";
export { defaultFramerLimits, type FramerLimits, type FramerListener, StreamFramer } from "./transport/framer.ts";
