import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { createContext, type ReactNode, useContext } from "react";
import { texts } from "../texts/texts.ts";

/** Which page shows a resource of the API: its path in the console, undefined where none does. */
export type PageOfResource = (apiPath: string) => string | undefined;

const PagesContext = createContext<PageOfResource>(() => undefined);
export const PagesOfResources = PagesContext.Provider;

interface Props {
  readonly link: string | null;
  readonly label?: string;
}

/** The way from a notice to the page of what it speaks of; nothing where no page shows that. */
export function NoticeLink({ link, label = texts.notifications.show }: Props): ReactNode {
  const pageOf = useContext(PagesContext);
  const page = link === null ? undefined : pageOf(link);
  if (page === undefined) return null;
  return (
    <Anchor component={Link} to={page} size="sm">
      {label}
    </Anchor>
  );
}
