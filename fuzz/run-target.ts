import { Worker } from "node:worker_threads";
import type { Fault } from "./judge.ts";
import { faultOf } from "./judge.ts";
import { LastInput } from "./last-input.ts";
import type { Target } from "./targets.ts";

/** An input that is still running after this long, even on a busy machine, will not end. */
const HANG_MS = 60_000;
const LOOK_MS = 1000;

export interface Figures {
  readonly executions: number;
  readonly corpus: number;
  /** Functions of ours that were entered. */
  readonly functions: number;
  readonly slowestMs: number;
}

export interface WorkerTask {
  readonly targetName: string;
  readonly seed: number;
  readonly seconds: number;
  readonly memory: SharedArrayBuffer;
  /** Whether the corpus of the target is written anew at the end. */
  readonly keeps: boolean;
}

export interface Outcome {
  readonly figures: Figures;
  readonly heapBeginKb: number;
  readonly heapEndKb: number;
  /** The heap in kB after each of some equal rounds over the corpus. */
  readonly looks: readonly number[];
}

export type FromWorker =
  | { readonly kind: "progress"; readonly figures: Figures }
  | { readonly kind: "finding"; readonly fault: Fault; readonly input: Uint8Array }
  | ({ readonly kind: "done" } & Outcome);

export interface RunOptions extends Omit<WorkerTask, "targetName" | "memory"> {
  readonly target: Target;
  readonly progress: (figures: Figures) => void;
  readonly found: (fault: Fault, input: Buffer) => void;
}

/** Runs one target in a thread of its own and ends it when it hangs; undefined where it came to no end of its own. */
export async function runTarget(options: RunOptions): Promise<Outcome | undefined> {
  const { target, progress, found, seed, seconds, keeps } = options;
  const memory = LastInput.memory();
  const lastInput = new LastInput(memory);
  const workerData: WorkerTask = { targetName: target.name, seed, seconds, memory, keeps };
  const worker = new Worker(new URL("worker.ts", import.meta.url), { workerData });
  let outcome: Outcome | undefined;
  worker.on("message", (message: FromWorker) => {
    if (message.kind === "progress") progress(message.figures);
    else if (message.kind === "finding") found(message.fault, Buffer.from(message.input));
    else outcome = message;
  });
  worker.on("error", (error) => found(faultOf(error), lastInput.get()));
  const watch = watched(lastInput, () => {
    const detail = `did not return within ${HANG_MS} ms`;
    found({ kind: "hang", title: "does not return", detail }, lastInput.get());
    void worker.terminate();
  });
  await new Promise((resolve) => worker.once("exit", resolve));
  clearInterval(watch);
  return outcome;
}

function watched(lastInput: LastInput, hangs: () => void): NodeJS.Timeout {
  let [count, since] = [lastInput.count, performance.now()];
  return setInterval(() => {
    const now = performance.now();
    if (lastInput.count !== count) [count, since] = [lastInput.count, now];
    else if (count > 0 && now - since > HANG_MS) hangs();
  }, LOOK_MS);
}
