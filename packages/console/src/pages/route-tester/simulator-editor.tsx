import { type ConfigImported, policyApplyPath } from "@interpres/admin-api";
import { Button, Group, NativeSelect, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useApi } from "../../data/api.tsx";
import { useMay } from "../../session/may.ts";
import { Confirm } from "../../template/confirm.tsx";
import { FieldGroup } from "../../template/field-group.tsx";
import { GuardedButton } from "../../template/guarded-button.tsx";
import { type Status, StatusArea } from "../../template/status-area.tsx";
import { useSave } from "../../template/use-save.ts";
import { fill, texts } from "../../texts/texts.ts";
import { type ChangeKind, changeKinds, type DraftControl, type Drafted } from "./simulator-draft.ts";
import { ChangeForm } from "./simulator-forms.tsx";

const own = texts.routeTester.draft;
const KINDS = [
  { value: "", label: own.chooseKind },
  ...changeKinds.map((value) => ({ value, label: own.kinds[value] })),
];

interface Props {
  readonly draft: DraftControl;
  readonly status: Status | undefined;
  readonly onReport: (status: Status) => void;
}

/** The draft: what is in it, what else may go into it, and what becomes of it. */
export function DraftEditor({ draft, status, onReport }: Props): ReactNode {
  const [kind, setKind] = useState<ChangeKind>();
  return (
    <section aria-label={own.title}>
      <FieldGroup legend={own.title} width="full">
        <StatusArea status={status ?? { kind: "idle", text: own.help }} />
        <Entries draft={draft} onReport={onReport} />
        <NativeSelect
          label={own.what}
          data={KINDS}
          value={kind ?? ""}
          onChange={({ currentTarget }) => setKind(changeKinds.find((each) => each === currentTarget.value))}
          mb="sm"
        />
        {kind !== undefined && (
          <ChangeForm key={kind} kind={kind} draft={draft} onReport={onReport} onAdded={() => setKind(undefined)} />
        )}
        <Orders draft={draft} onReport={onReport} />
      </FieldGroup>
    </section>
  );
}

/** A change in words. */
function draftedText({ kind, what }: Drafted): string {
  return fill(own.texts[kind], { what });
}

function Entries({ draft, onReport }: Omit<Props, "status">): ReactNode {
  if (draft.entries.length === 0) return <Text mb="sm">{own.empty}</Text>;
  return (
    <ul aria-label={own.entries}>
      {draft.entries.map((entry, index) => (
        <li key={JSON.stringify(entry.change)}>
          {draftedText(entry)}{" "}
          <Button
            size="compact-xs"
            variant="default"
            aria-label={fill(own.removeThis, { what: entry.what })}
            onClick={() => {
              onReport({ kind: "idle", text: own.help });
              void draft.remove(index);
            }}
          >
            {own.remove}
          </Button>
        </li>
      ))}
    </ul>
  );
}

function Orders({ draft, onReport }: Omit<Props, "status">): ReactNode {
  const api = useApi();
  const may = useMay("administrator");
  const [asked, ask] = useState<"apply" | "discard">();
  const count = draft.entries.length;
  const save = useSave({
    form: { values: {}, setErrors: () => undefined },
    report: onReport,
    save: () => api.ask("POST", policyApplyPath, draft.draft) as Promise<ConfigImported>,
    done: ({ applied, version }) => (applied ? fill(own.applied, { version }) : own.unchanged),
  });
  const confirmed = async () => {
    ask(undefined);
    if (asked === "discard") onReport({ kind: "done", text: own.discarded });
    if (asked === "discard" || (await save()) !== undefined) draft.discard();
  };
  const nothing = { kind: "no", reason: own.nothing } as const;
  const question = { apply: own.applyQuestion, discard: own.discardQuestion };
  return (
    <Group gap="xs" mt="md">
      <GuardedButton may={count === 0 ? nothing : may} onClick={() => ask("apply")}>
        {own.apply}
      </GuardedButton>
      <GuardedButton may={count === 0 ? nothing : { kind: "yes" }} variant="default" onClick={() => ask("discard")}>
        {own.discard}
      </GuardedButton>
      <Confirm
        title={own.title}
        question={asked && fill(question[asked], { count })}
        onConfirm={() => void confirmed()}
        onCancel={() => ask(undefined)}
      >
        <ul>
          {draft.entries.map((entry) => (
            <li key={JSON.stringify(entry.change)}>{draftedText(entry)}</li>
          ))}
        </ul>
      </Confirm>
    </Group>
  );
}
