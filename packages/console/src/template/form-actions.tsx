import type { Resource } from "@interpres/admin-api";
import { Button, Group, NativeSelect } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useApi } from "../data/api.tsx";
import { messageOf } from "../data/problems.ts";
import { useChange } from "../data/resources.ts";
import { type May, useMay } from "../session/may.ts";
import { fill, texts } from "../texts/texts.ts";
import { Confirm } from "./confirm.tsx";
import { keepFind } from "./find-in-url.ts";
import { GuardedButton } from "./guarded-button.tsx";
import { newPath } from "./item-path.ts";
import type { Status } from "./status-area.tsx";

interface Props<Item, Input> {
  readonly resource: Resource<Item, Input>;
  /** Of the page with the list. */
  readonly path: string;
  /** Undefined for a new one. */
  readonly item: { readonly key: string; readonly name: string } | undefined;
  readonly members: "predefined" | undefined;
  /** Whether this item may be changed. */
  readonly may: May;
  readonly reset: () => void;
  readonly report: (status: Status) => void;
}

/** Save, Delete, Copy, Reset, Add New, and the way back. */
export function FormActions<Item, Input>(props: Props<Item, Input>): ReactNode {
  const { item, members, may, reset, path, report } = props;
  const navigate = useNavigate();
  const role = useMay("administrator");
  const goTo = (copied: object) => {
    report({ kind: "idle" });
    void navigate({ to: newPath(path), search: (before: object) => ({ ...keepFind(before), ...copied }) });
  };
  return (
    <Group mt="md" gap="xs">
      <GuardedButton may={may} type="submit">
        {texts.template.save}
      </GuardedButton>
      {item !== undefined && members !== "predefined" && (
        <>
          <DeleteButton {...props} item={item} />
          <GuardedButton may={role} variant="default" onClick={() => goTo({ copy: item.key })}>
            {texts.template.copy}
          </GuardedButton>
        </>
      )}
      <Button variant="default" onClick={reset}>
        {texts.template.reset}
      </Button>
      {item !== undefined && members !== "predefined" && (
        <GuardedButton may={role} variant="default" onClick={() => goTo({})}>
          {texts.template.addNew}
        </GuardedButton>
      )}
      <BackToList path={path} />
    </Group>
  );
}

interface DeleteProps<Item, Input> extends Props<Item, Input> {
  readonly item: { readonly key: string; readonly name: string };
}

function DeleteButton<Item, Input>({ item, may, resource, path, report }: DeleteProps<Item, Input>): ReactNode {
  const api = useApi();
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const { mutate: remove } = useChange(async () => {
    setAsking(false);
    try {
      await api.remove(resource, item.key);
      await navigate({ to: path, search: keepFind });
    } catch (error) {
      report({ kind: "refused", reasons: [messageOf(error)] });
    }
  });
  return (
    <>
      <GuardedButton may={may} variant="default" onClick={() => setAsking(true)}>
        {texts.template.delete}
      </GuardedButton>
      <Confirm
        title={texts.template.delete}
        question={isAsking ? fill(texts.template.confirmDelete, { names: item.name }) : undefined}
        onConfirm={() => remove(undefined)}
        onCancel={() => setAsking(false)}
      />
    </>
  );
}

/** The book's "Related Links". */
export function BackToList({ path }: { readonly path: string }): ReactNode {
  const navigate = useNavigate();
  return (
    <Group gap="xs" ml="auto">
      <NativeSelect aria-label={texts.template.relatedLinks} data={[texts.template.backToList]} />
      <Button variant="default" onClick={() => void navigate({ to: path, search: keepFind })}>
        {texts.shell.go}
      </Button>
    </Group>
  );
}
