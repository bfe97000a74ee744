import { Box, Button, Checkbox, Group, SimpleGrid, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import type { ReactNode } from "react";
import { useMay } from "../../session/may.ts";
import { FieldGroup } from "../../template/field-group.tsx";
import classes from "../../template/template.module.css";
import { texts } from "../../texts/texts.ts";
import type { Asked } from "./ladder-feed.ts";

const own = texts.ladder;

interface Props {
  readonly asked: Asked;
  readonly onAsk: (asked: Asked) => void;
}

/** Whom to follow, and whether with what they say. */
export function LadderForm({ asked, onAsk }: Props): ReactNode {
  const mayRead = useMay("administrator");
  const form = useForm({ initialValues: { peer: asked.peer, user: asked.user, isShown: false } });
  return (
    <Box
      component="form"
      mb="md"
      noValidate
      onSubmit={form.onSubmit(({ peer, user, isShown }) =>
        onAsk({
          peer: peer.trim().toLowerCase(),
          user: user.trim().toLowerCase(),
          bodies: isShown ? "shown" : "masked",
        }),
      )}
    >
      <FieldGroup legend={own.group}>
        <SimpleGrid className={classes.pairs ?? ""} cols={{ base: 1, sm: 2 }}>
          <TextInput label={own.domain} description={own.domainHelp} maxLength={255} {...form.getInputProps("peer")} />
          <TextInput label={own.user} description={own.userHelp} maxLength={2047} {...form.getInputProps("user")} />
        </SimpleGrid>
        <Checkbox
          label={own.bodies}
          description={mayRead.kind === "yes" ? own.bodiesHelp : mayRead.reason}
          disabled={mayRead.kind === "no"}
          {...form.getInputProps("isShown", { type: "checkbox" })}
        />
        <Group>
          <Button type="submit">{own.follow}</Button>
        </Group>
      </FieldGroup>
    </Box>
  );
}
