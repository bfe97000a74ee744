import { Table } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./template.module.css";

interface Props {
  /** What screen readers call it. */
  readonly label: string;
  readonly rows: readonly (readonly [label: string, value: ReactNode])[];
}

/** What is known of one thing, line by line. */
export function FactsTable({ label, rows }: Props): ReactNode {
  return (
    <Table aria-label={label} variant="vertical" layout="fixed" withTableBorder className={classes.facts ?? ""}>
      <Table.Tbody>
        {rows.map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Th className={classes.factName}>{name}</Table.Th>
            <Table.Td>{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
