import type { Target } from "./targets.ts";

/** Longest time one input may take (the issue's bound for "hang"). */
export const LIMIT_MS = 100;
/** A collection of garbage makes one run slow, not each of them. */
const CONFIRMATIONS = 4;
/** How often an input that fails is run again to make it shorter. */
const MOST_CANDIDATES = 2000;

/** What is wrong with an input. */
export interface Fault {
  readonly kind: "failure" | "slow" | "hang" | "growth";
  /** The same for the same fault: its first line, and where it was thrown. */
  readonly title: string;
  readonly detail: string;
}

export interface Trial {
  readonly ms: number;
  readonly fault: Fault | undefined;
}

/** Runs the input once, and where it was slow again, to see whether it is slow by itself. */
export async function tryInput(target: Target, input: Buffer): Promise<Trial> {
  const first = await runOnce(target, input);
  if (first.fault !== undefined || first.ms <= LIMIT_MS) return first;
  let ms = first.ms;
  for (let left = CONFIRMATIONS; left > 0 && ms > LIMIT_MS; left -= 1) {
    ms = Math.min(ms, (await runOnce(target, input)).ms);
  }
  if (ms <= LIMIT_MS) return { ms, fault: undefined };
  const detail = `${ms.toFixed(0)} ms at best of ${CONFIRMATIONS + 1}, for ${input.length} octets`;
  return { ms, fault: { kind: "slow", title: `slower than ${LIMIT_MS} ms`, detail } };
}

/** Measured in processor time: a busy machine makes nothing slow. */
async function runOnce(target: Target, input: Buffer): Promise<Trial> {
  const begin = process.threadCpuUsage();
  let fault: Fault | undefined;
  try {
    const running = target.run(input);
    if (running !== undefined) await running;
  } catch (error) {
    fault = faultOf(error);
  }
  const { user, system } = process.threadCpuUsage(begin);
  return { ms: (user + system) / 1000, fault };
}

/** The fault that an exception is. */
export function faultOf(error: unknown): Fault {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const [message = ""] = detail.split("\n");
  const place = /\/(packages\/[^:)]+:\d+)/.exec(detail)?.[1] ?? "";
  // Names and numbers out of the input are not what makes two faults different.
  const title = `${message.replace(/["'`].*["'`]|\d+/gs, "…")} ${place}`.trim();
  return { kind: "failure", title, detail };
}

/** The input with what can go taken away, as long as the fault stays the same. Slow ones are left as they are. */
export async function shortened(target: Target, input: Buffer, { kind, title }: Fault): Promise<Buffer> {
  if (kind !== "failure") return input;
  const shows = async (candidate: Buffer) => (await runOnce(target, candidate)).fault?.title === title;
  return withoutParts(input, MOST_CANDIDATES, shows);
}

/** Takes away halves, then quarters, then less, of what the check can do without; asks it so often at most. */
export async function withoutParts(
  input: Buffer,
  limit: number,
  holds: (candidate: Buffer) => Promise<boolean>,
): Promise<Buffer> {
  let [kept, left] = [input, limit];
  for (let size = kept.length >> 1; size > 0; size >>= 1) {
    for (let at = 0; at < kept.length && left > 0; left -= 1) {
      const candidate = Buffer.concat([kept.subarray(0, at), kept.subarray(at + size)]);
      if (await holds(candidate)) kept = candidate;
      else at += size;
    }
  }
  return kept;
}
