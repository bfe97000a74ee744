import type { FlowEvent, FlowTap } from "@interpres/runtime";

/** One arrow of a ladder. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly label: string;
}

const NODE_LANE = "Interpres";
const SHORTEST_ARROW = 12;
const LONGEST_LABEL = 36;

/** Records what crosses a node's edge and draws it: foreign peers left, the node in the middle, local users right. */
export class CallFlow implements FlowTap {
  readonly #laneOf: (event: FlowEvent) => string;
  readonly #arrows: Arrow[] = [];
  readonly #events: FlowEvent[] = [];

  /** `laneOf` names the lane of the other end; `event.remote` by default. */
  constructor(laneOf: (event: FlowEvent) => string = (event) => event.remote) {
    this.#laneOf = laneOf;
  }

  flow(event: FlowEvent): void {
    const other = this.#laneOf(event);
    const [from, to] = event.direction === "inbound" ? [other, NODE_LANE] : [NODE_LANE, other];
    this.#events.push(event);
    this.#arrows.push({ from, to, label: shortened(event.summary) });
  }

  get arrows(): readonly Arrow[] {
    return this.#arrows;
  }

  get events(): readonly FlowEvent[] {
    return this.#events;
  }

  clear(): void {
    this.#arrows.length = 0;
    this.#events.length = 0;
  }

  /** The whole ladder as text, lanes in this order: peers as they appeared, the node, users as they appeared. */
  draw(): string {
    const peers = this.#lanes("sip");
    const users = this.#lanes("xmpp");
    return drawLadder([...peers, NODE_LANE, ...users], this.#arrows);
  }

  #lanes(leg: FlowEvent["leg"]): readonly string[] {
    return [...new Set(this.#events.filter((event) => event.leg === leg).map((event) => this.#laneOf(event)))];
  }
}

/** Short enough for a terminal: URIs without scheme and parameters, at most 36 characters. */
function shortened(summary: string): string {
  const plain = summary.replace(/\bsips?:([^;\s]+)\S*/g, "$1");
  return plain.length > LONGEST_LABEL ? `${plain.slice(0, LONGEST_LABEL - 1)}…` : plain;
}

/** Draws arrows between named lanes, one line each, time running down. */
export function drawLadder(lanes: readonly string[], arrows: readonly Arrow[]): string {
  const step = Math.max(SHORTEST_ARROW, longestLabel(lanes, arrows) + 6, ...lanes.map((lane) => lane.length + 4));
  const columns = lanes.map((_, index) => Math.floor(step / 2) + index * step);
  const width = step * lanes.length;
  const header = place(
    lanes.map((lane, index) => ({ at: (columns[index] ?? 0) - Math.floor(lane.length / 2), text: lane })),
    width,
  );
  return [header, rails(columns, width), ...arrows.map((arrow) => drawArrow(arrow, { lanes, columns, width }))].join(
    "\n",
  );
}

interface Grid {
  readonly lanes: readonly string[];
  readonly columns: readonly number[];
  readonly width: number;
}

function drawArrow(arrow: Arrow, grid: Grid): string {
  const from = grid.columns[grid.lanes.indexOf(arrow.from)];
  const to = grid.columns[grid.lanes.indexOf(arrow.to)];
  if (from === undefined || to === undefined) return `${rails(grid.columns, grid.width)}  (${arrow.label})`;
  const [left, right] = from < to ? [from, to] : [to, from];
  const room = right - left - 1;
  const label = ` ${arrow.label} `;
  const dashes = room - label.length - 1;
  const before = "-".repeat(Math.floor(dashes / 2));
  const after = "-".repeat(dashes - before.length);
  const line = from < to ? `${before}${label}${after}>` : `<${before}${label}${after}`;
  const base = rails(grid.columns, grid.width);
  return `${base.slice(0, left + 1)}${line}${base.slice(right)}`.trimEnd();
}

function rails(columns: readonly number[], width: number): string {
  return place(
    columns.map((column) => ({ at: column, text: "|" })),
    width,
  );
}

function place(pieces: readonly { readonly at: number; readonly text: string }[], width: number): string {
  let line = "";
  for (const piece of pieces) line = `${line.padEnd(piece.at)}${piece.text}`;
  return line.padEnd(width);
}

function longestLabel(lanes: readonly string[], arrows: readonly Arrow[]): number {
  const spans = arrows.map((arrow) => {
    const distance = Math.max(1, Math.abs(lanes.indexOf(arrow.from) - lanes.indexOf(arrow.to)));
    return Math.ceil(arrow.label.length / distance);
  });
  return Math.max(0, ...spans);
}
