import {
  type Cluster,
  clusterPath,
  type NodeService,
  type ServiceParameters,
  serviceParametersPath,
  servicesOf,
} from "@interpres/admin-api";
import { NativeSelect } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useApi } from "../../data/api.tsx";
import { useAll, useAnswer } from "../../data/resources.ts";
import { Loaded } from "../../template/loaded.tsx";
import { PageTitle } from "../../template/page-title.tsx";
import classes from "../../template/template.module.css";
import { fill, texts } from "../../texts/texts.ts";
import { ParametersForm } from "./service-parameters-form.tsx";

const own = texts.serviceParameters;
/** Those that have parameters. */
const SERVICES = ["sip-proxy", "web-client"] as const;
type Chosen = (typeof SERVICES)[number];

/** System > Service Parameters. */
export default function ServiceParametersPage(): ReactNode {
  const cluster = useAnswer<Cluster>(clusterPath);
  return (
    <Loaded title={own.title} query={cluster}>
      {({ nodes }) => <Choice nodes={nodes.map(({ name }) => name)} />}
    </Loaded>
  );
}

/** First the server, then the service, then its parameters. */
function Choice({ nodes }: { readonly nodes: readonly string[] }): ReactNode {
  const [node, setNode] = useState(nodes[0] ?? "");
  const [service, setService] = useState<Chosen | "">("");
  const services = useAll(servicesOf(node)).data ?? [];
  const head = (
    <div className={`${classes.fields} ${classes.head}`}>
      <NativeSelect
        label={own.server}
        data={[...nodes]}
        value={node}
        onChange={({ currentTarget }) => setNode(currentTarget.value)}
      />
      <NativeSelect
        label={own.service}
        data={[
          { value: "", label: own.chooseService },
          ...SERVICES.map((name) => ({ value: name, label: labelOf(name, services) })),
        ]}
        value={service}
        onChange={({ currentTarget }) => setService(currentTarget.value as Chosen | "")}
      />
    </div>
  );
  if (service !== "") return <Chosen key={service} service={service} head={head} />;
  return (
    <>
      <PageTitle>{own.title}</PageTitle>
      {head}
    </>
  );
}

function Chosen({ service, head }: { readonly service: Chosen; readonly head: ReactNode }): ReactNode {
  const api = useApi();
  const path = `${serviceParametersPath}/${service}`;
  const query = useAnswer<ServiceParameters>(path);
  return (
    <Loaded title={own.title} query={query}>
      {(parameters) => (
        <ParametersForm
          parameters={parameters}
          head={head}
          save={(values) => api.ask("PATCH", path, values) as Promise<ServiceParameters>}
        />
      )}
    </Loaded>
  );
}

function labelOf(name: Chosen, services: readonly NodeService[]): string {
  const state = services.find((service) => service.name === name)?.activated === true ? own.active : own.inactive;
  return fill(own.serviceWithState, { service: texts.services[name], state });
}
