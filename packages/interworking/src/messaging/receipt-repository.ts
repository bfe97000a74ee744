import type { Disposition, NoticeRequest } from "../payload/imdn.ts";

/** Of a message of ours: who hears what the contact's side tells of it. Addresses are JIDs as text. */
export interface SentReceipt {
  readonly kind: "sent";
  readonly stanzaId?: string;
  readonly sender: string;
  readonly contact: string;
}

/** Of a message of a contact: what he asked for, and what of it he has not heard yet (once each, RFC 5438 §7.2.1). */
export interface AskedReceipt {
  readonly kind: "asked";
  readonly request: NoticeRequest;
  readonly open: readonly Disposition[];
}

/** A message of which something may still be told. JSON-able. */
export interface ReceiptRow {
  readonly id: string;
  /** When it passed, in milliseconds since 1970. */
  readonly at: number;
  readonly of: SentReceipt | AskedReceipt;
}

/** Where they survive the process. What was put last may be lost in a crash: then nothing more is told, as both sides allow. */
export interface ReceiptRepository {
  /** The oldest first. */
  load(): Promise<readonly ReceiptRow[]>;
  /** Inserts or replaces. */
  put(row: ReceiptRow): void;
  remove(id: string): void;
}
