import {
  collectDefaultMetrics,
  Counter as PromCounter,
  Gauge as PromGauge,
  Histogram as PromHistogram,
  Registry,
} from "prom-client";

/** Label values come from closed sets, never a URI, a JID or a Call-ID. */
export type Labels = Readonly<Record<string, string>>;

export interface LabelledValue {
  readonly labels: Labels;
  readonly value: number;
}

export interface Counter {
  add(labels?: Labels, amount?: number): void;
}

export interface Histogram {
  observe(value: number, labels?: Labels): void;
}

/** Metric names start `interpres_`; units in names (`_seconds`, `_bytes`, `_total`). */
export interface Metrics {
  counter(name: string, help: string, labels?: readonly string[]): Counter;
  /** Read at scrape time: one value, or one for each set of labels. */
  gauge(name: string, help: string, read: () => number | readonly LabelledValue[], labels?: readonly string[]): void;
  histogram(name: string, help: string, buckets: readonly number[], labels?: readonly string[]): Histogram;
}

/** Often enough to see what a person would feel. */
const EVENT_LOOP_PRECISION_MS = 20;

/** The process's registry, and its text in the OpenMetrics exposition format. */
export class MetricsRegistry implements Metrics {
  readonly #registry = new Registry();

  constructor() {
    this.#registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
  }

  counter(name: string, help: string, labels: readonly string[] = []): Counter {
    const counter = new PromCounter({ name, help, labelNames: [...labels], registers: [this.#registry] });
    return { add: (values, amount = 1) => counter.inc({ ...values }, amount) };
  }

  gauge(
    name: string,
    help: string,
    read: () => number | readonly LabelledValue[],
    labels: readonly string[] = [],
  ): void {
    new PromGauge({
      name,
      help,
      labelNames: [...labels],
      registers: [this.#registry],
      collect() {
        const values = read();
        this.reset();
        if (typeof values === "number") this.set(values);
        else for (const { labels: of, value } of values) this.set({ ...of }, value);
      },
    });
  }

  histogram(name: string, help: string, buckets: readonly number[], labels: readonly string[] = []): Histogram {
    const histogram = new PromHistogram({
      name,
      help,
      buckets: [...buckets],
      labelNames: [...labels],
      registers: [this.#registry],
    });
    return { observe: (value, values) => histogram.observe({ ...values }, value) };
  }

  /** Adds what is known of the process: processor time, memory, open files, and how late the event loop is. Never ends. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: EVENT_LOOP_PRECISION_MS });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

/** For tests. */
export const silentMetrics: Metrics = {
  counter: () => ({ add: ignore }),
  gauge: ignore,
  histogram: () => ({ observe: ignore }),
};

function ignore(): void {
  return;
}
