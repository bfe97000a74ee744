import {
  type Cluster,
  type ClusterNode,
  type ClusterParameters,
  clusterPath,
  clusterSettingsPath,
} from "@interpres/admin-api";
import { NativeSelect, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useApi } from "../../data/api.tsx";
import { useAnswer } from "../../data/resources.ts";
import { FieldGroup } from "../../template/field-group.tsx";
import { editPath, useShown } from "../../template/item-path.ts";
import { Loaded } from "../../template/loaded.tsx";
import { PlainTable } from "../../template/plain-table.tsx";
import { SettingsForm } from "../../template/settings-form.tsx";
import classes from "../../template/template.module.css";
import { texts } from "../../texts/texts.ts";
import { NodePage } from "./cluster-topology-node.tsx";

const PATH = "/administration/system/cluster-topology";
const own = texts.clusterTopology;

/** System > Cluster Topology: the nodes, and what holds for all of them. */
export default function ClusterTopology(): ReactNode {
  const cluster = useAnswer<Cluster>(clusterPath);
  const api = useApi();
  const shown = useShown(PATH);
  if (shown.kind === "edit") return <NodePage key={shown.key} name={shown.key} path={PATH} />;
  return (
    <Loaded title={own.title} query={cluster}>
      {({ nodes, sipProxyDomain, changeControl }) => (
        <SettingsForm<ClusterParameters>
          title={own.title}
          stored={{ sipProxyDomain, changeControl }}
          save={(values) => api.ask("PATCH", clusterSettingsPath, values) as Promise<ClusterParameters>}
          head={<Nodes nodes={nodes} />}
          fields={(form) => (
            <FieldGroup legend={own.settings}>
              <TextInput
                label={own.sipProxyDomain}
                description={own.sipProxyDomainHelp}
                required
                maxLength={255}
                {...form.getInputProps("sipProxyDomain")}
              />
              <NativeSelect
                label={own.changeControl}
                description={own.changeControlHelp}
                data={[
                  { value: "live", label: own.changes.live },
                  { value: "on-restart", label: own.changes["on-restart"] },
                ]}
                {...form.getInputProps("changeControl")}
              />
            </FieldGroup>
          )}
        />
      )}
    </Loaded>
  );
}

function Nodes({ nodes }: { readonly nodes: readonly ClusterNode[] }): ReactNode {
  return (
    <PlainTable
      title={own.nodes}
      items={nodes}
      keyOf={({ name }) => name}
      columns={[
        {
          label: own.name,
          cell: ({ name }) => (
            <Link className={classes.link} to={editPath(PATH, name)}>
              {name}
            </Link>
          ),
        },
        { label: own.fqdn, cell: ({ fqdn }) => fqdn },
        { label: own.role, cell: ({ role }) => own.roles[role] },
        { label: own.assignedUsers, cell: ({ assignedUsers }) => assignedUsers },
        { label: own.state, cell: ({ state }) => own.states[state] },
      ]}
    />
  );
}
