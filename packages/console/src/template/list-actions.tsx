import type { Resource } from "@interpres/admin-api";
import { Button, Group } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useApi } from "../data/api.tsx";
import { messageOf } from "../data/problems.ts";
import { useChange } from "../data/resources.ts";
import { useMay } from "../session/may.ts";
import { fill, texts } from "../texts/texts.ts";
import { Confirm } from "./confirm.tsx";
import { keepFind } from "./find-in-url.ts";
import { GuardedButton } from "./guarded-button.tsx";
import { newPath } from "./item-path.ts";
import type { Status } from "./status-area.tsx";

/** An item whose checkbox is set. */
export interface ChosenItem {
  readonly key: string;
  readonly name: string;
}

interface Props<Item, Input> {
  readonly resource: Resource<Item, Input>;
  /** Of the page with the list. */
  readonly path: string;
  readonly selectable: readonly string[];
  readonly chosen: readonly ChosenItem[];
  readonly choose: (keys: readonly string[]) => void;
  readonly report: (status: Status) => void;
}

/** Add New, Select All, Clear All, Delete Selected. */
export function ListActions<Item, Input>(props: Props<Item, Input>): ReactNode {
  const { path, selectable, chosen, choose } = props;
  const may = useMay("administrator");
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const remove = useRemoval(props);
  const names = chosen.map(({ name }) => name).join(", ");
  return (
    <Group mt="md" gap="xs">
      <GuardedButton may={may} onClick={() => void navigate({ to: newPath(path), search: keepFind })}>
        {texts.template.addNew}
      </GuardedButton>
      <Button variant="default" onClick={() => choose(selectable)}>
        {texts.template.selectAll}
      </Button>
      <Button variant="default" onClick={() => choose([])}>
        {texts.template.clearAll}
      </Button>
      <GuardedButton
        may={chosen.length === 0 ? { kind: "no", reason: texts.template.nothingSelected } : may}
        variant="default"
        onClick={() => setAsking(true)}
      >
        {texts.template.deleteSelected}
      </GuardedButton>
      <Confirm
        title={texts.template.deleteSelected}
        question={isAsking ? fill(texts.template.confirmDelete, { names }) : undefined}
        onConfirm={() => {
          setAsking(false);
          remove();
        }}
        onCancel={() => setAsking(false)}
      />
    </Group>
  );
}

/** Deletes one after the other: what is refused does not keep the others. */
function useRemoval<Item, Input>({ resource, chosen, choose, report }: Props<Item, Input>): () => void {
  const api = useApi();
  const { mutate } = useChange(async (items: readonly ChosenItem[]) => {
    const reasons: string[] = [];
    for (const { key, name } of items)
      await api.remove(resource, key).catch((error: unknown) => reasons.push(`${name}: ${messageOf(error)}`));
    choose([]);
    if (reasons.length > 0) report({ kind: "refused", reasons });
    else report({ kind: "done", text: fill(texts.template.deleted, { count: items.length }) });
  });
  return () => mutate(chosen);
}
