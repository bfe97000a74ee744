import { type NodeService, type ServiceState, serviceTable } from "@interpres/admin-api";
import { Badge, Radio, Table, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { durationText, momentText } from "../../template/moment.ts";
import classes from "../../template/template.module.css";
import { texts } from "../../texts/texts.ts";

const own = texts.controlCenter;
const COLORS: Readonly<Record<ServiceState, string>> = {
  stopped: "gray",
  starting: "blue",
  running: "green",
  degraded: "orange",
  stopping: "blue",
  failed: "red",
};

/** A radio button for each service, and how it stands. */
export function ServiceTable({ services }: { readonly services: readonly NodeService[] }): ReactNode {
  return (
    <div className={`${classes.scroller} ${classes.cards}`}>
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{own.section}</Table.Th>
            <Table.Th>{own.status}</Table.Th>
            <Table.Th>{own.activation}</Table.Th>
            <Table.Th>{own.startTime}</Table.Th>
            <Table.Th>{own.upTime}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {services.map((service) => (
            <ServiceRow key={service.name} service={service} />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function ServiceRow({ service }: { readonly service: NodeService }): ReactNode {
  const { name, state, startedAt, uptimeSeconds } = service;
  return (
    <Table.Tr>
      <Table.Td>
        <Radio value={name} label={name} disabled={!service.available} />
        <Text size="xs" c="dimmed" ml={32}>
          {serviceTable[name].knownAs.join(", ")}
        </Text>
      </Table.Td>
      <Table.Td data-label={own.status}>
        <StateBadge state={state} />
        {service.pendingRestart && (
          <Text size="xs" mt={4}>
            {own.pendingRestart}
          </Text>
        )}
      </Table.Td>
      <Table.Td data-label={own.activation}>
        {service.activated ? own.activated : service.available ? own.deactivated : own.notAvailable}
      </Table.Td>
      <Table.Td data-label={own.startTime}>{momentText(startedAt)}</Table.Td>
      <Table.Td data-label={own.upTime}>
        {uptimeSeconds === null ? texts.template.none : durationText(uptimeSeconds)}
      </Table.Td>
    </Table.Tr>
  );
}

/** Where a service stands, in words and by colour. */
export function StateBadge({ state }: { readonly state: ServiceState }): ReactNode {
  return (
    <Badge color={COLORS[state]} miw="max-content">
      {own.states[state]}
    </Badge>
  );
}
