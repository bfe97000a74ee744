import { auditActions } from "@interpres/admin-api";
import { Box, Button, Group, NativeSelect, SimpleGrid, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { type ReactNode, useEffect } from "react";
import { FieldGroup } from "../../template/field-group.tsx";
import { fieldMoment, momentOf } from "../../template/moment.ts";
import classes from "../../template/template.module.css";
import { texts } from "../../texts/texts.ts";

const own = texts.audit;
const actions = [{ value: "", label: own.anything }, ...auditActions];

/** What is looked for; empty where it does not matter. `since` and `until` in RFC 3339. */
export interface Wanted {
  readonly actor: string;
  readonly action: string;
  readonly resource: string;
  readonly since: string;
  readonly until: string;
}

const ANYTHING: Wanted = { actor: "", action: "", resource: "", since: "", until: "" };

interface Props {
  readonly wanted: Partial<Wanted>;
  readonly onFind: (wanted: Partial<Wanted>) => void;
}

/** By whom, what, of what, and when. */
export function AuditForm({ wanted, onFind }: Props): ReactNode {
  const form = useForm<Wanted>({ initialValues: typedFor(wanted) });
  const { setValues } = form;
  // The browser's ways back and forward change it too.
  useEffect(() => setValues(typedFor(wanted)), [wanted, setValues]);
  const find = ({ actor, action, resource, since, until }: Wanted) =>
    onFind({ actor: actor.trim(), action, resource: resource.trim(), since: momentOf(since), until: momentOf(until) });
  const clear = () => {
    setValues(ANYTHING);
    onFind({});
  };
  return (
    <search>
      <Box component="form" mb="md" noValidate onSubmit={form.onSubmit(find)}>
        <FieldGroup legend={own.findWhat}>
          <SimpleGrid className={classes.pairs ?? ""} cols={{ base: 1, sm: 3 }}>
            <TextInput label={own.actor} maxLength={255} {...form.getInputProps("actor")} />
            <NativeSelect label={own.action} data={actions} {...form.getInputProps("action")} />
            <TextInput
              label={own.resource}
              placeholder={own.resourceExample}
              maxLength={2047}
              {...form.getInputProps("resource")}
            />
            <TextInput label={own.since} type="datetime-local" {...form.getInputProps("since")} />
            <TextInput label={own.until} type="datetime-local" {...form.getInputProps("until")} />
          </SimpleGrid>
          <Group gap="xs">
            <Button type="submit">{texts.template.find}</Button>
            <Button variant="default" onClick={clear}>
              {texts.template.clearFilter}
            </Button>
          </Group>
        </FieldGroup>
      </Box>
    </search>
  );
}

/** As it stands in the fields. */
function typedFor(wanted: Partial<Wanted>): Wanted {
  const asked = { ...ANYTHING, ...wanted };
  return { ...asked, since: fieldMoment(asked.since), until: fieldMoment(asked.until) };
}
