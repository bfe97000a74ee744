import { type Cluster, clusterPath, type NodeService, type Page, servicesOf } from "@interpres/admin-api";
import { type ReactNode, useState } from "react";
import { useAnswer } from "../../data/resources.ts";
import { Loaded } from "../../template/loaded.tsx";
import { ServerBar } from "../../template/server-bar.tsx";
import { texts } from "../../texts/texts.ts";
import { ActivationForm } from "./service-activation-form.tsx";

const own = texts.serviceActivation;

/** Tools > Service Activation: which feature services a node starts with. */
export default function ServiceActivation(): ReactNode {
  const cluster = useAnswer<Cluster>(clusterPath);
  const [chosen, choose] = useState<string>();
  return (
    <Loaded title={own.title} query={cluster}>
      {({ nodes }) => {
        const node = chosen ?? nodes[0]?.name ?? "";
        const head = <ServerBar nodes={nodes.map(({ name }) => name)} shown={node} onGo={choose} />;
        return <Services key={node} node={node} head={head} />;
      }}
    </Loaded>
  );
}

function Services({ node, head }: { readonly node: string; readonly head: ReactNode }): ReactNode {
  const services = useAnswer<Page<NodeService>>(servicesOf(node).path);
  return (
    <Loaded title={own.title} query={services}>
      {({ items }) => (
        <ActivationForm node={node} services={items.filter(({ kind }) => kind === "feature")} head={head} />
      )}
    </Loaded>
  );
}
