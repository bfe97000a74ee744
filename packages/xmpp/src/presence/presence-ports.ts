import type { Logger } from "@interpres/runtime";
import type { ContactBooks } from "../roster/contact-books.ts";
import type { FederatedDomains } from "../roster/federated-domains.ts";
import type { RosterPush } from "../roster/roster-push.ts";
import type { AccountDirectory } from "../router/account-directory.ts";
import type { ConnectedResource } from "../router/connected-resource.ts";
import type { Router } from "../router/router.ts";
import type { SessionDirectory } from "../router/session-directory.ts";
import type { ApprovalPolicy } from "./pre-approval.ts";

/** Bounds of what one user or session may make the server remember; read at each use. */
export interface PresenceLimits extends ApprovalPolicy {
  readonly maxContactListSize: number;
  /** Contacts that may see a user's presence. */
  readonly maxWatchers: number;
  readonly maxSubscriptionRequests: number;
  readonly maxDirectedPresence: number;
}

/** What presence stands on. */
export interface PresencePorts {
  readonly accounts: AccountDirectory;
  readonly sessions: SessionDirectory;
  readonly books: ContactBooks;
  readonly router: Router;
  readonly push: RosterPush;
  /** The foreign domains there are, and what each is listed as. */
  readonly federatedDomains: FederatedDomains;
  readonly limits: () => PresenceLimits;
  readonly log: Logger;
  /** A resource can now get messages: its first presence with non-negative priority (XEP-0160). */
  readonly reachable: (resource: ConnectedResource) => void;
}
