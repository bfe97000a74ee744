import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { PageTitle } from "../template/page-title.tsx";
import { texts } from "../texts/texts.ts";

/** For an address that no page answers to. */
export function NoSuchPage(): ReactNode {
  return (
    <>
      <PageTitle>{texts.shell.noSuchPage}</PageTitle>
      <Text>{texts.shell.noSuchPageAdvice}</Text>
    </>
  );
}
