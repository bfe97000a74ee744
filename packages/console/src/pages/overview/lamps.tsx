import { type FederationStatus, federationStatusPath, type Lamp, lampNames } from "@interpres/admin-api";
import { Table, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { usePorts } from "../../data/ports.ts";
import { useAnswer } from "../../data/resources.ts";
import { momentText } from "../../template/moment.ts";
import { shortTime } from "../../template/times.ts";
import { fill, texts } from "../../texts/texts.ts";
import classes from "./overview.module.css";

const own = texts.lamps;
const INTERVAL_MS = 10_000;

export const lampHeads = lampNames.map((name) => ({ name, label: own.names[name] }));

/** The lamps of one domain as cells of a row. */
export function LampCells({ domain }: { readonly domain: string }): ReactNode {
  const { data } = useAnswer<FederationStatus>(federationStatusPath(domain), { intervalMs: INTERVAL_MS });
  return lampHeads.map(({ name, label }) => (
    <Table.Td key={name} data-label={label}>
      {data !== undefined && <LampView lamp={data[name]} />}
    </Table.Td>
  ));
}

/** Colour, word, and when it last worked and last failed. */
export function LampView({ lamp }: { readonly lamp: Lamp }): ReactNode {
  const now = usePorts().now();
  const { state, lastSuccess, lastFailure } = lamp;
  return (
    <>
      <span className={classes.lamp} data-state={state}>
        {own.states[state]}
      </span>
      {lastSuccess !== null && (
        <Text size="xs" c="dimmed" title={momentText(lastSuccess.at)}>
          {fill(own.lastSuccess, { at: shortTime(lastSuccess.at, now) })}
        </Text>
      )}
      {lastFailure !== null && (
        <Text size="xs" c="dimmed" title={`${momentText(lastFailure.at)} ${lastFailure.detail}`}>
          {fill(own.lastFailure, {
            at: shortTime(lastFailure.at, now),
            status: lastFailure.status ?? "",
            rule: lastFailure.rule,
          })}
        </Text>
      )}
    </>
  );
}
