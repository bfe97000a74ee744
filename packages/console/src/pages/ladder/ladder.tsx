import { type DecisionEvent, decisions, type Page, withQuery } from "@interpres/admin-api";
import { Button, Group } from "@mantine/core";
import { useSearch } from "@tanstack/react-router";
import { type ReactNode, useMemo, useState } from "react";
import { useAnswer } from "../../data/resources.ts";
import { PageTitle } from "../../template/page-title.tsx";
import { type Status, StatusArea } from "../../template/status-area.tsx";
import { fill, texts } from "../../texts/texts.ts";
import classes from "./ladder.module.css";
import { LadderExport } from "./ladder-export.tsx";
import { type Asked, useFeed } from "./ladder-feed.ts";
import { LadderForm } from "./ladder-form.tsx";
import { LadderInteraction } from "./ladder-interaction.tsx";
import { LadderHead, LadderRow } from "./ladder-row.tsx";
import { type Interaction, type Row, rowsOf, type Wanted } from "./ladder-rows.ts";

const own = texts.ladder;
const LOOK_MS = 2000;
const MOST_DECISIONS = 200;

/** The SIP and XMPP messages that passed and pass, with our decisions between them. */
export default function Ladder(): ReactNode {
  const {
    domain = "",
    user = "",
    call = "",
    at = "",
  } = useSearch({ strict: false }) as Readonly<Record<string, unknown>>;
  const [asked, setAsked] = useState<Asked>({ peer: String(domain), user: String(user), bodies: "masked" });
  const [interaction, setInteraction] = useState<Interaction | undefined>(
    call === "" ? undefined : { call: String(call), at: String(at) },
  );
  const [after, setAfter] = useState("");
  const [frozen, setFrozen] = useState<readonly Row[]>();
  const { rows: passing, state } = useRows(asked, { user: asked.user, interaction, after });
  const rows = frozen ?? passing;
  const counted = { count: rows.length };
  const [status, setStatus] = useState<Status>();
  const only = (wanted: Interaction | undefined): void => {
    setStatus(undefined);
    setInteraction(wanted);
  };
  const follow = (wanted: Asked): void => {
    setFrozen(undefined);
    setAfter("");
    setAsked(wanted);
  };
  const clear = (): void => {
    setAfter(rows.at(-1)?.at ?? after);
    setFrozen(frozen && []);
  };
  return (
    <>
      <PageTitle>{own.title}</PageTitle>
      <LadderForm asked={asked} onAsk={follow} />
      <StatusArea status={status ?? { kind: "idle", text: fill(frozen ? own.paused : own.states[state], counted) }} />
      <Group mb="sm" gap="xs">
        <Button variant="default" onClick={() => setFrozen(frozen === undefined ? rows : undefined)}>
          {frozen === undefined ? own.pause : own.goOn}
        </Button>
        <Button variant="default" onClick={clear}>
          {own.clear}
        </Button>
        <LadderExport rows={rows} />
      </Group>
      {interaction !== undefined && (
        <LadderInteraction interaction={interaction} onAll={() => only(undefined)} report={setStatus} />
      )}
      <LadderHead />
      <ol className={classes.rows} aria-label={own.rows}>
        {rows.map((row) => (
          <LadderRow key={keyOf(row)} row={row} onOnly={only} />
        ))}
      </ol>
    </>
  );
}

function useRows(asked: Asked, { user, interaction, after }: Wanted) {
  const { events, state } = useFeed(asked);
  const path = withQuery(decisions.path, { peer: asked.peer || undefined, limit: MOST_DECISIONS });
  const decided = useAnswer<Page<DecisionEvent>>(path, { intervalMs: LOOK_MS }).data?.items;
  const rows = useMemo(
    () => rowsOf(events, decided ?? [], { user, interaction, after }),
    [events, decided, user, interaction, after],
  );
  return { rows, state };
}

function keyOf(row: Row): string {
  return row.kind === "message" ? `message ${row.message.id}` : `${row.decision.id} ${row.at} ${row.decision.result}`;
}
