import type { AuditRecord } from "@interpres/admin-api";
import { Table } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "../../template/template.module.css";
import { fill, texts } from "../../texts/texts.ts";
import { sideBySide } from "./side-by-side.ts";

const own = texts.audit;

/** What was changed by one record: opened, each field with its old and its new value; what remained is left away. */
export function AuditValues({ record }: { readonly record: AuditRecord }): ReactNode {
  const fields = sideBySide(record.before, record.after).filter(({ before, after }) => before !== after);
  if (fields.length === 0) return own.nothing;
  return (
    <details>
      <summary>{fill(own.fields, { count: fields.length })}</summary>
      <Table aria-label={record.resource} withTableBorder>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{own.field}</Table.Th>
            <Table.Th>{own.before}</Table.Th>
            <Table.Th>{own.after}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {fields.map(({ path, before, after }) => (
            <Table.Tr key={path}>
              <Table.Td>{path}</Table.Td>
              <Table.Td className={classes.code}>{before ?? texts.template.none}</Table.Td>
              <Table.Td className={classes.code}>{after ?? texts.template.none}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </details>
  );
}
