import { type BenchResult, median, type Row, tableOf } from "./result.ts";
import { type Contestant, contestants } from "./sip-message-contestants.ts";
import { samples } from "./sip-message-samples.ts";

const WARM_UP_MS = 300;
const SLICE_MS = 40;
const ROUNDS = 15;

type Work = (octets: Buffer) => number;

/**
 * Messages a second on one core: parse with fourteen fields read, and relay (parse, add Via, count Max-Forwards down,
 * serialize). Everybody gets a slice of each round, so that a busy machine slows all alike; medians of the rounds.
 */
export function benchSipMessage(): BenchResult {
  const rows = [
    ...race("parse, 14 fields read", (contestant) => contestant.read),
    ...race("relay", (contestant) => contestant.relay),
  ];
  return { section: `SIP messages, ${samples.length} kinds in turn, one core`, rows };
}

function race(what: string, workOf: (contestant: Contestant) => Work | undefined): Row[] {
  const runners: { readonly name: string; readonly work: Work; readonly rates: number[] }[] = [];
  for (const contestant of contestants) {
    const work = workOf(contestant);
    if (work !== undefined) runners.push({ name: contestant.name, work, rates: [] });
  }
  for (const { work } of runners) rate(work, WARM_UP_MS);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { work, rates } of runners) rates.push(rate(work, SLICE_MS));
  }
  const results = runners.map(({ name, rates }) => ({ name, value: median(rates) }));
  const [ours, ...others] = results;
  const fastest = Math.max(...others.map((result) => result.value));
  return [
    ...results.map(({ name, value }) => ({ name: `${what}: ${name}`, value, unit: "messages/s" })),
    { name: `${what}: interpres to the fastest other`, value: (ours?.value ?? 0) / fastest, unit: "times" },
  ];
}

/** Messages a second of one slice. */
function rate(work: Work, durationMs: number): number {
  const start = performance.now();
  let count = 0;
  let sum = 0;
  let elapsed = 0;
  while (elapsed < durationMs) {
    for (let turn = 0; turn < 50; turn += 1) for (const octets of samples) sum += work(octets);
    count += 50 * samples.length;
    elapsed = performance.now() - start;
  }
  if (!(sum > 0)) throw new Error("a parser read nothing");
  return (count * 1000) / elapsed;
}

if (import.meta.main) {
  const result = benchSipMessage();
  console.error(tableOf(result));
  console.log(JSON.stringify(result, undefined, 2));
}
