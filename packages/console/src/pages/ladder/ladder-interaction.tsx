import { type TraceSent, traceSendPath } from "@interpres/admin-api";
import { Button, Group } from "@mantine/core";
import type { ReactNode } from "react";
import { useApi } from "../../data/api.tsx";
import { messageOf } from "../../data/problems.ts";
import { useMay } from "../../session/may.ts";
import { GuardedButton } from "../../template/guarded-button.tsx";
import type { Status } from "../../template/status-area.tsx";
import { fill, texts } from "../../texts/texts.ts";
import classes from "./ladder.module.css";
import type { Interaction } from "./ladder-rows.ts";

const own = texts.ladder;

interface Props {
  readonly interaction: Interaction;
  readonly onAll: () => void;
  readonly report: (status: Status) => void;
}

/** Which interaction is drawn alone, the way back to all, and the way to the collector. */
export function LadderInteraction({ interaction, onAll, report }: Props): ReactNode {
  const api = useApi();
  const may = useMay("operator");
  const send = async (): Promise<void> => {
    try {
      const { sent } = (await api.ask("POST", traceSendPath, { correlationId: interaction.call })) as TraceSent;
      report({ kind: "done", text: fill(own.sent, { count: sent }) });
    } catch (error) {
      report({ kind: "refused", reasons: [messageOf(error)] });
    }
  };
  return (
    <>
      <p className={classes.call}>{fill(own.onlyCall, { call: interaction.call })}</p>
      <Group mb="sm" gap="xs">
        <Button variant="default" onClick={onAll}>
          {own.allCalls}
        </Button>
        <GuardedButton may={may} variant="default" onClick={() => void send()}>
          {own.send}
        </GuardedButton>
      </Group>
    </>
  );
}
