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
