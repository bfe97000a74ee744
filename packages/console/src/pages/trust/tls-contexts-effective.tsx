import type { Drain, TlsContext } from "@interpres/admin-api";
import { Group, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useApi } from "../../data/api.tsx";
import { useChange } from "../../data/resources.ts";
import { useMay } from "../../session/may.ts";
import { FactsTable } from "../../template/facts-table.tsx";
import { GuardedButton } from "../../template/guarded-button.tsx";
import { fill, texts } from "../../texts/texts.ts";

const own = texts.tlsContexts.effective;

/** What the node really does with a context, and the connections that still go by an older one. */
export function EffectiveContext({ context }: { readonly context: TlsContext }): ReactNode {
  const { effective, name } = context;
  const api = useApi();
  const may = useMay("operator");
  const drain = useChange(() => api.ask("POST", `/tls-contexts/${encodeURIComponent(name)}/drain`) as Promise<Drain>);
  const { current, older, draining } = effective.openConnections;
  const rows = [
    [own.versions, `${effective.minVersion} – ${effective.maxVersion}`],
    [own.ciphers, <Suites key="all" names={effective.ciphers} />],
    [own.inboundCiphers, <Suites key="inbound" names={effective.inboundCiphers} />],
    [own.emptyFragments, effective.emptyFragmentsDisabled ? texts.template.yes : texts.template.no],
    [own.securityLevel, String(effective.securityLevel)],
    [own.usedBy, effective.usedBy.join(", ") || texts.tlsContexts.unused],
    [own.connections, fill(own.counts, { current, older, draining })],
  ] as const;
  return (
    <section aria-label={own.title}>
      <Title order={2} size="h4" mt="xl" mb="xs">
        {own.title}
      </Title>
      <FactsTable label={own.title} rows={rows} />
      <Group mt="sm">
        <GuardedButton
          may={older === 0 ? { kind: "no", reason: own.nothingToDrain } : may}
          variant="default"
          onClick={() => drain.mutate(undefined)}
        >
          {own.drain}
        </GuardedButton>
        <Text size="sm">{own.drainHelp}</Text>
      </Group>
    </section>
  );
}

/** How many there are; opened, which. */
function Suites({ names }: { readonly names: readonly string[] }): ReactNode {
  if (names.length === 0) return own.none;
  return (
    <details>
      <summary>{names.length}</summary>
      {names.join(", ")}
    </details>
  );
}
