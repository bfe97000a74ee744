import { type Cluster, clusterPath, type ServiceDescription } from "@interpres/admin-api";
import { type ReactNode, useState } from "react";
import { useAnswer } from "../../data/resources.ts";
import { useShown } from "../../template/item-path.ts";
import { Loaded } from "../../template/loaded.tsx";
import { PageTitle } from "../../template/page-title.tsx";
import { ServerBar } from "../../template/server-bar.tsx";
import { type Status, StatusArea } from "../../template/status-area.tsx";
import { texts } from "../../texts/texts.ts";
import { ServiceControl } from "./control-center-services.tsx";

const own = texts.controlCenter;

interface Props {
  readonly kind: ServiceDescription["kind"];
  /** Of this page; `/edit/NAME` below it has the service NAME selected. */
  readonly path: string;
}

/** Tools > Control Center: the services of one kind on one node, and orders to them. */
export function ControlCenter({ kind, path }: Props): ReactNode {
  const title = own.title[kind];
  const cluster = useAnswer<Cluster>(clusterPath);
  const shown = useShown(path);
  const [chosen, choose] = useState<string>();
  const [status, setStatus] = useState<Status>({ kind: "idle" });
  return (
    <Loaded title={title} query={cluster}>
      {({ nodes }) => {
        const node = chosen ?? nodes[0]?.name ?? "";
        const selected = shown.kind === "edit" ? shown.key : undefined;
        return (
          <>
            <PageTitle>{title}</PageTitle>
            <StatusArea status={status} />
            <ServerBar nodes={nodes.map(({ name }) => name)} shown={node} onGo={choose} />
            <ServiceControl
              key={`${node} ${selected ?? ""}`}
              node={node}
              kind={kind}
              selected={selected}
              report={setStatus}
            />
          </>
        );
      }}
    </Loaded>
  );
}
