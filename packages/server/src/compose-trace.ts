import { isDeepStrictEqual } from "node:util";
import type { PeerDirectory } from "@interpres/federation";
import {
  correlationOf,
  type DecisionEvent,
  type DecisionRing,
  type Fields,
  type FlowEvent,
  type FlowTap,
  type MetricsRegistry,
  type Service,
} from "@interpres/runtime";
import type { NodePorts, NodeStore } from "./node-parts.ts";
import type { RunningSettings } from "./services/running-settings.ts";
import { lineOpener } from "./trace/collector-line.ts";
import { keyFor, TRACE_COLLECTOR_SECRET } from "./trace/collector-rules.ts";
import type { DecisionFeed } from "./trace/decision-feed.ts";
import { FlowHistory } from "./trace/flow-history.ts";
import { TraceExporter } from "./trace/trace-exporter.ts";

/** As many as tell which watch a stanza belongs to, when the export begins. */
const MOST_DECISIONS = 5000;

interface Parts {
  readonly ports: NodePorts;
  readonly store: NodeStore;
  readonly running: RunningSettings;
  readonly metrics: MetricsRegistry;
  readonly peers: () => PeerDirectory;
  readonly decisions: DecisionRing;
  readonly decisionFeed: DecisionFeed;
}

/** What watches the flow: the history, the export to a collector, and whoever else was given. */
export function composeTrace(parts: Parts) {
  const { ports, store, running, metrics, decisions, decisionFeed } = parts;
  const { clock, log } = ports;
  const peers = { get: (domain: string) => parts.peers().get(domain) };
  const flows = new FlowHistory({ clock, peers });
  const traceExporter = new TraceExporter({
    clock,
    log,
    metrics,
    peers,
    decisionFeed,
    openLine: lineOpener(clock),
    decided: () => decisions.query({ limit: MOST_DECISIONS }),
    settings: () => running.current().traceCollector,
    authKey: async (settings) => keyFor(settings, await store.secrets.find(TRACE_COLLECTOR_SECRET)),
    trustedPem: () => running.certificates.trusted().map(({ pem }) => pem),
  });
  running.onChange(({ traceCollector }, previous) => {
    if (!isDeepStrictEqual(traceCollector, previous.traceCollector)) void traceExporter.start();
  });
  decisionFeed.listen((event) => log.debug(`${event.kind}.decided`, decidedFields(event)));
  return { flows, traceExporter, tap: tapOf([flows, traceExporter, ...(ports.tap === undefined ? [] : [ports.tap])]) };
}

/** Without what was compared: that is in the decision itself, under this id. */
function decidedFields(event: DecisionEvent): Fields {
  const { direction, user, peer, decisions, result } = event;
  return { correlationId: correlationOf(event), direction, user, peer, rule: decisions.at(-1)?.rule, result };
}

function tapOf(taps: readonly FlowTap[]): FlowTap {
  return {
    flow: (event: FlowEvent) => {
      for (const tap of taps) tap.flow(event);
    },
  };
}

/** Opens the line to the collector, where one is wanted. */
export function traceCollectorService({ traceExporter }: { readonly traceExporter: TraceExporter }): Service {
  return {
    name: "trace-collector",
    // Nothing waits for a collector that does not answer.
    start: async () => void traceExporter.start(),
    stop: () => traceExporter.stop(),
  };
}
