import type { BareJid, FullJid } from "../address/jid.ts";
import type { Stanza } from "../stanza/stanza.ts";
import type { StanzaErrorCondition, StanzaErrorType } from "../stanza/stanza-error.ts";
import type { StreamErrorCondition } from "../stream/stream-error.ts";
import type { Element } from "../xml/index.ts";

/** What becomes of one delivered stanza: exactly one of the two is called, once. */
export interface Settlement {
  /** The client acknowledged it (XEP-0198 §4), or it was written and the session has no stream management. */
  acknowledged(): void;
  /** The session ended for good before that; nobody can say whether the client read it. */
  lost(): void;
}

/** What the router and the administrator may know about a session; each field is read anew. */
export interface SessionFacts {
  /** Numeric address of the client, as the socket saw it. */
  readonly remoteAddress: string;
  readonly transport: "tls" | "websocket";
  /** Milliseconds since 1970 at which the resource was bound. */
  readonly boundAt: number;
  /** "suspended": the connection broke and the client may still resume (XEP-0198 §5); stanzas are queued. */
  readonly state: "connected" | "suspended" | "closed";
  readonly streamManagement: boolean;
  /** Stanzas not yet acknowledged; 0 without stream management. */
  readonly unacknowledged: number;
}

/** One bound resource, as the router sees it (RFC 6120 §7). It survives a lost connection while it can be resumed. */
export interface ClientSession {
  readonly jid: FullJid;
  readonly facts: SessionFacts;
  /**
   * Writes a stanza (namespace `jabber:client`) to the client, or queues it while suspended. Never fails and never
   * calls back before it returns; on a closed session `lost` follows.
   */
  deliver(element: Element, settlement?: Settlement): void;
  /** Ends the session for good, with a stream error if one is given; `SessionHost.closed` follows, not within the call. */
  close(error?: StreamErrorCondition): void;
}

/** Why no resource was bound (RFC 6120 §7.7.2): goes into the error of the bind result. */
export interface BindRefusal {
  readonly kind: "bind-refusal";
  readonly type: StanzaErrorType;
  readonly condition: StanzaErrorCondition;
}

/** The core behind the sessions: implemented above c2s, called by it. All calls are synchronous and in order. */
export interface SessionHost {
  /**
   * Binds a resource to an authenticated user (RFC 6120 §7). The host chooses the full JID (`requestedResource` is what
   * the client asked for, not yet prepared; undefined: make one up), resolves a conflict by closing the older session,
   * then calls `open` once with that JID and keeps the session it returns.
   */
  bind(
    user: BareJid,
    requestedResource: string | undefined,
    open: (jid: FullJid) => ClientSession,
  ): ClientSession | BindRefusal;
  /**
   * A stanza from the client. `from` is already the session's full JID (RFC 6120 §8.1.2.1), a missing `to` is left
   * missing. `taken` is to be called once, now or later, when the stanza is safe: only then XEP-0198 counts it as handled.
   */
  handle(session: ClientSession, stanza: Stanza, taken: () => void): void;
  /** The session is over. `unacknowledged` are the stanzas delivered without a settlement and never acknowledged, oldest first. */
  closed(session: ClientSession, unacknowledged: readonly Element[]): void;
  /** The connection broke; the session waits to be resumed. */
  suspended?(session: ClientSession): void;
  /** The client is back (XEP-0198 §5) on a new connection; the queue has been sent again. */
  resumed?(session: ClientSession): void;
}
