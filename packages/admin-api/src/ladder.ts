import { printable } from "./printable.ts";
import type { TraceEvent } from "./trace.ts";

const NODE_LANE = "Interpres";
/** `12:34:56 ` */
const TIME_WIDTH = 9;
const NARROWEST = 60;

interface Lanes {
  readonly left: string;
  readonly right: string;
}

/**
 * Messages as arrows, one line each, as they come: the foreign domain left, the node in the middle, a local user right.
 * Whenever another domain or user takes part, the lanes are named anew.
 */
export class Ladder {
  readonly #middle: number;
  readonly #right: number;
  #lanes: Lanes = { left: "", right: "" };
  #isNamed = false;

  /** `columns`: how wide a line may be. */
  constructor(columns: number) {
    const width = Math.max(NARROWEST, columns) - 1;
    this.#middle = TIME_WIDTH + Math.floor((width - TIME_WIDTH) / 2);
    this.#right = 2 * this.#middle - TIME_WIDTH;
  }

  /** The lines that one more event draws. */
  lines(event: TraceEvent): readonly string[] {
    const lanes = lanesWith(event, this.#lanes);
    const isSame = this.#isNamed && lanes.left === this.#lanes.left && lanes.right === this.#lanes.right;
    this.#lanes = lanes;
    this.#isNamed = true;
    return isSame ? [this.#arrow(event)] : ["", this.#heading(), this.#arrow(event)];
  }

  #heading(): string {
    const { left, right } = this.#lanes;
    const room = this.#middle - TIME_WIDTH - NODE_LANE.length;
    const node = this.#middle - Math.floor(NODE_LANE.length / 2);
    const named = `${" ".repeat(TIME_WIDTH)}${cut(left, room)}`.padEnd(node) + NODE_LANE;
    const last = cut(right, room);
    return `${named.padEnd(this.#right + 1 - [...last].length)}${last}`.trimEnd();
  }

  #arrow({ at, leg, direction, summary }: TraceEvent): string {
    const span = this.#right - this.#middle;
    const rails = [`${at.slice(11, 19)} |`.padEnd(this.#middle), "|".padEnd(span), "|"].join("");
    const [from, to] = leg === "sip" ? [TIME_WIDTH, this.#middle] : [this.#middle, this.#right];
    const pointsRight = (leg === "sip") === (direction === "inbound");
    const shaft = shaftOf(summary, to - from - 1);
    const drawn = pointsRight ? `${shaft}>` : `<${shaft}`;
    return `${rails.slice(0, from + 1)}${drawn}${rails.slice(to)}`;
  }
}

/** One character is left for the head of the arrow. */
function shaftOf(summary: string, length: number): string {
  const label = ` ${cut(shortened(summary), length - 5)} `;
  const dashes = length - 1 - [...label].length;
  const before = Math.floor(dashes / 2);
  return `${"-".repeat(before)}${label}${"-".repeat(dashes - before)}`;
}

/** URIs without scheme and parameters. */
function shortened(summary: string): string {
  return summary.replaceAll(/\bsips?:([^;\s]+)\S*/g, "$1");
}

function lanesWith({ leg, peer, remote }: TraceEvent, { left, right }: Lanes): Lanes {
  if (leg === "sip") return { left: printable(peer ?? remote), right };
  return { left: peer === null ? left : printable(peer), right: printable(remote.split("/", 1)[0] ?? "") };
}

function cut(text: string, longest: number): string {
  const characters = [...printable(text)];
  return characters.length <= longest ? characters.join("") : `${characters.slice(0, longest - 1).join("")}…`;
}
