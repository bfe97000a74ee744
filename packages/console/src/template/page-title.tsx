import { Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { texts } from "../texts/texts.ts";

/** The heading of a page, and of its window. */
export function PageTitle({ children }: { readonly children: string }): ReactNode {
  useEffect(() => {
    document.title = `${children} - ${texts.product}`;
  }, [children]);
  return (
    <Title order={1} size="h2" mb="md">
      {children}
    </Title>
  );
}
