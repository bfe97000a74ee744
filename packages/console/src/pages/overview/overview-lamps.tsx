import { sipFederatedDomains } from "@interpres/admin-api";
import { Anchor, Table, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useAll } from "../../data/resources.ts";
import { editPath } from "../../template/item-path.ts";
import { texts } from "../../texts/texts.ts";
import { LampCells, lampHeads } from "./lamps.tsx";
import classes from "./overview.module.css";

const own = texts.overview;
const DOMAINS = "/administration/presence/inter-domain-federation/sip-federation";

/** Four lamps for each federated domain. */
export function DomainLamps(): ReactNode {
  const domains = useAll(sipFederatedDomains);
  if (domains.data === undefined) return null;
  if (domains.data.length === 0)
    return (
      <Text mb="lg">
        {own.noDomains}{" "}
        <Anchor component={Link} to={`${DOMAINS}/new`}>
          {own.addDomain}
        </Anchor>
      </Text>
    );
  return (
    <div className={classes.lamps}>
      <Table verticalSpacing="xs" aria-label={own.lamps}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{own.domain}</Table.Th>
            {lampHeads.map(({ name, label }) => (
              <Table.Th key={name}>{label}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {domains.data.map(({ domain, description }) => (
            <Table.Tr key={domain}>
              <Table.Td>
                <Anchor component={Link} to={editPath(DOMAINS, domain)}>
                  {domain}
                </Anchor>
                <Text size="xs" c="dimmed">
                  {description}
                </Text>
              </Table.Td>
              <LampCells domain={domain} />
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
