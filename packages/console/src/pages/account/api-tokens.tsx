import { type ApiToken, type ApiTokenInput, apiTokens, type NewApiToken, roles } from "@interpres/admin-api";
import { Alert, Code, Group, NativeSelect, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { type ReactNode, useState } from "react";
import { useApi } from "../../data/api.tsx";
import { messageOf } from "../../data/problems.ts";
import { useAll, useChange } from "../../data/resources.ts";
import { useMay } from "../../session/may.ts";
import { Confirm } from "../../template/confirm.tsx";
import { FieldGroup } from "../../template/field-group.tsx";
import { GuardedButton } from "../../template/guarded-button.tsx";
import { GuardedForm } from "../../template/guarded-form.tsx";
import { momentText } from "../../template/moment.ts";
import { PageTitle } from "../../template/page-title.tsx";
import { PlainTable } from "../../template/plain-table.tsx";
import { type Status, StatusArea } from "../../template/status-area.tsx";
import { useSave } from "../../template/use-save.ts";
import { fill, texts } from "../../texts/texts.ts";

const own = texts.apiTokens;
const BLANK: ApiTokenInput = { name: "", role: "auditor" };

/** Access > API Tokens: secrets for programs, each shown once. */
export default function ApiTokens(): ReactNode {
  const api = useApi();
  const may = useMay("administrator");
  const [status, setStatus] = useState<Status>({ kind: "idle" });
  const [made, setMade] = useState<NewApiToken>();
  const form = useForm<ApiTokenInput>({ initialValues: BLANK });
  const create = useSave({
    form,
    report: setStatus,
    save: () => api.create(apiTokens, form.values) as Promise<NewApiToken>,
    done: ({ name }) => fill(texts.template.added, { name }),
  });
  const submit = async () => {
    const token = await create();
    setMade(token);
    if (token !== undefined) form.reset();
  };
  return (
    <>
      <PageTitle>{own.title}</PageTitle>
      <StatusArea status={status} />
      {made !== undefined && (
        <Alert mb="md" title={fill(own.made, { name: made.name })}>
          {own.once} <Code>{made.token}</Code>
        </Alert>
      )}
      <GuardedForm may={may} onSubmit={submit}>
        <FieldGroup legend={own.group}>
          <TextInput
            label={own.name}
            description={own.nameHelp}
            required
            maxLength={64}
            {...form.getInputProps("name")}
          />
          <NativeSelect
            label={own.role}
            data={roles.map((value) => ({ value, label: texts.administrators.roles[value] }))}
            {...form.getInputProps("role")}
          />
          <Group>
            <GuardedButton may={may} type="submit">
              {own.create}
            </GuardedButton>
          </Group>
        </FieldGroup>
      </GuardedForm>
      <Tokens report={setStatus} />
    </>
  );
}

function Tokens({ report }: { readonly report: (status: Status) => void }): ReactNode {
  const api = useApi();
  const may = useMay("administrator");
  const tokens = useAll(apiTokens);
  const [asked, ask] = useState<ApiToken>();
  const remove = useChange(async ({ id, name }: ApiToken) => {
    try {
      await api.remove(apiTokens, id);
      report({ kind: "done", text: fill(own.ended, { name }) });
    } catch (error) {
      report({ kind: "refused", reasons: [messageOf(error)] });
    }
  });
  return (
    <>
      <PlainTable
        title={own.list}
        items={tokens.data ?? []}
        keyOf={({ id }) => id}
        columns={[
          { label: own.name, cell: ({ name }) => name },
          { label: own.role, cell: ({ role }) => texts.administrators.roles[role] },
          { label: own.createdBy, cell: ({ createdBy }) => createdBy },
          { label: own.createdAt, cell: ({ createdAt }) => momentText(createdAt) },
          {
            label: own.end,
            cell: (token) => (
              <GuardedButton may={may} size="xs" variant="default" onClick={() => ask(token)}>
                {fill(own.endNamed, { name: token.name })}
              </GuardedButton>
            ),
          },
        ]}
      />
      <Confirm
        title={own.end}
        question={asked === undefined ? undefined : fill(own.endQuestion, { name: asked.name })}
        onCancel={() => ask(undefined)}
        onConfirm={() => {
          if (asked !== undefined) remove.mutate(asked);
          ask(undefined);
        }}
      />
    </>
  );
}
