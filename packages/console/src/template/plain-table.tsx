import { Table, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { texts } from "../texts/texts.ts";
import type { Column } from "./list-row.tsx";
import classes from "./template.module.css";

interface Props<Item> {
  readonly title: string;
  readonly items: readonly Item[];
  readonly keyOf: (item: Item) => string;
  readonly columns: readonly Column<Item>[];
}

/** A short table under a heading, all of it. */
export function PlainTable<Item>({ title, items, keyOf, columns }: Props<Item>): ReactNode {
  return (
    <section aria-label={title} className={classes.plain}>
      <Title order={2} size="h4" mt="lg" mb="xs">
        {title}
      </Title>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls by keyboard */}
      <div className={`${classes.scroller} ${classes.cards}`} tabIndex={0}>
        <Table aria-label={title} verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              {columns.map((column) => (
                <Table.Th key={column.label}>{column.label}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((item) => (
              <Table.Tr key={keyOf(item)}>
                {columns.map((column) => (
                  <Table.Td key={column.label} data-label={column.label}>
                    {column.cell(item)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        {items.length === 0 && <p className={classes.empty}>{texts.template.noRecords}</p>}
      </div>
    </section>
  );
}
