/** The XMPP server: streams, router, rosters, presence, messaging and client connections (RFC 6120, 6121). */

export { escapeLocal, unescapeLocal } from "./address/escape.ts";
export { BareJid, FullJid, type Jid, makeBare, parseBareJid, parseJid } from "./address/jid.ts";
export type { C2sAddress } from "./c2s/c2s-listener.ts";
export { type C2sSettings, defaultC2sSettings } from "./c2s/c2s-settings.ts";
export { type HandshakeRefusal, WebSocketListener } from "./c2s/websocket-listener.ts";
export {
  type Attachment,
  type AttachmentLink,
  Attachments,
  type AttachmentsPorts,
} from "./component/attachments.ts";
export type { LinkStanding } from "./component/component-link.ts";
export { bothFaces } from "./component/local-faces.ts";
export type { OfflineLimit, OfflineMessage, OfflineRepository } from "./messaging/offline-repository.ts";
export type { BlockRepository } from "./roster/block-repository.ts";
export type { FederatedDomain, FederatedDomains } from "./roster/federated-domains.ts";
export type { OutsiderDecision, OutsiderRepository, OutsiderRule } from "./roster/outsider-policy.ts";
export type { RosterChange, RosterEntry, RosterRepository, StoredRoster } from "./roster/roster-repository.ts";
export type { SubscriptionState, SubscriptionType } from "./roster/subscription.ts";
export { type AccountChange, AccountDirectory, type AccountListener } from "./router/account-directory.ts";
export type {
  AccountRecord,
  AccountRepository,
  DirectoryOrigin,
  StoredScramKeys,
} from "./router/account-repository.ts";
export type { ClientSession, SessionFacts, SessionHost, Settlement } from "./router/client-session.ts";
export type { ForeignGateway } from "./router/gateway-domain.ts";
export type { DeliveryOutcome, LocalDomain, RosterVerdict } from "./router/local-domain.ts";
export { Router } from "./router/router.ts";
export { defaultXmppSettings, type XmppSettings } from "./settings.ts";
export { parseStanza, type StanzaProblem } from "./stanza/parse-stanza.ts";
export * from "./stanza/stanza.ts";
export * from "./stanza/stanza-error.ts";
export type { CredentialSource, Credentials, PasswordKeeper } from "./stream/sasl-exchange.ts";
export {
  defaultIterations,
  hashPassword,
  type ScramKeys,
  type ScramVerifiers,
} from "./stream/scram-keys.ts";
export type { StreamErrorCondition } from "./stream/stream-error.ts";
export { XmppCore, type XmppCoreInit, type XmppRepositories } from "./xmpp-core.ts";
export { type SessionInfo, XmppServer, type XmppServerInit } from "./xmpp-server.ts";
