import { dependentsOf, type NodeService, type ServiceName, type ServiceOrder } from "@interpres/admin-api";
import { Button, Group, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { type May, useMay } from "../../session/may.ts";
import { Confirm } from "../../template/confirm.tsx";
import { GuardedButton } from "../../template/guarded-button.tsx";
import { fill, texts } from "../../texts/texts.ts";

const own = texts.controlCenter;

interface Props {
  readonly node: string;
  readonly service: NodeService | undefined;
  readonly isBusy: boolean;
  readonly onOrder: (what: ServiceOrder, name: ServiceName) => void;
  readonly onRefresh: () => void;
}

/** Start, Stop, Restart and Refresh Page; what takes others down with it asks first, and names them. */
export function OrderButtons({ node, service, isBusy, onOrder, onRefresh }: Props): ReactNode {
  const [asked, ask] = useState<ServiceOrder>();
  const role = useMay("operator");
  const may: May = service === undefined ? { kind: "no", reason: own.selectFirst } : role;
  const name = service?.name;
  const dependents = name === undefined ? [] : dependentsOf(name);
  const send = (what: ServiceOrder) => {
    ask(undefined);
    if (name !== undefined) onOrder(what, name);
  };
  return (
    <>
      {dependents.length > 0 && (
        <Text size="sm" mt="md">
          {fill(own.dependents, { name: name ?? "", names: dependents.join(", ") })}
        </Text>
      )}
      <Group mt="md" gap="xs">
        <GuardedButton may={may} loading={isBusy} onClick={() => send("start")}>
          {own.orders.start}
        </GuardedButton>
        <GuardedButton may={may} variant="default" loading={isBusy} onClick={() => ask("stop")}>
          {own.orders.stop}
        </GuardedButton>
        <GuardedButton may={may} variant="default" loading={isBusy} onClick={() => ask("restart")}>
          {own.orders.restart}
        </GuardedButton>
        <Button variant="default" onClick={onRefresh}>
          {own.refresh}
        </Button>
      </Group>
      <Confirm
        title={asked === undefined ? "" : own.orders[asked]}
        question={asked === undefined ? undefined : fill(own.questions[asked], { name: name ?? "", node })}
        onConfirm={() => asked !== undefined && send(asked)}
        onCancel={() => ask(undefined)}
      >
        {asked !== undefined && asked !== "start" && dependents.length > 0 && (
          <Text mt="sm">{fill(own.along[asked], { names: dependents.join(", "), name: name ?? "" })}</Text>
        )}
      </Confirm>
    </>
  );
}
