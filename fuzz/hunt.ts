import { SeededRandom } from "@interpres/testkit";
import { readCorpus } from "./corpus.ts";
import { Coverage } from "./coverage.ts";
import { type Fault, shortened, type Trial, tryInput, withoutParts } from "./judge.ts";
import { mutate } from "./mutate.ts";
import type { Target } from "./targets.ts";

/** Coverage costs milliseconds to read, so it is read for many inputs at once, and for each only where it was new. */
const BATCH_MS = 20;
const BATCH_INPUTS = 200;
/** Inputs that reach something new are made shorter up to this length only. */
const LONGEST_SHORTENED = 2048;
/** Coverage is read for each. */
const MOST_CANDIDATES = 40;

export interface HuntOptions {
  readonly target: Target;
  readonly seed: number;
  /** Called with each input before it is run. */
  readonly trying: (input: Buffer) => void;
  readonly found: (fault: Fault, input: Buffer) => void;
}

/** One target under attack: inputs are changed, run, and kept where they reach code that none reached before. */
export class Hunt {
  readonly #options: HuntOptions;
  readonly #random: SeededRandom;
  readonly #coverage = new Coverage();
  readonly #corpus: Buffer[] = [];
  readonly #written: Buffer[] = [];
  readonly #known = new Set<string>();
  #executions = 0;
  #slowestMs = 0;

  constructor(options: HuntOptions) {
    this.#options = options;
    this.#random = new SeededRandom(options.seed);
  }

  get figures() {
    const { functions } = this.#coverage;
    return { executions: this.#executions, corpus: this.#corpus.length, functions, slowestMs: this.#slowestMs };
  }

  /** Runs what earlier runs and the packages' tests have left. */
  async begin(): Promise<void> {
    this.#coverage.discard();
    for (const { input, isFound } of readCorpus(this.#options.target)) {
      await this.#try(input);
      this.#coverage.learn();
      this.#corpus.push(input);
      if (!isFound) this.#written.push(input);
    }
    if (this.#corpus.length === 0) this.#corpus.push(Buffer.alloc(0));
  }

  /** Some changed inputs; those that reach something new join the corpus. */
  async batch(): Promise<void> {
    const inputs: Buffer[] = [];
    const until = performance.now() + BATCH_MS;
    while (inputs.length < BATCH_INPUTS && performance.now() < until) {
      const input = this.#mutated();
      await this.#try(input);
      inputs.push(input);
    }
    if (!this.#coverage.isNew()) return;
    for (const input of inputs) await this.#learn(input);
  }

  /** The shortest inputs found that reach, together with those that people wrote, all that was reached. */
  async distilled(): Promise<readonly Buffer[]> {
    this.#coverage.reset();
    for (const input of this.#written) {
      await this.#try(input);
      this.#coverage.learn();
    }
    const kept: Buffer[] = [];
    for (const input of [...this.#corpus].sort((left, right) => left.length - right.length)) {
      await this.#try(input);
      if (this.#coverage.learn()) kept.push(input);
    }
    return kept;
  }

  /** The corpus once more, for growth. */
  async round(): Promise<void> {
    for (const input of this.#corpus) await this.#try(input);
  }

  /** Long inputs are used less: they cost the time of many short ones. */
  #mutated(): Buffer {
    const [one, other] = [this.#drawn(), this.#drawn()];
    const base = one.length <= other.length || this.#random.below(3) === 0 ? one : other;
    const { words } = this.#options.target;
    return mutate(base, { random: this.#random, words, other: () => this.#drawn() });
  }

  #drawn(): Buffer {
    return this.#corpus[this.#random.below(this.#corpus.length)] ?? Buffer.alloc(0);
  }

  async #learn(input: Buffer): Promise<void> {
    await this.#try(input);
    if (!this.#coverage.isNew()) return;
    const reachesNew = async (candidate: Buffer): Promise<boolean> => {
      await this.#try(candidate);
      return this.#coverage.isNew();
    };
    const kept = input.length <= LONGEST_SHORTENED ? await withoutParts(input, MOST_CANDIDATES, reachesNew) : input;
    await this.#try(kept);
    if (this.#coverage.learn()) this.#corpus.push(kept);
  }

  async #try(input: Buffer): Promise<Trial> {
    const { target, trying, found } = this.#options;
    trying(input);
    const trial = await tryInput(target, input);
    this.#executions += 1;
    this.#slowestMs = Math.max(this.#slowestMs, trial.ms);
    const { fault } = trial;
    if (fault !== undefined && !this.#known.has(fault.title)) {
      this.#known.add(fault.title);
      found(fault, await shortened(target, input, fault));
    }
    return trial;
  }
}
