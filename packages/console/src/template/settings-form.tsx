import { Button, Group } from "@mantine/core";
import { type UseFormReturnType, useForm } from "@mantine/form";
import { type ReactNode, useState } from "react";
import { useMay } from "../session/may.ts";
import { texts } from "../texts/texts.ts";
import { GuardedButton } from "./guarded-button.tsx";
import { GuardedForm } from "./guarded-form.tsx";
import { PageTitle } from "./page-title.tsx";
import { type Status, StatusArea } from "./status-area.tsx";
import classes from "./template.module.css";
import { useSave } from "./use-save.ts";
import { valuesOf } from "./values-of.ts";

interface Props<Values extends object> {
  readonly title: string;
  /** What is in force; the form has these fields. */
  readonly stored: Values;
  /** Given what was changed; resolves with what is in force then. */
  readonly save: (changed: Partial<Values>) => Promise<object>;
  /** Above the form: which settings these are. */
  readonly head?: ReactNode;
  readonly fields: (form: UseFormReturnType<Values>) => ReactNode;
  readonly actions?: (form: UseFormReturnType<Values>) => ReactNode;
}

/** A form for settings of which there is one set: Save and Reset. Give it a `key` that changes with the set. */
export function SettingsForm<Values extends object>({
  title,
  stored,
  save,
  head,
  fields,
  actions,
}: Props<Values>): ReactNode {
  const [status, setStatus] = useState<Status>({ kind: "idle" });
  const may = useMay("administrator");
  const form = useForm<Values>({ initialValues: stored });
  const submit = useSave({
    form,
    report: setStatus,
    save: () => save(changedValues(form)),
    done: () => texts.template.savedSettings,
  });
  const onSubmit = async () => {
    const saved = await submit();
    if (saved === undefined) return;
    form.setInitialValues(valuesOf(saved, stored));
    form.setValues(valuesOf(saved, stored));
  };
  return (
    <>
      <PageTitle>{title}</PageTitle>
      <StatusArea status={status} />
      {head}
      <GuardedForm may={may} onSubmit={onSubmit}>
        <div className={classes.bare}>{fields(form)}</div>
        <Group mt="md" gap="xs">
          <GuardedButton may={may} type="submit">
            {texts.template.save}
          </GuardedButton>
          <Button variant="default" onClick={() => form.reset()}>
            {texts.template.reset}
          </Button>
          {actions?.(form)}
        </Group>
      </GuardedForm>
    </>
  );
}

/** What is not named stays: two who change different things do not undo each other's. */
function changedValues<Values extends object>(form: UseFormReturnType<Values>): Partial<Values> {
  return Object.fromEntries(Object.entries(form.values).filter(([name]) => form.isDirty(name))) as Partial<Values>;
}
