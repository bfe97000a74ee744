import { type LampName, lampNames, type Traffic, trafficPath } from "@interpres/admin-api";
import type { ReactNode } from "react";
import { useAnswer } from "../../data/resources.ts";
import { momentText } from "../../template/moment.ts";
import { fill, texts } from "../../texts/texts.ts";
import { Curves } from "./curves.tsx";
import { Panel } from "./overview-panel.tsx";
import { trafficCurves } from "./traffic-curves.ts";

const own = texts.overview.traffic;
const INTERVAL_MS = 15_000;
const COLORS: Readonly<Record<LampName | "failed", string>> = {
  presenceIn: "#1971c2",
  presenceOut: "#0c8599",
  imIn: "#9c36b5",
  imOut: "#2f9e44",
  failed: "#e03131",
};

/** What passed of each kind, and what failed, minute by minute; in words for who does not see curves. */
export function TrafficPanel(): ReactNode {
  const { data } = useAnswer<Traffic>(trafficPath, { intervalMs: INTERVAL_MS });
  if (data === undefined) return <Panel title={own.title}>{texts.template.loading}</Panel>;
  const curves = trafficCurves(data);
  const series = [...lampNames, "failed" as const].map((name) => ({
    label: name === "failed" ? own.failed : texts.lamps.names[name],
    color: COLORS[name],
    values: curves.values[name],
  }));
  const sums = series.map(({ label, values }) => `${label} ${values.reduce((sum, each) => sum + each, 0)}`).join(", ");
  return (
    <Panel title={own.title}>
      <Curves
        times={curves.times}
        series={series}
        summary={fill(own.summary, { since: momentText(data.from), sums })}
      />
    </Panel>
  );
}
