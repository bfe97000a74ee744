import { type Profiler, Session } from "node:inspector";

/** Octets of a script that were not run: from, to, from, to, ... in order. */
type Gaps = readonly number[];

const OURS = /\/packages\/[\w-]+\/src\//;

/** What of our own code has run, block by block, as V8 counts it (`Profiler.takePreciseCoverage`); no add-on, no build. */
export class Coverage {
  readonly #session = new Session();
  /** What is left to be reached of each function that was entered, by script and position. */
  readonly #gaps = new Map<string, Gaps>();

  constructor() {
    this.#session.connect();
    this.#session.post("Profiler.enable");
    this.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  /** Functions entered so far. */
  get functions(): number {
    return this.#gaps.size;
  }

  /** Whether what has run since the last look reached something new; it stays new. */
  isNew(): boolean {
    return this.#take().some(([key, gaps]) => this.#adds(key, gaps));
  }

  /** As `isNew`, and from now on it is known. */
  learn(): boolean {
    let isNew = false;
    for (const [key, gaps] of this.#take()) {
      if (!this.#adds(key, gaps)) continue;
      isNew = true;
      const known = this.#gaps.get(key);
      this.#gaps.set(key, known === undefined ? gaps : common(known, gaps));
    }
    return isNew;
  }

  /** Forgets what has run since the last look. */
  discard(): void {
    this.#session.post("Profiler.takePreciseCoverage");
  }

  /** Forgets everything. */
  reset(): void {
    this.discard();
    this.#gaps.clear();
  }

  #adds(key: string, gaps: Gaps): boolean {
    const known = this.#gaps.get(key);
    return known === undefined || octetsOf(common(known, gaps)) < octetsOf(known);
  }

  /** Functions of ours that have run since the last look, each with what of it did not. */
  #take(): readonly (readonly [key: string, gaps: Gaps])[] {
    const taken: Profiler.ScriptCoverage[] = [];
    // An inspector of one's own thread answers within the call.
    this.#session.post("Profiler.takePreciseCoverage", (error, answer) => {
      if (error !== null) throw error;
      taken.push(...answer.result);
    });
    return taken
      .filter(({ url }) => OURS.test(url))
      .flatMap(({ scriptId, functions }) =>
        functions
          .filter(({ ranges }) => (ranges[0]?.count ?? 0) > 0)
          .map(({ ranges }) => [`${scriptId}:${ranges[0]?.startOffset}`, gapsIn(ranges)] as const),
      );
  }
}

/** Ranges are nested and in order of their start: the innermost counts. */
function gapsIn(ranges: readonly Profiler.CoverageRange[]): Gaps {
  const gaps: number[] = [];
  const open: Profiler.CoverageRange[] = [];
  let at = ranges[0]?.startOffset ?? 0;
  const advance = (to: number) => {
    if (to > at && open.at(-1)?.count === 0) addGap(gaps, at, to);
    at = Math.max(at, to);
  };
  const closeUpTo = (limit: number) => {
    for (let last = open.at(-1); last !== undefined && last.endOffset <= limit; last = open.at(-1)) {
      advance(last.endOffset);
      open.pop();
    }
  };
  for (const range of ranges) {
    closeUpTo(range.startOffset);
    advance(range.startOffset);
    open.push(range);
  }
  closeUpTo(Number.POSITIVE_INFINITY);
  return gaps;
}

function addGap(gaps: number[], from: number, to: number): void {
  if (gaps.at(-1) === from) gaps[gaps.length - 1] = to;
  else gaps.push(from, to);
}

function common(left: Gaps, right: Gaps): Gaps {
  const both: number[] = [];
  let [l, r] = [0, 0];
  while (l < left.length && r < right.length) {
    const [leftEnd = 0, rightEnd = 0] = [left[l + 1], right[r + 1]];
    const from = Math.max(left[l] ?? 0, right[r] ?? 0);
    const to = Math.min(leftEnd, rightEnd);
    if (from < to) addGap(both, from, to);
    if (leftEnd < rightEnd) l += 2;
    else r += 2;
  }
  return both;
}

function octetsOf(gaps: Gaps): number {
  let octets = 0;
  for (let at = 0; at < gaps.length; at += 2) octets += (gaps[at + 1] ?? 0) - (gaps[at] ?? 0);
  return octets;
}
