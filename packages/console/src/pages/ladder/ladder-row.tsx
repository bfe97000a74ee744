import { Button, VisuallyHidden } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { type ReactNode, useState } from "react";
import { wordsOf as addressWords } from "../../template/address-words.ts";
import template from "../../template/template.module.css";
import { clockOf } from "../../template/times.ts";
import { fill, texts } from "../../texts/texts.ts";
import { findingOf, ruleOf, sentenceOf } from "../why/why-sentences.ts";
import classes from "./ladder.module.css";
import { type Interaction, interactionOf, type Row } from "./ladder-rows.ts";

const own = texts.ladder;
/** Where the lanes stand, in hundredths of the width: the foreign domain, the node, local users. */
const FOREIGN = 16;
const NODE = 50;
const LOCAL = 84;
const LANES = [FOREIGN, NODE, LOCAL];
const HALF_BOX = 15;

/** How many characters fit between two lanes. */
function useRoom(): number {
  return useMediaQuery("(max-width: 62em)") ? 14 : 44;
}

/** The names of the lanes. */
export function LadderHead(): ReactNode {
  const isNarrow = useMediaQuery("(max-width: 62em)");
  const names = isNarrow ? own.shortLanes : own.lanes;
  return (
    <svg className={classes.row} role="img" aria-label={own.lanes.join(", ")}>
      {LANES.map((x, index) => (
        <text key={x} x={`${x}%`} y="26" className={classes.name}>
          {names[index]}
        </text>
      ))}
    </svg>
  );
}

interface RowProps {
  readonly row: Row;
  /** Draws one interaction alone. */
  readonly onOnly: (interaction: Interaction) => void;
}

/** A message or a decision as a line of the ladder; pressed, it shows the whole below. */
export function LadderRow({ row, onOnly }: RowProps): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const call = interactionOf(row);
  return (
    <li>
      <button type="button" className={classes.press} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <VisuallyHidden>{wordsOf(row)}</VisuallyHidden>
        <svg className={classes.row} aria-hidden>
          {LANES.map((x) => (
            <line key={x} x1={`${x}%`} x2={`${x}%`} y1="0" y2="100%" className={classes.lane} />
          ))}
          <text x="0" y="10" className={classes.time}>
            {clockOf(row.at)}
          </text>
          <Drawing row={row} />
        </svg>
      </button>
      {isOpen && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls by keyboard
        <pre className={template.letter} tabIndex={0}>
          {wholeOf(row)}
        </pre>
      )}
      {isOpen && call !== undefined && (
        <Button size="compact-sm" variant="default" mb="xs" onClick={() => onOnly({ call, at: row.at })}>
          {own.only}
        </Button>
      )}
    </li>
  );
}

function Drawing({ row }: { readonly row: Row }): ReactNode {
  const room = useRoom();
  if (row.kind === "decision") return <Box text={cut(labelOf(row.decision), room)} />;
  const { leg, direction, summary, peer, remote } = row.message;
  const [from, to] = leg === "sip" ? [FOREIGN, NODE] : [NODE, LOCAL];
  const pointsRight = (leg === "sip") === (direction === "inbound");
  const middle = `${(from + to) / 2}%`;
  return (
    <g className={classes[leg]}>
      <text x={middle} y="18" className={classes.label}>
        {cut(summary.replaceAll(/\bsips?:([^;\s]+)\S*/g, "$1"), room)}
      </text>
      <line x1={`${from}%`} x2={`${to}%`} y1="24" y2="24" className={classes.shaft} />
      <svg x={`${pointsRight ? to : from}%`} y="24" overflow="visible" aria-hidden>
        <path d={pointsRight ? "M0,0 l-8,-4 v8 z" : "M0,0 l8,-4 v8 z"} />
      </svg>
      <text x={middle} y="37" className={classes.end}>
        {cut(leg === "sip" ? (peer ?? remote) : remote, room)}
      </text>
    </g>
  );
}

function Box({ text }: { readonly text: string }): ReactNode {
  return (
    <>
      <rect x={`${NODE - HALF_BOX}%`} width={`${2 * HALF_BOX}%`} y="8" height="24" rx="4" className={classes.box} />
      <text x={`${NODE}%`} y="24" className={classes.label}>
        {text}
      </text>
    </>
  );
}

type Decided = Extract<Row, { readonly kind: "decision" }>["decision"];

function labelOf({ result, decisions }: Decided): string {
  return [result, ...decisions.map(ruleOf)].join(", ");
}

function wordsOf(row: Row): string {
  if (row.kind === "decision") return fill(own.decided, { at: clockOf(row.at), sentence: sentenceOf(row.decision) });
  const { leg, direction, remote, summary } = row.message;
  return fill(own[direction], { at: clockOf(row.at), leg: own.legs[leg], remote, summary });
}

function wholeOf(row: Row): string {
  if (row.kind === "message") return row.message.text;
  const findings = row.decision.decisions.map(findingOf).map(({ rule, meaning, seen, expected, outcome }) =>
    [
      [texts.why.rule, rule],
      [texts.why.meaning, meaning],
      [texts.why.seen, seen],
      [texts.why.expected, expected],
      [texts.why.outcome, outcome],
    ]
      .filter(([, text]) => text !== "")
      .map((pair) => pair.join(": "))
      .join("\n"),
  );
  const addresses = (row.decision.addresses ?? []).map(addressWords);
  return [sentenceOf(row.decision), ...addresses, ...findings].join("\n");
}

function cut(text: string, longest: number): string {
  const characters = [...text];
  return characters.length <= longest ? text : `${characters.slice(0, longest - 1).join("")}…`;
}
