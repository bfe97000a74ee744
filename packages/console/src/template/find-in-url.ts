import { type FindOperator, findOperators } from "@interpres/admin-api";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";

/** What a list is searched for. */
export interface Find {
  readonly field: string;
  readonly operator: FindOperator;
  readonly text: string;
}

/** `field:operator:text` of the API. */
export function findText({ field, operator, text }: Find): string {
  return `${field}:${operator}:${text}`;
}

/** Undefined where it is not what `findText` writes. */
export function parseFind(written: string): Find | undefined {
  const [, field = "", operator = "", text = ""] = /^([^:]+):([^:]+):(.*)$/.exec(written) ?? [];
  const known = findOperators.find((each) => each === operator);
  return known === undefined ? undefined : { field, operator: known, text };
}

/** What the URL says is searched for: it stays when one goes to a form and back, and can be sent to somebody. Nothing finds all. */
export function useFind(): readonly [find: Find | undefined, setFind: (find: Find | undefined) => void] {
  const { find } = useSearch({ strict: false }) as { readonly find?: unknown };
  const navigate = useNavigate();
  return [
    useMemo(() => (find === undefined ? undefined : parseFind(String(find))), [find]),
    (wanted) => void navigate({ to: ".", search: wanted === undefined ? {} : { find: findText(wanted) } }),
  ];
}

/** Of a way to a form or back from it: takes along what the list is searched for. */
export function keepFind({ find }: { readonly find?: unknown }): { readonly find?: unknown } {
  return find === undefined ? {} : { find };
}
