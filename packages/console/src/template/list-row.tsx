import { Checkbox, Table } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { fill, texts } from "../texts/texts.ts";
import { keepFind } from "./find-in-url.ts";
import { editPath } from "./item-path.ts";
import classes from "./template.module.css";

export interface Column<Item> {
  readonly label: string;
  readonly cell: (item: Item) => ReactNode;
}

interface Props<Item> {
  readonly item: Item;
  readonly itemKey: string;
  readonly name: string;
  /** Of the page with the list. */
  readonly path: string;
  readonly columns: readonly Column<Item>[];
  /** Undefined for an item that cannot be selected. */
  readonly selection: { readonly isChosen: boolean; readonly toggle: () => void } | undefined;
}

/** One item of a list; its first column leads to its form. */
export function ListRow<Item>({ item, itemKey, name, path, columns, selection }: Props<Item>): ReactNode {
  const [first, ...others] = columns;
  return (
    <Table.Tr>
      <Table.Td>
        {selection !== undefined && (
          <Checkbox
            aria-label={fill(texts.template.select, { name })}
            checked={selection.isChosen}
            onChange={selection.toggle}
          />
        )}
      </Table.Td>
      <Table.Td>
        <Link className={classes.link} to={editPath(path, itemKey)} search={keepFind}>
          {first?.cell(item)}
        </Link>
      </Table.Td>
      {others.map(({ label, cell }) => (
        <Table.Td key={label} data-label={label}>
          {cell(item)}
        </Table.Td>
      ))}
    </Table.Tr>
  );
}
