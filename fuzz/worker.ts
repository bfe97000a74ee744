/** The thread that runs one target. Its parent looks whether it still moves; what it tries lies in shared memory. */
import { parentPort, workerData } from "node:worker_threads";
import { keepCorpus } from "./corpus.ts";
import { Heap } from "./heap.ts";
import { Hunt } from "./hunt.ts";
import { faultOf } from "./judge.ts";
import { LastInput } from "./last-input.ts";
import type { FromWorker, WorkerTask } from "./run-target.ts";
import { targetNamed } from "./targets.ts";

const PROGRESS_MS = 1000;
/** Rounds over the corpus between two looks at the heap, and looks. */
const ROUNDS = 20;
const LOOKS = 6;
/** What a look may find more than the one before without being called growth: caches that fill, code that is compiled. */
const GROWTH_KB_A_LOOK = 64;

const { targetName, seed, seconds, memory, keeps } = workerData as WorkerTask;
const target = targetNamed(targetName);
if (target === undefined || parentPort === null) throw new Error(`no target ${targetName}`);
const port = parentPort;
const say = (message: FromWorker) => port.postMessage(message);
const lastInput = new LastInput(memory);
const hunt = new Hunt({
  target,
  seed,
  trying: (input) => lastInput.set(input),
  found: (fault, input) => say({ kind: "finding", fault, input }),
});
process.on("unhandledRejection", (error) => say({ kind: "finding", fault: faultOf(error), input: lastInput.get() }));

await hunt.begin();
const heap = new Heap();
const heapBeginKb = heap.kilobytes();
const until = performance.now() + seconds * 1000;
for (let told = performance.now(); performance.now() < until; ) {
  await hunt.batch();
  // What waits in the event loop gets its turn.
  await new Promise((resolve) => setImmediate(resolve));
  if (performance.now() - told < PROGRESS_MS) continue;
  told = performance.now();
  say({ kind: "progress", figures: hunt.figures });
}
const heapEndKb = heap.kilobytes();
const looks = await growth();
if (keeps) keepCorpus(target, await hunt.distilled());
say({ kind: "done", figures: hunt.figures, heapBeginKb, heapEndKb, looks });
port.close();

/** The heap after each of some looks, while the same inputs come again and again: nothing new can be kept for a reason. */
async function growth(): Promise<readonly number[]> {
  const looks: number[] = [];
  for (let look = 0; look < LOOKS; look += 1) {
    const enough = performance.now() + 2000;
    for (let round = 0; round < ROUNDS && performance.now() < enough; round += 1) await hunt.round();
    looks.push(heap.kilobytes());
  }
  const grows = looks.slice(2).every((kilobytes, at) => kilobytes > (looks[at + 1] ?? 0) + GROWTH_KB_A_LOOK);
  const detail = `heap after equal rounds over the corpus, in kB: ${looks.join(", ")}`;
  if (grows)
    say({ kind: "finding", fault: { kind: "growth", title: "the heap grows", detail }, input: Buffer.alloc(0) });
  return looks;
}
