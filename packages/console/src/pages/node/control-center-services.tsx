import {
  type FieldProblem,
  type NodeService,
  type Page,
  type ServiceDescription,
  type ServiceName,
  type ServiceOrder,
  servicesOf,
} from "@interpres/admin-api";
import { Radio, VisuallyHidden } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useApi } from "../../data/api.tsx";
import { messageOf } from "../../data/problems.ts";
import { useAnswer, useChange } from "../../data/resources.ts";
import type { Status } from "../../template/status-area.tsx";
import { fill, texts } from "../../texts/texts.ts";
import { OrderButtons } from "./control-center-orders.tsx";
import { ServiceTable } from "./control-center-table.tsx";

const own = texts.controlCenter;
const INTERVAL_MS = 5000;

interface Props {
  readonly node: string;
  readonly kind: ServiceDescription["kind"];
  readonly selected: string | undefined;
  readonly report: (status: Status) => void;
}

/** The services of a kind, one of them selected, and the buttons that order it. */
export function ServiceControl({ node, kind, selected, report }: Props): ReactNode {
  const path = servicesOf(node).path;
  const services = useAnswer<Page<NodeService>>(path, { intervalMs: INTERVAL_MS });
  const [chosen, choose] = useState(selected ?? "");
  const api = useApi();
  const order = useChange(async ({ what, name }: { readonly what: ServiceOrder; readonly name: ServiceName }) => {
    report({ kind: "idle", text: fill(own.underWay[what], { name, node }) });
    try {
      const obeyed = (await api.ask("POST", `${path}/${name}/${what}`)) as Obeyed;
      report({ kind: "done", text: fill(own.done[what], { name, node }), warnings: obeyed.warnings ?? [] });
    } catch (error) {
      report({ kind: "refused", reasons: [messageOf(error)] });
    }
  });
  const items = services.data?.items.filter((each) => each.kind === kind) ?? [];
  return (
    <>
      <Radio.Group value={chosen} onChange={choose} label={<VisuallyHidden>{own.service}</VisuallyHidden>}>
        <ServiceTable services={items} />
      </Radio.Group>
      <OrderButtons
        node={node}
        service={items.find(({ name }) => name === chosen)}
        isBusy={order.isPending}
        onOrder={(what, name) => order.mutate({ what, name })}
        onRefresh={() => void services.refetch()}
      />
    </>
  );
}

/** A service after an order, with what else there is to know. */
interface Obeyed extends NodeService {
  readonly warnings?: readonly FieldProblem[];
}
