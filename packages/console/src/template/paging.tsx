import type { Page, Query } from "@interpres/admin-api";
import { Button, Group, NativeSelect, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { fill, texts } from "../texts/texts.ts";

const SIZES = ["25", "50", "100", "250"];

export interface PagingState {
  readonly query: Query;
  readonly size: string;
  /** The cursors of the pages before this one, the first page's being undefined. */
  readonly before: readonly (string | undefined)[];
  resize(size: string): void;
  next(cursor: string): void;
  back(): void;
}

const FIRST: readonly (string | undefined)[] = [undefined];

/**
 * Which page of a list is looked at; the API pages forward only, so the way back is remembered. `of`: what the list is searched for;
 * where that changes, its first page is.
 */
export function usePaging(of = ""): PagingState {
  const [size, setSize] = useState("50");
  const [way, setWay] = useState({ of, cursors: FIRST });
  const cursors = way.of === of ? way.cursors : FIRST;
  const setCursors = (wanted: typeof FIRST) => setWay({ of, cursors: wanted });
  const cursor = cursors.at(-1);
  return {
    query: cursor === undefined ? { limit: size } : { limit: size, cursor },
    size,
    before: cursors.slice(0, -1),
    resize: (wanted) => {
      setSize(wanted);
      setCursors(FIRST);
    },
    next: (to) => setCursors([...cursors, to]),
    back: () => setCursors(cursors.slice(0, -1)),
  };
}

interface Props {
  readonly paging: PagingState;
  readonly page: Page<unknown> | undefined;
}

/** Records found, rows per page, and the way through the pages. */
export function Paging({ paging, page }: Props): ReactNode {
  const next = page?.nextCursor ?? undefined;
  const first = paging.before.length * Number(paging.size) + 1;
  const last = first - 1 + (page?.items.length ?? 0);
  return (
    <Group mt="sm" gap="sm">
      <Text size="sm">
        {page !== undefined &&
          page.items.length > 0 &&
          fill(texts.template.records, { first, last, total: page.total ?? last })}
      </Text>
      <NativeSelect
        aria-label={texts.template.rowsPerPage}
        size="xs"
        data={SIZES.map((size) => ({ value: size, label: fill(texts.template.rows, { size }) }))}
        value={paging.size}
        onChange={({ currentTarget }) => paging.resize(currentTarget.value)}
      />
      {paging.before.length > 0 && (
        <Button size="xs" variant="default" onClick={paging.back}>
          {texts.template.previous}
        </Button>
      )}
      {next !== undefined && (
        <Button size="xs" variant="default" onClick={() => paging.next(next)}>
          {texts.template.next}
        </Button>
      )}
    </Group>
  );
}
