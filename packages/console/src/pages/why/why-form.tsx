import { Box, Button, Group, NativeSelect, SimpleGrid, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { FieldGroup } from "../../template/field-group.tsx";
import { momentOf } from "../../template/moment.ts";
import classes from "../../template/template.module.css";
import { texts } from "../../texts/texts.ts";
import type { About, Asked } from "./why-answer.ts";

const own = texts.why;
const ABOUTS: readonly About[] = ["all", "im", "presence"];
const options = ABOUTS.map((value) => ({ value, label: own.abouts[value] }));

/** Asks whom, when and what it is about; a link may have said it already. */
export function WhyForm({ onAsk }: { readonly onAsk: (asked: Asked) => void }): ReactNode {
  const { user = "", contact = "" } = useSearch({ strict: false }) as Readonly<Record<string, unknown>>;
  const initialValues: Asked = { user: String(user), contact: String(contact), since: "", about: "all" };
  const form = useForm({ initialValues });
  return (
    <Box
      component="form"
      mb="md"
      noValidate
      onSubmit={form.onSubmit((typed) =>
        onAsk({
          ...typed,
          user: typed.user.trim().toLowerCase(),
          contact: typed.contact.trim().toLowerCase(),
          since: momentOf(typed.since),
        }),
      )}
    >
      <FieldGroup legend={own.group}>
        <SimpleGrid className={classes.pairs ?? ""} cols={{ base: 1, sm: 2 }}>
          <TextInput label={own.user} description={own.userHelp} maxLength={2047} {...form.getInputProps("user")} />
          <TextInput
            label={own.contact}
            description={own.contactHelp}
            maxLength={2047}
            {...form.getInputProps("contact")}
          />
          <TextInput
            label={own.since}
            description={own.sinceHelp}
            type="datetime-local"
            {...form.getInputProps("since")}
          />
          <NativeSelect label={own.about} description={own.aboutHelp} data={options} {...form.getInputProps("about")} />
        </SimpleGrid>
        <Group>
          <Button type="submit">{own.lookUp}</Button>
        </Group>
      </FieldGroup>
    </Box>
  );
}
