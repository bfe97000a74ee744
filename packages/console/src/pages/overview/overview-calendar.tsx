import type { CalendarEntry, Certificates } from "@interpres/admin-api";
import { Table } from "@mantine/core";
import type { ReactNode } from "react";
import { useAnswer } from "../../data/resources.ts";
import { dayOf } from "../../template/times.ts";
import { fill, texts } from "../../texts/texts.ts";
import { Panel } from "./overview-panel.tsx";

const own = texts.overview.calendar;
/** More are on the page of the certificates. */
const SHOWN = 8;

/** Which certificate ends when, the next one first. */
export function CertificateCalendar(): ReactNode {
  const { data } = useAnswer<Certificates>("/certificates");
  return (
    <Panel title={own.title}>
      <Table verticalSpacing={4}>
        <Table.Tbody>
          {data?.calendar.slice(0, SHOWN).map((entry) => (
            <Table.Tr key={`${entry.kind} ${entry.name} ${entry.fingerprint256}`}>
              <Table.Td>{entry.name}</Table.Td>
              <Table.Td>{own.kinds[entry.kind]}</Table.Td>
              <Table.Td title={dayOf(entry.notAfter)}>{untilWhen(entry)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Panel>
  );
}

function untilWhen({ daysLeft, notAfter }: CalendarEntry): string {
  if (daysLeft < 0) return fill(own.expired, { at: dayOf(notAfter) });
  return fill(own.daysLeft, { days: daysLeft, at: dayOf(notAfter) });
}
