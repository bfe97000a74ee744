import {
  type AdminClient,
  type FieldProblem,
  lineOfPath,
  RefusedError,
  readUserCsv,
  type UserInput,
  userCsvColumns,
  userImportPath,
} from "@interpres/admin-api";
import { Code, Group, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useApi } from "../../data/api.tsx";
import { type Ports, usePorts } from "../../data/ports.ts";
import { refusalOf } from "../../data/problems.ts";
import { useChange } from "../../data/resources.ts";
import { useMay } from "../../session/may.ts";
import { download } from "../../template/download.ts";
import { FieldGroup } from "../../template/field-group.tsx";
import { GuardedButton } from "../../template/guarded-button.tsx";
import { PageTitle } from "../../template/page-title.tsx";
import { PlainTable } from "../../template/plain-table.tsx";
import { type Status, StatusArea } from "../../template/status-area.tsx";
import { TextOrFile } from "../../template/text-or-file.tsx";
import { fill, texts } from "../../texts/texts.ts";
import { randomPassword } from "./random-password.ts";

const own = texts.importUsers;
/** More than anybody reads at once. */
const SHOWN_PROBLEMS = 50;

/** A password that was made here, and is shown this once. */
type Made = Pick<UserInput, "jid" | "password">;

/** User Management > Import Users: all of a CSV file, or none. */
export default function ImportUsers(): ReactNode {
  const api = useApi();
  const ports = usePorts();
  const may = useMay("administrator");
  const [csv, setCsv] = useState("");
  const [status, setStatus] = useState<Status>({ kind: "idle" });
  const [made, setMade] = useState<readonly Made[]>([]);
  const importIt = useChange(async () => {
    setMade([]);
    try {
      const { count, passwords } = await importCsv(api, csv, ports);
      setStatus({ kind: "done", text: fill(own.imported, { count }) });
      setMade(passwords);
      setCsv("");
    } catch (error) {
      setStatus({ kind: "refused", reasons: reasonsOf(error) });
    }
  });
  return (
    <>
      <PageTitle>{own.title}</PageTitle>
      <StatusArea status={status} />
      <FieldGroup legend={own.group}>
        <Text size="sm">
          {own.columns} <Code>{userCsvColumns.join(",")}</Code>
        </Text>
        <TextOrFile label={own.csv} description={own.csvHelp} accept=".csv,text/csv" value={csv} onChange={setCsv} />
        <Group>
          <GuardedButton may={may} loading={importIt.isPending} onClick={() => importIt.mutate(undefined)}>
            {own.importButton}
          </GuardedButton>
        </Group>
      </FieldGroup>
      {made.length > 0 && <Passwords made={made} />}
    </>
  );
}

function Passwords({ made }: { readonly made: readonly Made[] }): ReactNode {
  const file = ["jid,password", ...made.map(({ jid, password }) => `${jid},${password}`), ""].join("\n");
  return (
    <>
      <PlainTable
        title={own.passwords}
        items={made}
        keyOf={({ jid }) => jid}
        columns={[
          { label: texts.users.jid, cell: ({ jid }) => jid },
          { label: texts.users.password, cell: ({ password }) => <Code>{password}</Code> },
        ]}
      />
      <Group mt="sm">
        <GuardedButton may={{ kind: "yes" }} variant="default" onClick={() => download("passwords.csv", file)}>
          {own.downloadPasswords}
        </GuardedButton>
      </Group>
    </>
  );
}

/** Who has no password in the file gets one. What is wrong is told by the lines of the file. */
async function importCsv(api: AdminClient, text: string, ports: Ports) {
  const csv = readUserCsv(text);
  if (csv.kind === "problems") throw refused(csv.problems);
  const users = csv.users.map(({ input }) => ({ ...input, password: input.password ?? randomPassword(ports) }));
  const lines = csv.users.map(({ line }) => line);
  try {
    await api.ask("POST", userImportPath, { users });
  } catch (error) {
    if (!(error instanceof RefusedError) || error.problem.errors === undefined) throw error;
    throw refused(error.problem.errors.map(({ path, message }) => ({ path: lineOfPath(path, lines), message })));
  }
  return { count: users.length, passwords: users.filter((_, at) => csv.users[at]?.input.password === undefined) };
}

function refused(errors: readonly FieldProblem[]): RefusedError {
  return new RefusedError({ type: "invalid-input", title: own.refused, status: 400, errors: [...errors] });
}

function reasonsOf(error: unknown): readonly string[] {
  const { general } = refusalOf(error, []);
  const more = general.length - SHOWN_PROBLEMS;
  const shown = general.slice(0, SHOWN_PROBLEMS);
  return [own.nothingImported, ...shown, ...(more > 0 ? [fill(own.more, { count: more })] : [])];
}
