import type { FullJid, Jid } from "../address/jid.ts";
import type { Presence } from "../stanza/stanza.ts";
import type { Element } from "../xml/index.ts";
import { AwaitedAnswers } from "./awaited-answers.ts";
import type { ClientSession, Settlement } from "./client-session.ts";

/**
 * What a client asked to be told: roster pushes (RFC 6121 §2.2), message carbons (XEP-0280), block pushes (XEP-0191), the
 * list of foreign domains.
 */
export type Interest = "roster" | "carbons" | "blocking" | "federated-domains";

/** One client of a local user and what the server remembers of it for as long as its session lasts. */
export class ConnectedResource {
  readonly session: ClientSession;
  readonly jid: FullJid;
  readonly interests = new Set<Interest>();
  readonly awaited = new AwaitedAnswers();
  /** Entities that got directed presence and shall hear of its end (RFC 6121 §4.6), by their JID as text. */
  readonly directed = new Map<string, Jid>();
  connection: "connected" | "suspended" = "connected";
  /** The latest available presence without 'to'; undefined outside a presence session (RFC 6121 §4.1). */
  presence: Presence | undefined;
  /** Of that presence (RFC 6121 §4.7.2.3). */
  priority: number | undefined;

  constructor(session: ClientSession) {
    this.session = session;
    this.jid = session.jid;
  }

  get isAvailable(): boolean {
    return this.presence !== undefined;
  }

  deliver(element: Element, settlement?: Settlement): void {
    this.session.deliver(element, settlement);
  }
}
