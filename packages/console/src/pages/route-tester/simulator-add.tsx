import { Group, NativeSelect } from "@mantine/core";
import { type ReactNode, useRef } from "react";
import { GuardedButton } from "../../template/guarded-button.tsx";
import type { Status } from "../../template/status-area.tsx";
import { useSave } from "../../template/use-save.ts";
import { fill, texts } from "../../texts/texts.ts";
import type { DraftControl, Drafted } from "./simulator-draft.ts";

const own = texts.routeTester.draft;
/** Who may draft: nothing is saved by it. */
export const EVERYBODY = { kind: "yes" } as const;

/** What each form for a change is given. */
export interface FormProps {
  readonly draft: DraftControl;
  readonly onReport: (status: Status) => void;
  readonly onAdded: () => void;
}

/** Puts what the form says into the draft; what the node has against it stands at the fields. */
export function useAdd({ draft, onReport, onAdded }: FormProps, form: Parameters<typeof useSave>[0]["form"]) {
  const given = useRef<Drafted>(undefined);
  const save = useSave({
    form,
    report: onReport,
    save: () => (given.current === undefined ? Promise.reject(new Error(own.choose)) : draft.add(given.current)),
    doing: own.checking,
    done: () => fill(own.added, { what: given.current?.what ?? "" }),
  });
  return (entry: Drafted | undefined) => {
    given.current = entry;
    void save().then((answer) => answer !== undefined && onAdded());
  };
}

/** Sends the form that it stands in. */
export function AddButton(): ReactNode {
  return (
    <Group mt="xs">
      <GuardedButton may={EVERYBODY} type="submit">
        {own.add}
      </GuardedButton>
    </Group>
  );
}

export interface ChoiceProps<Item> {
  readonly items: readonly Item[];
  readonly nameOf: (item: Item) => string;
  readonly value: string;
  readonly onChange: (id: string) => void;
}

/** Which of what there is. */
export function Choice<Item extends { readonly id: string }>({
  items,
  nameOf,
  value,
  onChange,
}: ChoiceProps<Item>): ReactNode {
  const first = { value: "", label: items.length === 0 ? own.none : own.choose };
  return (
    <NativeSelect
      label={own.which}
      data={[first, ...items.map((item) => ({ value: item.id, label: nameOf(item) }))]}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}
