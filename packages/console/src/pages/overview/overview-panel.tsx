import { Paper, Title } from "@mantine/core";
import { type ReactNode, useId } from "react";

/** One part of the overview, with its heading. */
export function Panel({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactNode {
  const id = useId();
  return (
    <Paper component="section" withBorder p="md" radius="md" aria-labelledby={id}>
      <Title order={2} size="h5" mb="sm" id={id}>
        {title}
      </Title>
      {children}
    </Paper>
  );
}
