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

/** Asked for every request outside a known dialog and every one within, before any state is made for it. */
export interface RequestGate {
  admit(request: SipRequest, connection: Connection): Verdict;
}
