/** What happens at a simulator, one value each: lines of `--json`, and what a script waits for. */
export type SimulatorEvent =
  | { readonly event: "sent" | "received"; readonly summary: string; readonly callId: string }
  /** A user of this side was told of somebody. `basic` and `activity` are of the document, where one came. */
  | {
      readonly event: "presence";
      readonly user: string;
      readonly of: string;
      readonly state: string;
      readonly basic?: string;
      readonly activity?: string;
      readonly body: string;
    }
  /** Somebody of the other side watches a user of this side. */
  | { readonly event: "watcher"; readonly user: string; readonly from: string; readonly expires: number }
  | { readonly event: "message"; readonly from: string; readonly to: string; readonly text: string }
  | { readonly event: "typing"; readonly from: string; readonly to: string; readonly status: string }
  | { readonly event: "session"; readonly state: "begun" | "ended"; readonly user: string; readonly with: string }
  | { readonly event: "deviation"; readonly rule: string; readonly detail: string };
