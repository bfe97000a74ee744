import { Button, Group, NativeSelect, Text } from "@mantine/core";
import { type UseFormReturnType, useForm } from "@mantine/form";
import type { Resource } from "@interpres/admin-api";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useApi } from "../data/api.tsx";
import { messageOf } from "../data/problems.ts";
import { useChange, useItem } from "../data/resources.ts";
import { type May, useMay } from "../session/may.ts";
import { fill, texts } from "../texts/texts.ts";
import { Confirm } from "./confirm.tsx";
import { GuardedButton } from "./guarded-button.tsx";
import { editPath, newPath, type Shown } from "./item-path.ts";
import { PageTitle } from "./page-title.tsx";
import { type Status, StatusArea } from "./status-area.tsx";
import classes from "./template.module.css";
import { useSave } from "./use-save.ts";

export interface EditFormProps<Item, Input, Values extends object> {
  readonly title: string;
  readonly resource: Resource<Item, Input>;
  /** Of the page with the list. */
  readonly path: string;
  readonly shown: Exclude<Shown, { readonly kind: "list" }>;
  readonly keyOf: (item: Item) => string;
  /** What a form for a new item begins with. */
  readonly blank: Values;
  readonly valuesOf: (item: Item) => Values;
  readonly inputOf: (values: Values) => Input;
  readonly fields: (form: UseFormReturnType<Values>, item: Item | undefined) => ReactNode;
  /** Why this item cannot be changed or deleted; undefined where it can. */
  readonly keeps?: (item: Item) => string | undefined;
  /** What else there is to see of an item that exists. */
  readonly aside?: (item: Item) => ReactNode;
}

/** The book's form for one item: new, a copy, or one that exists. The node checks; what it refuses stands at the field. */
export function EditForm<Item, Input, Values extends object>(props: EditFormProps<Item, Input, Values>): ReactNode {
  const { title, resource, shown, blank, valuesOf } = props;
  const [status, setStatus] = useState<Status>({ kind: "idle" });
  const key = shown.kind === "edit" ? shown.key : shown.copyOf;
  const { data, error } = useItem(resource, key);
  if (key !== undefined && data === undefined)
    return (
      <>
        <PageTitle>{title}</PageTitle>
        <StatusArea
          status={
            error === null
              ? { kind: "idle", text: texts.template.loading }
              : { kind: "refused", reasons: [messageOf(error)] }
          }
        />
        <BackToList path={props.path} />
      </>
    );
  const item = shown.kind === "edit" ? data : undefined;
  return (
    <ItemForm
      key={`${shown.kind} ${key ?? ""}`}
      {...props}
      item={item}
      initial={data === undefined ? blank : valuesOf(data)}
      status={status}
      setStatus={setStatus}
    />
  );
}

interface ItemFormProps<Item, Input, Values extends object> extends EditFormProps<Item, Input, Values> {
  readonly item: Item | undefined;
  readonly initial: Values;
  readonly status: Status;
  readonly setStatus: (status: Status) => void;
}

function ItemForm<Item, Input, Values extends object>(props: ItemFormProps<Item, Input, Values>): ReactNode {
  const { item, initial, status, setStatus, resource, path, keyOf, valuesOf, inputOf, keeps } = props;
  const api = useApi();
  const navigate = useNavigate();
  const form = useForm<Values>({ initialValues: initial });
  const reason = item === undefined ? undefined : keeps?.(item);
  const role = useMay("administrator");
  const may: May = reason === undefined ? role : { kind: "no", reason };
  const save = useSave({
    form,
    report: setStatus,
    save: () => {
      const input = inputOf(form.values);
      return item === undefined ? api.create(resource, input) : api.replace(resource, keyOf(item), input);
    },
    done: (saved) => fill(item === undefined ? texts.template.added : texts.template.saved, { name: keyOf(saved) }),
  });
  const submit = async () => {
    const saved = await save();
    if (saved === undefined) return;
    form.setInitialValues(valuesOf(saved));
    form.setValues(valuesOf(saved));
    if (item === undefined || keyOf(saved) !== keyOf(item))
      await navigate({ to: editPath(path, keyOf(saved)), replace: true });
  };
  return (
    <>
      <PageTitle>{props.title}</PageTitle>
      <StatusArea status={status.kind === "idle" && reason !== undefined ? { kind: "idle", text: reason } : status} />
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (may.kind === "yes") void submit();
        }}
      >
        <fieldset className={classes.bare} disabled={reason !== undefined}>
          {props.fields(form, item)}
        </fieldset>
        <Text size="sm" c="dimmed" mt="sm">
          {texts.template.required}
        </Text>
        <Actions {...props} may={may} reset={() => form.reset()} />
      </form>
      {item !== undefined && props.aside?.(item)}
    </>
  );
}

interface ActionsProps<Item, Input, Values extends object> extends ItemFormProps<Item, Input, Values> {
  readonly may: May;
  readonly reset: () => void;
}

/** Save, Delete, Copy, Reset, Add New, and the way back. */
function Actions<Item, Input, Values extends object>({
  item,
  may,
  reset,
  resource,
  path,
  keyOf,
  setStatus,
}: ActionsProps<Item, Input, Values>): ReactNode {
  const api = useApi();
  const navigate = useNavigate();
  const role = useMay("administrator");
  const [isAsking, setAsking] = useState(false);
  const key = item === undefined ? "" : keyOf(item);
  const { mutate: remove } = useChange(async () => {
    setAsking(false);
    try {
      await api.remove(resource, key);
      await navigate({ to: path });
    } catch (error) {
      setStatus({ kind: "refused", reasons: [messageOf(error)] });
    }
  });
  const goTo = (to: string, search: object = {}) => {
    setStatus({ kind: "idle" });
    void navigate({ to, search });
  };
  return (
    <Group mt="md" gap="xs">
      <GuardedButton may={may} type="submit">
        {texts.template.save}
      </GuardedButton>
      {item !== undefined && (
        <>
          <GuardedButton may={may} variant="default" onClick={() => setAsking(true)}>
            {texts.template.delete}
          </GuardedButton>
          <GuardedButton may={role} variant="default" onClick={() => goTo(newPath(path), { copy: key })}>
            {texts.template.copy}
          </GuardedButton>
        </>
      )}
      <Button variant="default" onClick={reset}>
        {texts.template.reset}
      </Button>
      {item !== undefined && (
        <GuardedButton may={role} variant="default" onClick={() => goTo(newPath(path))}>
          {texts.template.addNew}
        </GuardedButton>
      )}
      <BackToList path={path} />
      <Confirm
        title={texts.template.delete}
        question={isAsking ? fill(texts.template.confirmDelete, { names: key }) : undefined}
        onConfirm={() => remove(undefined)}
        onCancel={() => setAsking(false)}
      />
    </Group>
  );
}

/** The book's "Related Links". */
function BackToList({ path }: { readonly path: string }): ReactNode {
  const navigate = useNavigate();
  return (
    <Group gap="xs" ml="auto">
      <NativeSelect aria-label={texts.template.relatedLinks} data={[texts.template.backToList]} />
      <Button variant="default" onClick={() => void navigate({ to: path })}>
        {texts.shell.go}
      </Button>
    </Group>
  );
}
