import type { DecisionLog } from "@interpres/runtime";
import type { BareJid } from "@interpres/xmpp";

/** Whose watch, and of whom. */
export interface WatchParties {
  readonly user: BareJid;
  readonly contact: BareJid;
}

type Inputs = Readonly<Record<string, string | number>>;

/** Tells the decisions what becomes of one watch of ours. */
export class OutboundRecord {
  readonly #decisions: DecisionLog;
  readonly #watch: WatchParties;
  #shown: "active" | "pending" | undefined;

  constructor(decisions: DecisionLog, watch: WatchParties) {
    this.#decisions = decisions;
    this.#watch = watch;
  }

  /** What a NOTIFY says of the subscription: once, and again in a new dialog or after a failure. */
  shown(state: "active" | "pending", callId: string): void {
    if (state === this.#shown) return;
    this.#shown = state;
    this.add(state, { callId });
  }

  failed(result: string, inputs: Inputs): void {
    this.beginAgain();
    this.add(result, inputs);
  }

  /** Another dialog. */
  beginAgain(): void {
    this.#shown = undefined;
  }

  add(result: string, inputs: Inputs): void {
    this.#decisions.record({
      kind: "subscription",
      direction: "outbound",
      user: this.#watch.user.toString(),
      peer: this.#watch.contact.toString(),
      decisions: [{ rule: "watch-authorization", outcome: "done", inputs }],
      result,
    });
  }
}
