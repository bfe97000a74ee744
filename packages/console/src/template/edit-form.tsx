import type { Resource } from "@interpres/admin-api";
import { Text } from "@mantine/core";
import { type UseFormReturnType, useForm } from "@mantine/form";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useApi } from "../data/api.tsx";
import { messageOf } from "../data/problems.ts";
import { useItem } from "../data/resources.ts";
import { type May, useMay } from "../session/may.ts";
import { fill, texts } from "../texts/texts.ts";
import { keepFind } from "./find-in-url.ts";
import { BackToList, FormActions } from "./form-actions.tsx";
import { GuardedForm } from "./guarded-form.tsx";
import { editPath, type Shown } from "./item-path.ts";
import { PageTitle } from "./page-title.tsx";
import { type Status, StatusArea } from "./status-area.tsx";
import classes from "./template.module.css";
import { useSave } from "./use-save.ts";
import { valuesOf } from "./values-of.ts";

export interface EditFormProps<Item extends object, Input extends object> {
  readonly title: string;
  readonly resource: Resource<Item, Input>;
  /** Of the page with the list. */
  readonly path: string;
  readonly shown: Exclude<Shown, { readonly kind: "list" }>;
  readonly keyOf: (item: Item) => string;
  /** What people call it; its key by default. */
  readonly nameOf?: (item: Item) => string;
  /** What a form for a new item begins with, and which fields it has. */
  readonly blank: Input;
  /** What is sent of it; all of it by default. */
  readonly inputOf?: (values: Input, item: Item | undefined) => Input;
  readonly fields: (form: UseFormReturnType<Input>, item: Item | undefined) => ReactNode;
  /** Why this item cannot be changed or deleted; undefined where it can. */
  readonly keeps?: (item: Item) => string | undefined;
  /** Predefined: items are changed, and neither made nor deleted. */
  readonly members?: "predefined";
  /** What else there is to see of an item that exists. */
  readonly aside?: (item: Item) => ReactNode;
}

/** The book's form for one item: new, a copy, or one that exists. The node checks; what it refuses stands at the field. */
export function EditForm<Item extends object, Input extends object>(props: EditFormProps<Item, Input>): ReactNode {
  const { title, resource, shown, blank } = props;
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
      initial={data === undefined ? blank : valuesOf(data, blank)}
      status={status}
      setStatus={setStatus}
    />
  );
}

interface ItemFormProps<Item extends object, Input extends object> extends EditFormProps<Item, Input> {
  readonly item: Item | undefined;
  readonly initial: Input;
  readonly status: Status;
  readonly setStatus: (status: Status) => void;
}

function ItemForm<Item extends object, Input extends object>(props: ItemFormProps<Item, Input>): ReactNode {
  const { item, initial, status, setStatus, resource, path, keyOf, nameOf = keyOf, blank, keeps } = props;
  const api = useApi();
  const navigate = useNavigate();
  const form = useForm<Input>({ initialValues: initial });
  const reason = item === undefined ? undefined : keeps?.(item);
  const role = useMay("administrator");
  const may: May = reason === undefined ? role : { kind: "no", reason };
  const save = useSave({
    form,
    report: setStatus,
    save: () => {
      const values = props.inputOf?.(form.values, item) ?? form.values;
      return item === undefined ? api.create(resource, values) : api.replace(resource, keyOf(item), values);
    },
    done: (saved) => fill(item === undefined ? texts.template.added : texts.template.saved, { name: nameOf(saved) }),
  });
  const submit = async () => {
    const saved = await save();
    if (saved === undefined) return;
    form.setInitialValues(valuesOf(saved, blank));
    form.setValues(valuesOf(saved, blank));
    if (item === undefined || keyOf(saved) !== keyOf(item))
      await navigate({ to: editPath(path, keyOf(saved)), search: keepFind, replace: true });
  };
  return (
    <>
      <PageTitle>{props.title}</PageTitle>
      <StatusArea status={status.kind === "idle" && reason !== undefined ? { kind: "idle", text: reason } : status} />
      <GuardedForm may={may} onSubmit={submit}>
        <fieldset className={classes.bare} disabled={reason !== undefined}>
          {props.fields(form, item)}
        </fieldset>
        <Text size="sm" c="dimmed" mt="sm">
          {texts.template.required}
        </Text>
        <FormActions
          resource={resource}
          path={path}
          item={item === undefined ? undefined : { key: keyOf(item), name: nameOf(item) }}
          members={props.members}
          may={may}
          reset={() => form.reset()}
          report={setStatus}
        />
      </GuardedForm>
      {item !== undefined && props.aside?.(item)}
    </>
  );
}
