import { type ReactNode, useState } from "react";
import classes from "./template.module.css";
import { visibleRows } from "./visible-rows.ts";

/** As in the style sheet. */
const ROW_HEIGHT = 36;

interface Props<Item> {
  /** What screen readers call it. */
  readonly label: string;
  readonly items: readonly Item[];
  readonly keyOf: (item: Item) => string;
  /** `width`: as in CSS, `40%` or `8rem`. */
  readonly columns: readonly {
    readonly label: string;
    readonly width: string;
    readonly cell: (item: Item) => ReactNode;
  }[];
  /** Pixels. */
  readonly height: number;
}

/** A table of any length that draws only what is seen. */
export function VirtualTable<Item>({ label, items, keyOf, columns, height }: Props<Item>): ReactNode {
  const [scrollTop, setScrollTop] = useState(0);
  const { first, last } = visibleRows({ scrollTop, height, rowHeight: ROW_HEIGHT, count: items.length });
  return (
    <section
      aria-label={label}
      className={classes.virtual}
      style={{ maxHeight: height }}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls by keyboard
      tabIndex={0}
      onScroll={({ currentTarget }) => setScrollTop(currentTarget.scrollTop)}
    >
      <table aria-rowcount={items.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <th key={column.label} scope="col" style={{ width: column.width }}>
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Gap height={first * ROW_HEIGHT} />
          {items.slice(first, last).map((item, at) => (
            <tr key={keyOf(item)} aria-rowindex={first + at + 2}>
              {columns.map((column) => (
                <td key={column.label}>{column.cell(item)}</td>
              ))}
            </tr>
          ))}
          <Gap height={(items.length - last) * ROW_HEIGHT} />
        </tbody>
      </table>
    </section>
  );
}

/** Stands for the rows that are not drawn. */
function Gap({ height }: { readonly height: number }): ReactNode {
  return height > 0 && <tr style={{ height }} />;
}
