import { type AclEntry, incomingAcl, type PolicyChange, type StaticRoute, staticRoutes } from "@interpres/admin-api";
import { useForm } from "@mantine/form";
import type { ReactNode } from "react";
import { useAll } from "../../data/resources.ts";
import { GuardedForm } from "../../template/guarded-form.tsx";
import { AddButton, Choice, type ChoiceProps, EVERYBODY, type FormProps, useAdd } from "./simulator-add.tsx";

/** One route less. */
export function RouteRemoval(props: FormProps): ReactNode {
  const routes = useAll(staticRoutes).data ?? [];
  return <Removal {...props} kind="route-remove" resource="static-routes" items={routes} nameOf={routeName} />;
}

/** One access-list entry less; those of federated domains go with their domain. */
export function AclRemoval(props: FormProps): ReactNode {
  const entries = useAll(incomingAcl).data ?? [];
  const removable = entries.filter(({ origin }) => origin.kind === "administrator");
  return <Removal {...props} kind="acl-remove" resource="incoming-acl" items={removable} nameOf={entryName} />;
}

/** What people call a route. */
export function routeName({ destinationPattern, nextHop, nextHopPort }: StaticRoute): string {
  return `${destinationPattern} → ${nextHop}:${nextHopPort}`;
}

function entryName({ pattern }: AclEntry): string {
  return pattern;
}

interface RemovalProps<Item> extends FormProps, Pick<ChoiceProps<Item>, "items" | "nameOf"> {
  readonly kind: "route-remove" | "acl-remove";
  readonly resource: PolicyChange["resource"];
}

function Removal<Item extends { readonly id: string }>(props: RemovalProps<Item>): ReactNode {
  const { kind, resource, items, nameOf } = props;
  const form = useForm({ initialValues: { key: "" } });
  const add = useAdd(props, form);
  const item = items.find(({ id }) => id === form.values.key);
  const change = item && ({ resource, action: "delete", key: item.id } as const);
  return (
    <GuardedForm may={EVERYBODY} onSubmit={() => add(item && change && { kind, change, what: nameOf(item) })}>
      <Choice items={items} nameOf={nameOf} value={form.values.key} onChange={(id) => form.setFieldValue("key", id)} />
      <AddButton />
    </GuardedForm>
  );
}
