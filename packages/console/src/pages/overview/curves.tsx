import "uplot/dist/uPlot.min.css";
import { useComputedColorScheme } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";
import UPlot from "uplot";
import { clockTime } from "../../template/times.ts";
import classes from "./overview.module.css";

interface Props {
  /** Seconds since 1970. */
  readonly times: readonly number[];
  readonly series: readonly { readonly label: string; readonly color: string; readonly values: readonly number[] }[];
  /** The same in words. */
  readonly summary: string;
}

const HEIGHT = 220;

/** Curves over time. */
export function Curves({ times, series, summary }: Props): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const ink = useComputedColorScheme("light") === "light" ? "#495057" : "#c9c9c9";
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const axis = { stroke: ink, grid: { stroke: `${ink}33` }, ticks: { stroke: `${ink}33` } };
    const plot = new UPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        cursor: { drag: { x: false, y: false } },
        scales: { y: { range: (_plot, _min, max) => [0, Math.max(5, max)] } },
        legend: { live: false },
        axes: [
          { ...axis, values: (_plot, splits) => splits.map(clockTime) },
          { ...axis, size: 40 },
        ],
        series: [
          {},
          ...series.map(({ label, color }) => ({ label, stroke: color, width: 2, points: { show: false } })),
        ],
      },
      [[...times], ...series.map(({ values }) => [...values])],
      element,
    );
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [times, series, ink]);
  return (
    <figure className={classes.curves}>
      <div ref={place} aria-hidden="true" />
      <figcaption>{summary}</figcaption>
    </figure>
  );
}
