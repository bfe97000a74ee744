import { type ClusterNode, type NodeService, nodes, servicesOf, type User, users } from "@interpres/admin-api";
import { Group } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useApi } from "../../data/api.tsx";
import { messageOf } from "../../data/problems.ts";
import { useAll, useChange, useItem, useList } from "../../data/resources.ts";
import { useMay } from "../../session/may.ts";
import { Confirm } from "../../template/confirm.tsx";
import { FactsTable } from "../../template/facts-table.tsx";
import { BackToList } from "../../template/form-actions.tsx";
import { GuardedButton } from "../../template/guarded-button.tsx";
import { Loaded } from "../../template/loaded.tsx";
import { NoticeLink } from "../../template/notice-link.tsx";
import { PageTitle } from "../../template/page-title.tsx";
import { Paging, usePaging } from "../../template/paging.tsx";
import { PlainTable } from "../../template/plain-table.tsx";
import { type Status, StatusArea } from "../../template/status-area.tsx";
import { fill, texts } from "../../texts/texts.ts";
import { NodeDomain } from "./cluster-topology-domain.tsx";
import { StateBadge } from "./control-center-table.tsx";

const own = texts.clusterTopology;

interface Props {
  readonly name: string;
  /** Of the page with the nodes. */
  readonly path: string;
}

/** One node: what it is, its services, the users assigned to it. */
export function NodePage({ name, path }: Props): ReactNode {
  const node = useItem<ClusterNode, never>(nodes, name);
  const services = useAll<NodeService>(servicesOf(name)).data ?? [];
  const [status, setStatus] = useState<Status>({ kind: "idle" });
  const title = fill(own.nodeTitle, { name });
  return (
    <Loaded title={title} query={node}>
      {(shown) => (
        <>
          <PageTitle>{title}</PageTitle>
          <StatusArea status={status} />
          <FactsTable
            label={title}
            rows={[
              [own.fqdn, shown.fqdn],
              [own.role, own.roles[shown.role]],
              [own.state, own.states[shown.state]],
              [own.assignedUsers, shown.assignedUsers],
            ]}
          />
          <PlainTable
            title={own.services}
            items={services.filter(({ available }) => available)}
            keyOf={(service) => service.name}
            columns={[
              { label: own.service, cell: (service) => service.name },
              { label: own.state, cell: (service) => <StateBadge state={service.state} /> },
              {
                label: own.page,
                cell: (service) => <NoticeLink link={`${servicesOf(name).path}/${service.name}`} />,
              },
            ]}
          />
          <NodeDomain node={shown} report={setStatus} />
          <AssignedUsers node={name} />
          <Group mt="md">
            <RestartNode name={name} report={setStatus} />
            <BackToList path={path} />
          </Group>
        </>
      )}
    </Loaded>
  );
}

function AssignedUsers({ node }: { readonly node: string }): ReactNode {
  const paging = usePaging();
  const list = useList<User>(users, { find: `node:is:${node}`, ...paging.query });
  return (
    <>
      <PlainTable
        title={own.assignedUsers}
        items={list.data?.items ?? []}
        keyOf={({ jid }) => jid}
        columns={[
          { label: own.jid, cell: ({ jid }) => jid },
          { label: own.displayName, cell: ({ displayName }) => displayName },
          { label: own.page, cell: ({ jid }) => <NoticeLink link={`${users.path}/${encodeURIComponent(jid)}`} /> },
        ]}
      />
      <Paging paging={paging} page={list.data} />
    </>
  );
}

interface RestartProps {
  readonly name: string;
  readonly report: (status: Status) => void;
}

/** All its services, as when it starts. */
function RestartNode({ name, report }: RestartProps): ReactNode {
  const api = useApi();
  const may = useMay("operator");
  const [isAsking, setAsking] = useState(false);
  const restart = useChange(async () => {
    try {
      await api.ask("POST", `${nodes.path}/${encodeURIComponent(name)}/restart`);
      report({ kind: "done", text: fill(own.restarted, { name }) });
    } catch (error) {
      report({ kind: "refused", reasons: [messageOf(error)] });
    }
  });
  return (
    <>
      <GuardedButton may={may} variant="default" loading={restart.isPending} onClick={() => setAsking(true)}>
        {own.restart}
      </GuardedButton>
      <Confirm
        title={own.restart}
        question={isAsking ? fill(own.restartQuestion, { name }) : undefined}
        onCancel={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false);
          restart.mutate(undefined);
        }}
      />
    </>
  );
}
