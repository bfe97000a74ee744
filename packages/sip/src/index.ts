/** The SIP stack, bytes to dialogs and subscriptions: message · transport · transaction · dialog · event · session · core. */

// transaction, dialog, event, session, core
export { type CoreSettings, defaultCoreSettings } from "./core/core-settings.ts";
export type * from "./core/page-message.ts";
export type { UserAgent } from "./core/user-agent.ts";
export { UserAgentCore, type UserAgentCoreParts } from "./core/user-agent-core.ts";
export type { DialogSnapshot } from "./dialog/dialog-snapshot.ts";
export { domainOf, partyText, userOf } from "./dialog/party.ts";
export { type EventPackage, presencePackage } from "./event/event-package.ts";
export type * from "./event/notifier-user.ts";
export type * from "./event/subscriber-user.ts";
// message
export { buildRequest, type RequestParts } from "./message/build-request.ts";
export { buildResponse, type ResponseParts } from "./message/build-response.ts";
export { isToken } from "./message/character-classes.ts";
export { checkMandatory } from "./message/check-mandatory.ts";
export type { CSeq } from "./message/cseq.ts";
export type { EventValue, SubscriptionStateValue } from "./message/event.ts";
export type { HeaderEdit, HeaderField } from "./message/header-edit.ts";
export { decodeUtf8, detach, encodeUtf8, isSendable, quote, unquote } from "./message/header-text.ts";
export type { Headers } from "./message/headers.ts";
export { type HostPort, parseHostPort } from "./message/host.ts";
export { type MediaType, parseMediaType } from "./message/media-type.ts";
export { type SipMessage, SipRequest, SipResponse } from "./message/message.ts";
export { MessageProblem } from "./message/message-problem.ts";
export { type NameAddr, parseNameAddr } from "./message/name-addr.ts";
export type { Parameters } from "./message/parameters.ts";
export { type Framing, parseMessage } from "./message/parse.ts";
export { serialize } from "./message/serialize.ts";
export {
  escapeUser,
  parseAddress,
  parseSipUri,
  SipUri,
  schemeOf,
  unescapeOctets,
  unescapeUri,
} from "./message/sip-uri.ts";
export { reasonPhrase } from "./message/status.ts";
export { MalformedMessageError, SyntaxProblem } from "./message/syntax-problem.ts";
export { parseTokenWithParameters, type TokenWithParameters } from "./message/token-with-parameters.ts";
export { uriEquals } from "./message/uri-equals.ts";
export { parseVia, type Via } from "./message/via.ts";
export type * from "./session/session-user.ts";
export type * from "./transaction/answer.ts";
export { contactOf, type LocalAddress, type LocalIdentity, sentByOf } from "./transaction/local-identity.ts";
export { type RequestOutcome, statusOf } from "./transaction/request-outcome.ts";
export { type BaseTimers, defaultBaseTimers } from "./transaction/timers.ts";
export { TransactionLayer, type TransactionLayerParts } from "./transaction/transaction-layer.ts";
export { defaultTransactionSettings, type TransactionSettings } from "./transaction/transaction-settings.ts";
export type * from "./transaction/transaction-user.ts";
// transport
export type { ClientOffer } from "./transport/client-hello.ts";
export type * from "./transport/connection.ts";
export type * from "./transport/connection-gate.ts";
export { type Dialled, type DialPorts, dial } from "./transport/dial.ts";
export { defaultFramerLimits, type FramerLimits, type FramerListener, StreamFramer } from "./transport/framer.ts";
export type * from "./transport/listen-address.ts";
export {
  defaultPortOf,
  type Located,
  type LocatedTarget,
  type LocateQuery,
  locate,
  locateService,
  selectServices,
  serviceNameOf,
} from "./transport/locate.ts";
export type { NegotiatedTls, TlsContextStamp } from "./transport/negotiated-tls.ts";
export type * from "./transport/next-hop-selector.ts";
export { parseSubjectAltName, presentedCertificateOf } from "./transport/peer-certificate.ts";
export type * from "./transport/presented-certificate.ts";
export type * from "./transport/request-gate.ts";
export type * from "./transport/sip-transport.ts";
export { offersNothing, orderServiceRecords } from "./transport/srv-order.ts";
export type * from "./transport/tls-context-source.ts";
export { type TlsFailure, type TlsFailureCause, tlsFailureOf } from "./transport/tls-failure.ts";
export { TransportLayer, type TransportLayerOptions } from "./transport/transport-layer.ts";
export { defaultTransportSettings, type TransportSettings } from "./transport/transport-settings.ts";
