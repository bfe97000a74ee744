import { captureOf, type DecisionEvent, ladderText, type TraceEvent } from "@interpres/admin-api";
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { download } from "../../template/download.ts";
import { texts } from "../../texts/texts.ts";
import type { Row } from "./ladder-rows.ts";

const own = texts.ladder;
/** As wide as a terminal usually is. */
const TEXT_COLUMNS = 80;

/** Keeps the rows that are drawn, masked as they are, in a file. */
export function LadderExport({ rows }: { readonly rows: readonly Row[] }): ReactNode {
  const keepText = (): void => {
    const { messages, decisions } = apart(rows);
    download("ladder.txt", ladderText(messages, { decisions, columns: TEXT_COLUMNS }));
  };
  const keepCapture = (): void => {
    const { messages, decisions } = apart(rows);
    download("ladder.pcapng", captureOf(messages, decisions));
  };
  return (
    <>
      <Button variant="default" onClick={keepText}>
        {own.exportText}
      </Button>
      <Button variant="default" onClick={keepCapture}>
        {own.exportCapture}
      </Button>
    </>
  );
}

function apart(rows: readonly Row[]): {
  readonly messages: readonly TraceEvent[];
  readonly decisions: readonly DecisionEvent[];
} {
  return {
    messages: rows.flatMap((row) => (row.kind === "message" ? [row.message] : [])),
    decisions: rows.flatMap((row) => (row.kind === "decision" ? [row.decision] : [])),
  };
}
