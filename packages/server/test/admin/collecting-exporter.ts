import { silentLogger, silentMetrics } from "@interpres/runtime";
import type { FakeClock } from "@interpres/testkit";
import type { AdminContext } from "../../src/admin/admin-context.ts";
import { keyFor, TRACE_COLLECTOR_SECRET } from "../../src/trace/collector-rules.ts";
import type { DecisionFeed } from "../../src/trace/decision-feed.ts";
import { TraceExporter } from "../../src/trace/trace-exporter.ts";

interface Collecting {
  readonly clock: FakeClock;
  readonly decisionFeed: DecisionFeed;
  /** What would have been sent. */
  readonly collected: Uint8Array[];
}

/** Keeps what a collector would get; a host whose name begins with `silent.` cannot be reached. */
export function collectingExporter(
  { settings, secrets }: Pick<AdminContext, "settings" | "secrets">,
  { clock, decisionFeed, collected }: Collecting,
): TraceExporter {
  return new TraceExporter({
    clock,
    decisionFeed,
    log: silentLogger,
    metrics: silentMetrics,
    peers: { get: (domain) => (domain.endsWith(".example") ? { domain } : undefined) },
    decided: () => [],
    settings: () => settings.current().document.traceCollector,
    authKey: async (target) => keyFor(target, await secrets.find(TRACE_COLLECTOR_SECRET)),
    trustedPem: () => [],
    openLine: async ({ host }) => {
      if (host.startsWith("silent.")) throw new Error("no answer");
      const send = (packet: Uint8Array) => (collected.push(packet) > 0 ? "sent" : "full");
      return { send, close: async () => undefined };
    },
  });
}
