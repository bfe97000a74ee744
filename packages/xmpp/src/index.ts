/** The XMPP server: streams, router, rosters, presence, messaging and client connections (RFC 6120, 6121). */

export type { OfflineLimit, OfflineMessage, OfflineRepository } from "./messaging/offline-repository.ts";
export type { BlockRepository } from "./roster/block-repository.ts";
export type { RosterChange, RosterEntry, RosterRepository, StoredRoster } from "./roster/roster-repository.ts";
export type { SubscriptionState, SubscriptionType } from "./roster/subscription.ts";
export type { AccountRecord, AccountRepository, StoredScramKeys } from "./router/account-repository.ts";
export type { ClientSession, SessionFacts, SessionHost, Settlement } from "./router/client-session.ts";
export type { ForeignGateway } from "./router/gateway-domain.ts";
export type { DeliveryOutcome, LocalDomain } from "./router/local-domain.ts";
