import { type Subscription, subscriptions } from "@interpres/admin-api";
import type { ReactNode } from "react";
import { usePorts } from "../../data/ports.ts";
import { useAll } from "../../data/resources.ts";
import { AddressCell } from "../../template/addresses.tsx";
import { shortTime } from "../../template/times.ts";
import { VirtualTable } from "../../template/virtual-table.tsx";
import { fill, texts } from "../../texts/texts.ts";
import { Panel } from "./overview-panel.tsx";

const own = texts.overview.subscriptions;
const EVERY = { limit: 1000 };
/** They may be ten thousand. */
const INTERVAL_MS = 30_000;
const keyOf = ({ id }: Subscription): string => id;

/** Who watches whom across the edge now. */
export function SubscriptionsPanel(): ReactNode {
  const { now } = usePorts();
  const items = useAll(subscriptions, EVERY, { intervalMs: INTERVAL_MS }).data;
  if (items === undefined) return <Panel title={own.title}>{texts.template.loading}</Panel>;
  return (
    <Panel title={fill(own.titleWithCount, { count: items.length })}>
      {items.length === 0 ? (
        own.none
      ) : (
        <VirtualTable
          label={own.title}
          items={items}
          keyOf={keyOf}
          height={260}
          columns={[
            {
              label: own.user,
              width: "32%",
              cell: ({ user, addresses }) => <AddressCell jid={user} addresses={addresses} />,
            },
            { label: own.direction, width: "12%", cell: ({ direction }) => own.directions[direction] },
            {
              label: own.contact,
              width: "32%",
              cell: ({ contact, addresses }) => <AddressCell jid={contact} addresses={addresses} />,
            },
            { label: own.state, width: "12%", cell: ({ state }) => state },
            {
              label: own.until,
              width: "12%",
              cell: ({ expiresAt }) => expiresAt !== null && shortTime(expiresAt, now()),
            },
          ]}
        />
      )}
    </Panel>
  );
}
