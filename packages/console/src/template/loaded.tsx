import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { messageOf } from "../data/problems.ts";
import { texts } from "../texts/texts.ts";
import { PageTitle } from "./page-title.tsx";
import { StatusArea } from "./status-area.tsx";

interface Props<Answer> {
  readonly title: string;
  readonly query: UseQueryResult<Answer>;
  readonly children: (answer: Answer) => ReactNode;
}

/** A page that cannot begin before the node has answered: until then it says so, or why not. */
export function Loaded<Answer>({ title, query, children }: Props<Answer>): ReactNode {
  if (query.data !== undefined) return children(query.data);
  return (
    <>
      <PageTitle>{title}</PageTitle>
      <StatusArea
        status={
          query.error === null
            ? { kind: "idle", text: texts.template.loading }
            : { kind: "refused", reasons: [messageOf(query.error)] }
        }
      />
    </>
  );
}
