import { type FieldProblem, type NodeService, servicesOf, serviceTable } from "@interpres/admin-api";
import { Button, Group, Radio, Table, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useApi } from "../../data/api.tsx";
import { SettingsForm } from "../../template/settings-form.tsx";
import classes from "../../template/template.module.css";
import { fill, texts } from "../../texts/texts.ts";
import { StateBadge } from "./control-center-table.tsx";

const own = texts.serviceActivation;
/** Of a group of radio buttons. */
type Choice = "on" | "off";

interface Props {
  readonly node: string;
  readonly services: readonly NodeService[];
  readonly head: ReactNode;
}

/** Activated or Deactivated for each feature service; saved, it starts or stops. */
export function ActivationForm({ node, services, head }: Props): ReactNode {
  const api = useApi();
  const stored = choicesOf(services);
  const save = async (changed: Partial<Readonly<Record<string, Choice>>>) => {
    const warnings: FieldProblem[] = [];
    for (const [name, choice] of Object.entries(changed)) {
      const saved = await api.ask("PATCH", `${servicesOf(node).path}/${name}`, { activated: choice === "on" });
      warnings.push(...((saved as Switched).warnings ?? []));
    }
    return { ...stored, ...changed, warnings };
  };
  return (
    <SettingsForm
      title={own.title}
      stored={stored}
      save={save}
      head={head}
      actions={(form) => (
        <Button variant="default" onClick={() => form.setValues(atFirst(services))}>
          {texts.template.setToDefault}
        </Button>
      )}
      fields={(form) => (
        <div className={`${classes.scroller} ${classes.cards}`}>
          <Table verticalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{own.section}</Table.Th>
                <Table.Th>{own.activation}</Table.Th>
                <Table.Th>{own.status}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {services.map((service) => (
                <ServiceRow key={service.name} service={service} choice={form.getInputProps(service.name)} />
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
    />
  );
}

/** As on a fresh node. */
function atFirst(services: readonly NodeService[]): Readonly<Record<string, Choice>> {
  return Object.fromEntries(
    services.map(({ name }) => [name, serviceTable[name].atFirst === undefined ? "on" : "off"]),
  );
}

interface Switched {
  readonly warnings?: readonly FieldProblem[];
}

function choicesOf(services: readonly NodeService[]): Readonly<Record<string, Choice>> {
  return Object.fromEntries(services.map(({ name, activated }) => [name, activated ? "on" : "off"]));
}

function ServiceRow({ service, choice }: { readonly service: NodeService; readonly choice: object }): ReactNode {
  const { name, available, state } = service;
  return (
    <Table.Tr>
      <Table.Td>
        <Text size="sm">{name}</Text>
        <Text size="xs" c="dimmed">
          {serviceTable[name].knownAs.join(", ")}
        </Text>
      </Table.Td>
      <Table.Td data-label={own.activation}>
        <Radio.Group
          label={fill(own.activationOf, { name })}
          labelProps={{ className: classes.unseen ?? "" }}
          {...choice}
        >
          <Group gap="md">
            <Radio value="on" label={own.activated} disabled={!available} />
            <Radio value="off" label={own.deactivated} disabled={!available} />
          </Group>
        </Radio.Group>
        {!available && (
          <Text size="xs" c="dimmed">
            {own.notAvailable}
          </Text>
        )}
      </Table.Td>
      <Table.Td data-label={own.status}>
        <StateBadge state={state} />
      </Table.Td>
    </Table.Tr>
  );
}
