import type { Trail } from "../model/trail.ts";
import type { Disposition } from "../payload/imdn.ts";

/**
 * A message our side has accepted from a client and whose fate is not known yet. It holds all that is needed to send it
 * again with the same Call-ID and Message-ID, and to tell the sender when it fails. JSON-able.
 */
export interface JournalEntry {
  /** Message-ID, and correlation id of the decision event. */
  readonly id: string;
  /** Full JID of the sender. */
  readonly from: string;
  /** As the sender addressed it. */
  readonly to: string;
  readonly stanzaId?: string;
  readonly lang?: string;
  readonly subject?: string;
  readonly text: string;
  /** The same with markup, where there is some and the peer's dialect takes it. */
  readonly html?: string;
  /** What the sender's client wants to hear of it, and when it was sent, where it asked. */
  readonly wants?: readonly Disposition[];
  /** Of page mode: the XMPP thread where it can be one (RFC 7572 §4). */
  readonly callId: string;
  /** Milliseconds since 1970. */
  readonly acceptedAt: number;
  /** Where it has been; absent of a message that began here. */
  readonly trail?: Trail;
}

/** Where accepted messages survive the process. `durable` is called when the entry is on the disk. */
export interface OutboundJournal {
  /** In the order they were appended. */
  load(): Promise<readonly JournalEntry[]>;
  append(entry: JournalEntry, durable: () => void): void;
  remove(id: string): void;
}
