import { type DirectoryStatus, directorySyncPath } from "@interpres/admin-api";
import { Checkbox, Group, Title } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useApi } from "../../data/api.tsx";
import { refusalOf } from "../../data/problems.ts";
import { useAnswer, useChange } from "../../data/resources.ts";
import { useMay } from "../../session/may.ts";
import { Confirm } from "../../template/confirm.tsx";
import { GuardedButton } from "../../template/guarded-button.tsx";
import { type Status, StatusArea } from "../../template/status-area.tsx";
import { texts } from "../../texts/texts.ts";
import { RunReport } from "./directory-run.tsx";

const own = texts.directory;
const INTERVAL_MS = 1000;

type Mode = "preview" | "apply";

/** What would be done, then doing it; the report grows while the node is at it. */
export function Synchronisation(): ReactNode {
  const api = useApi();
  const may = useMay("administrator");
  const [acceptVanished, accept] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const [status, setStatus] = useState<Status>({ kind: "idle" });
  const last = useAnswer<DirectoryStatus>(directorySyncPath, { intervalMs: INTERVAL_MS });
  const sync = useChange(async (mode: Mode) => {
    setStatus({ kind: "idle", text: own.underWay });
    try {
      await api.ask("POST", directorySyncPath, { dryRun: mode === "preview", acceptVanished });
      setStatus({ kind: "done", text: mode === "preview" ? own.previewed : own.synchronised });
    } catch (error) {
      setStatus({ kind: "refused", reasons: refusalOf(error, []).general });
    }
  });
  const run = last.data?.run ?? undefined;
  return (
    <section aria-label={own.sync}>
      <Title order={2} size="h4" mt="xl" mb="xs">
        {own.sync}
      </Title>
      <StatusArea status={status} />
      <Checkbox
        mb="sm"
        label={own.acceptVanished}
        checked={acceptVanished}
        onChange={({ currentTarget }) => accept(currentTarget.checked)}
      />
      <Group gap="xs">
        <GuardedButton may={may} loading={sync.isPending} onClick={() => sync.mutate("preview")}>
          {own.preview}
        </GuardedButton>
        <GuardedButton may={may} variant="default" loading={sync.isPending} onClick={() => setAsking(true)}>
          {own.synchronise}
        </GuardedButton>
      </Group>
      {run !== undefined && <RunReport run={run} />}
      <Confirm
        title={own.synchronise}
        question={isAsking ? own.question : undefined}
        onCancel={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false);
          sync.mutate("apply");
        }}
      />
    </section>
  );
}
