import type { SipRequest } from "../message/message.ts";
import type { Answer, HeaderLine } from "../transaction/answer.ts";

/** A MESSAGE outside a dialog (RFC 3428). No Contact is sent, and none is in its answer (§4, §7). */
export interface PageMessage {
  /** `sip:alice@local.example`. */
  readonly from: string;
  readonly fromDisplayName?: string;
  readonly to: string;
  readonly contentType: string;
  readonly body: Uint8Array | string;
  /** 70 unless given (RFC 3261 §8.1.1.6). */
  readonly maxForwards?: number;
  readonly headers?: readonly HeaderLine[];
  /** Given on a repeat after a restart, so that the peer can recognise it. */
  readonly callId?: string;
}

/** Takes each MESSAGE outside a dialog, and gives its one final answer when the message is safe. */
export type PageMessageHandler = (request: SipRequest, answer: Answer) => void;
