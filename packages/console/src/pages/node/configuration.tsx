import {
  type ConfigDifference,
  type ConfigDocument,
  type ConfigImported,
  configPath,
  withQuery,
} from "@interpres/admin-api";
import { Button, Checkbox, Group, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { stringify } from "yaml";
import { useApi } from "../../data/api.tsx";
import { messageOf, refusalOf } from "../../data/problems.ts";
import { useChange } from "../../data/resources.ts";
import { useMay } from "../../session/may.ts";
import { download } from "../../template/download.ts";
import { FieldGroup } from "../../template/field-group.tsx";
import { GuardedButton } from "../../template/guarded-button.tsx";
import { PageTitle } from "../../template/page-title.tsx";
import { PlainTable } from "../../template/plain-table.tsx";
import { type Status, StatusArea } from "../../template/status-area.tsx";
import classes from "../../template/template.module.css";
import { TextOrFile } from "../../template/text-or-file.tsx";
import { fill, texts } from "../../texts/texts.ts";
import { readConfig } from "./read-config.ts";

const own = texts.configuration;
const FILE = "interpres-configuration.yaml";

/** System > Configuration: all of it as one document, out, and in once the differences have been seen. */
export default function ConfigurationPage(): ReactNode {
  const [status, setStatus] = useState<Status>({ kind: "idle" });
  return (
    <>
      <PageTitle>{own.title}</PageTitle>
      <StatusArea status={status} />
      <div className={classes.bare}>
        <Export report={setStatus} />
        <Import report={setStatus} />
      </div>
    </>
  );
}

interface Props {
  readonly report: (status: Status) => void;
}

function Export({ report }: Props): ReactNode {
  const api = useApi();
  const save = async () => {
    try {
      const document = (await api.ask("GET", configPath)) as ConfigDocument;
      download(FILE, stringify(document, { lineWidth: 0 }));
      report({ kind: "done", text: own.exported });
    } catch (error) {
      report({ kind: "refused", reasons: [messageOf(error)] });
    }
  };
  return (
    <FieldGroup legend={own.exportGroup}>
      <Text size="sm">{own.exportHelp}</Text>
      <Group>
        <Button variant="default" onClick={() => void save()}>
          {own.exportButton}
        </Button>
      </Group>
    </FieldGroup>
  );
}

/** First what would be different; then the same document, unless somebody changed the settings in between. */
function Import({ report }: Props): ReactNode {
  const may = useMay("administrator");
  const [text, setText] = useState("");
  const [isRead, setRead] = useState(false);
  const { put, seen } = useImport({ text, isRead, report });
  const isDifferent = seen !== undefined && seen.differences.length > 0;
  return (
    <>
      <FieldGroup legend={own.importGroup}>
        <TextOrFile
          label={own.document}
          description={own.importHelp}
          accept=".yaml,.yml,.json"
          value={text}
          onChange={setText}
        />
        <Checkbox
          label={own.acknowledge}
          checked={isRead}
          onChange={({ currentTarget }) => setRead(currentTarget.checked)}
        />
        <Group gap="xs">
          <GuardedButton may={may} loading={put.isPending} onClick={() => put.mutate({ dryRun: "true" })}>
            {own.compare}
          </GuardedButton>
          <GuardedButton
            may={isDifferent ? may : { kind: "no", reason: own.compareFirst }}
            variant="default"
            onClick={() => put.mutate({ version: String(seen?.version) })}
          >
            {own.importButton}
          </GuardedButton>
        </Group>
      </FieldGroup>
      {seen !== undefined && <Differences differences={seen.differences} />}
    </>
  );
}

interface Given extends Props {
  readonly text: string;
  /** Whether the warning was. */
  readonly isRead: boolean;
}

/** `seen`: what this text would change; nothing where another text was asked about. */
function useImport({ text, isRead, report }: Given) {
  const api = useApi();
  const [compared, compare] = useState<{ readonly text: string; readonly answer: ConfigImported }>();
  const put = useChange(async (query: Readonly<Record<string, string>>) => {
    try {
      const document = readConfig(text);
      const given = isRead ? { ...query, acknowledgeWarning: "true" } : query;
      const answer = (await api.ask("PUT", withQuery(configPath, given), document)) as ConfigImported;
      compare(query.dryRun === undefined ? undefined : { text, answer });
      report({ kind: "done", text: told(answer), warnings: answer.warnings ?? [] });
    } catch (error) {
      compare(undefined);
      report({ kind: "refused", reasons: refusalOf(error, []).general });
    }
  });
  return { put, seen: compared?.text === text ? compared.answer : undefined };
}

function told({ applied, differences, version }: ConfigImported): string {
  if (differences.length === 0) return own.same;
  return fill(applied ? own.imported : own.different, { count: differences.length, version });
}

function Differences({ differences }: { readonly differences: readonly ConfigDifference[] }): ReactNode {
  return (
    <PlainTable
      title={own.differences}
      items={differences}
      keyOf={({ path }) => path}
      columns={[
        { label: own.kind, cell: ({ kind }) => own.kinds[kind] },
        { label: own.path, cell: ({ path }) => path },
        { label: own.before, cell: ({ before }) => <Value value={before} /> },
        { label: own.after, cell: ({ after }) => <Value value={after} /> },
      ]}
    />
  );
}

function Value({ value }: { readonly value: unknown }): ReactNode {
  if (value === undefined) return texts.template.none;
  return <pre className={classes.code}>{typeof value === "string" ? value : stringify(value).trimEnd()}</pre>;
}
