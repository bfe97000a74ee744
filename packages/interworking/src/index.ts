/** Translation between SIP and XMPP: presence, messages, sessions (RFC 7247, 7572, 8048); the only place knowing both. */
export type { BothForms } from "./address/both-forms.ts";
export { type Addressee, type IdentityMap, sameIdentity } from "./address/identity-map.ts";
export { sipUriOfJid } from "./address/jid-to-sip-uri.ts";
export { isMailAddress, type MailAddress, readMailAddress } from "./address/mail-address.ts";
export { type FallbackReason, MailAddresses, type MailStanding } from "./address/mail-addresses.ts";
export { type FederationAddressing, MailIdentities } from "./address/mail-identities.ts";
export { jidOfSipAddress, readSipAddress, type SipAddress } from "./address/sip-uri-to-jid.ts";
export { Gateway, type GatewayPorts } from "./gateway.ts";
export type { ImSessionView } from "./messaging/message-ports.ts";
export type { JournalEntry, OutboundJournal } from "./messaging/outbound-journal.ts";
export type { ReceiptRepository, ReceiptRow } from "./messaging/receipt-repository.ts";
export type { PeerSource } from "./model/federated-peers.ts";
export { invitationTypes } from "./payload/invitation.ts";
export type { WatchView } from "./presence/watch-ports.ts";
export type { InboundWatchRow, OutboundWatchRow, WatchRepository, WatchRow } from "./presence/watch-repository.ts";
export { defaultInterworkingSettings, type InterworkingSettings } from "./settings.ts";
