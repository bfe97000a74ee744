import { type Drain, tlsContexts } from "@interpres/admin-api";
import { Group, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useApi } from "../../data/api.tsx";
import { messageOf } from "../../data/problems.ts";
import { useAll, useChange } from "../../data/resources.ts";
import { useMay } from "../../session/may.ts";
import { GuardedButton } from "../../template/guarded-button.tsx";
import type { Status } from "../../template/status-area.tsx";
import { fill, texts } from "../../texts/texts.ts";

const own = texts.certificates;

/** Connections that were made under another certificate go on with it; they can be closed when nothing is under way on them. */
export function OldConnections({ report }: { readonly report: (status: Status) => void }): ReactNode {
  const api = useApi();
  const may = useMay("operator");
  const { data } = useAll(tlsContexts);
  const contexts = (data ?? []).map(({ name, effective }) => ({ name, ...effective.openConnections }));
  const older = contexts.reduce((sum, context) => sum + context.older, 0);
  const drain = useChange(async () => {
    try {
      const answers = await Promise.all(
        contexts
          .filter((context) => context.older > 0)
          .map(
            ({ name }) => api.ask("POST", `${tlsContexts.path}/${encodeURIComponent(name)}/drain`) as Promise<Drain>,
          ),
      );
      const count = answers.reduce((sum, { draining }) => sum + draining, 0);
      report({ kind: "done", text: fill(own.draining, { count }) });
    } catch (error) {
      report({ kind: "refused", reasons: [messageOf(error)] });
    }
  });
  // Nought would be taken for an answer.
  if (data === undefined) return null;
  return (
    <Group mt="md" gap="sm">
      <Text size="sm">{fill(own.oldConnections, { count: older })}</Text>
      <GuardedButton
        may={older === 0 ? { kind: "no", reason: own.nothingToDrain } : may}
        variant="default"
        onClick={() => drain.mutate(undefined)}
      >
        {own.drain}
      </GuardedButton>
    </Group>
  );
}
