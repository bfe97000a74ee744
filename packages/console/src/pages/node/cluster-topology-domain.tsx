import { type ClusterNode, type NodeDomainChange, type NodeDomainInput, nodeDomainPath } from "@interpres/admin-api";
import { Group, List, Text, TextInput } from "@mantine/core";
import { type UseFormReturnType, useForm } from "@mantine/form";
import { type ReactNode, useState } from "react";
import { useApi } from "../../data/api.tsx";
import { useMay } from "../../session/may.ts";
import { Confirm } from "../../template/confirm.tsx";
import { FieldGroup } from "../../template/field-group.tsx";
import { GuardedButton } from "../../template/guarded-button.tsx";
import { GuardedForm } from "../../template/guarded-form.tsx";
import type { Status } from "../../template/status-area.tsx";
import { useSave } from "../../template/use-save.ts";
import { fill, texts } from "../../texts/texts.ts";

const own = texts.clusterTopology.domain;

interface Props {
  readonly node: ClusterNode;
  readonly report: (status: Status) => void;
}

/** The domain of a node: what `set network domain` of the shell does, after a look at what it would mean. */
export function NodeDomain({ node, report }: Props): ReactNode {
  const may = useMay("administrator");
  const [plan, setPlan] = useState<NodeDomainChange>();
  const [change, setChange] = useState<NodeDomainChange>();
  const form = useForm({ initialValues: { domain: node.fqdn.slice(node.fqdn.indexOf(".") + 1) } });
  const { look, apply } = useOrders(form, { node, report });
  const onOk = () => {
    setPlan(undefined);
    void apply().then(setChange);
  };
  return (
    <>
      <GuardedForm may={may} onSubmit={async () => setPlan(await look())}>
        <FieldGroup legend={own.title}>
          <TextInput label={own.domain} description={own.help} maxLength={255} {...form.getInputProps("domain")} />
          <Group>
            <GuardedButton may={may} type="submit" variant="default">
              {own.set}
            </GuardedButton>
          </Group>
        </FieldGroup>
      </GuardedForm>
      <Confirm
        title={own.title}
        question={plan && fill(own.question, { to: plan.fqdn.to })}
        onCancel={() => setPlan(undefined)}
        onConfirm={onOk}
      >
        {plan && <Consequences change={plan} />}
      </Confirm>
      {change && <Consequences change={change} />}
    </>
  );
}

function useOrders(form: UseFormReturnType<{ domain: string }>, { node, report }: Props) {
  const api = useApi();
  const ask = (how: Pick<NodeDomainInput, "dryRun">) => {
    const input: NodeDomainInput = { domain: form.values.domain.trim(), ...how };
    return api.ask("POST", nodeDomainPath(node.name), input) as Promise<NodeDomainChange>;
  };
  const look = useSave({
    form,
    report,
    save: () => ask({ dryRun: true }),
    doing: texts.template.loading,
    done: () => own.planned,
  });
  const apply = useSave({
    form,
    report,
    save: () => ask({}),
    doing: own.applying,
    done: ({ fqdn }) => fill(own.applied, fqdn),
  });
  return { look, apply };
}

/** What changes with it, and what has to be changed elsewhere. */
function Consequences({ change }: { readonly change: NodeDomainChange }): ReactNode {
  const { fqdn, federationRoutingFqdn, certificates, warnings, records, peers } = change;
  return (
    <>
      <Lines title={own.warnings} lines={warnings} />
      <Lines
        title={own.here}
        lines={[
          fill(own.fqdn, fqdn),
          ...(federationRoutingFqdn === null ? [] : [fill(own.routingFqdn, federationRoutingFqdn)]),
          ...certificates.map(({ purpose, commonName, replacesIssuer }) =>
            replacesIssuer === null
              ? fill(own.certificate, { purpose, commonName })
              : fill(own.certificateOfOthers, { purpose, commonName, issuer: replacesIssuer }),
          ),
        ]}
      />
      <Lines title={own.records} lines={records} />
      <Lines
        title={own.peers}
        lines={peers.flatMap(({ domain, changes }) => changes.map((each) => `${domain}: ${each}`))}
      />
    </>
  );
}

function Lines({ title, lines }: { readonly title: string; readonly lines: readonly string[] }): ReactNode {
  if (lines.length === 0) return null;
  return (
    <>
      <Text mt="sm" size="sm" fw={600}>
        {title}
      </Text>
      <List size="sm">
        {lines.map((line) => (
          <List.Item key={line}>{line}</List.Item>
        ))}
      </List>
    </>
  );
}
