import type { TallyLimits } from "@interpres/runtime";
import type { SipRequest } from "../message/message.ts";
import type { Connection } from "./connection.ts";

/** May this request be handled. `refuse` is answered with `status`, `drop` not at all. */
export type Verdict =
  | { readonly kind: "admit" }
  | {
      readonly kind: "refuse";
      readonly status: number;
      readonly rule: string;
      readonly reason?: string;
      readonly retryAfterSeconds?: number;
    }
  | { readonly kind: "drop"; readonly rule: string };

/** A bound of the stack's own: of what there are as many as there may be, of one peer or of all. */
export interface Overload {
  readonly bound: "transactions" | "dialogs";
  readonly peer: string;
  readonly ofPeer: number;
  readonly total: number;
  readonly limits: TallyLimits;
  readonly retryAfterSeconds: number;
}

/** Asked for every request outside a known dialog and every one within, before any state is made for it. */
export interface RequestGate {
  admit(request: SipRequest, connection: Connection): Verdict;
  /** Told of each request that was admitted and met a bound of the stack's own, for the record; it was answered 503. */
  overloaded?(request: SipRequest, overload: Overload): void;
  /** Told of each request of ours that came back to us, for the record; it was answered 482. */
  returned?(request: SipRequest, connection: Connection): void;
}
