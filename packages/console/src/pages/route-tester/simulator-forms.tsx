import {
  type AclEntry,
  incomingAcl,
  type PolicyChange,
  type StaticRoute,
  type StaticRouteInput,
  staticRoutes,
  tlsContexts,
  tlsPeerSubjects,
} from "@interpres/admin-api";
import { Group, NativeSelect, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { type ReactNode, useRef, useState } from "react";
import { useAll, useItem } from "../../data/resources.ts";
import { GuardedButton } from "../../template/guarded-button.tsx";
import { GuardedForm } from "../../template/guarded-form.tsx";
import { PickLists } from "../../template/pick-lists.tsx";
import type { Status } from "../../template/status-area.tsx";
import { useSave } from "../../template/use-save.ts";
import { valuesOf } from "../../template/values-of.ts";
import { fill, texts } from "../../texts/texts.ts";
import { BLANK_ROUTE, RouteFields } from "../federation/static-routes-fields.tsx";
import type { ChangeKind, DraftControl, Drafted } from "./simulator-draft.ts";

const own = texts.routeTester.draft;
const PEER_AUTH = "Default_SIP_Proxy_Peer_Auth_TLS_Context";
const EVERYBODY = { kind: "yes" } as const;

interface Props {
  readonly draft: DraftControl;
  readonly onReport: (status: Status) => void;
  readonly onAdded: () => void;
}

/** The form for one kind of change. */
export function ChangeForm({ kind, ...props }: Props & { readonly kind: ChangeKind }): ReactNode {
  switch (kind) {
    case "route-add":
      return <RouteForm {...props} route={undefined} />;
    case "route-change":
      return <RouteChange {...props} />;
    case "route-remove":
      return <RouteRemoval {...props} />;
    case "acl-add":
      return <AclForm {...props} />;
    case "acl-remove":
      return <AclRemoval {...props} />;
    case "subjects":
      return <Subjects {...props} />;
  }
}

/** Puts what the form says into the draft; what the node has against it stands at the fields. */
function useAdd({ draft, onReport, onAdded }: Props, form: Parameters<typeof useSave>[0]["form"]) {
  const given = useRef<Drafted>(undefined);
  const save = useSave({
    form,
    report: onReport,
    save: () => (given.current === undefined ? Promise.reject(new Error(own.choose)) : draft.add(given.current)),
    doing: own.checking,
    done: () => fill(own.added, { what: given.current?.what ?? "" }),
  });
  return (entry: Drafted | undefined) => {
    given.current = entry;
    void save().then((answer) => answer !== undefined && onAdded());
  };
}

function AddButton(): ReactNode {
  return (
    <Group mt="xs">
      <GuardedButton may={EVERYBODY} type="submit">
        {own.add}
      </GuardedButton>
    </Group>
  );
}

function RouteForm({ route, ...props }: Props & { readonly route: StaticRoute | undefined }): ReactNode {
  const initialValues: StaticRouteInput = route === undefined ? BLANK_ROUTE : valuesOf(route, BLANK_ROUTE);
  const form = useForm<StaticRouteInput>({ initialValues });
  const add = useAdd(props, form);
  const submit = () => {
    const { destinationPattern, nextHop } = form.values;
    const change: PolicyChange =
      route === undefined
        ? { resource: "static-routes", action: "create", value: form.values }
        : { resource: "static-routes", action: "update", key: route.id, value: form.values };
    add({
      kind: route === undefined ? "route-add" : "route-change",
      change,
      what: `${destinationPattern} → ${nextHop}`,
    });
  };
  return (
    <GuardedForm may={EVERYBODY} onSubmit={submit}>
      <RouteFields form={form} />
      <AddButton />
    </GuardedForm>
  );
}

function RouteChange(props: Props): ReactNode {
  const routes = useAll(staticRoutes).data ?? [];
  const [id, setId] = useState("");
  const route = routes.find((each) => each.id === id);
  return (
    <>
      <Choice items={routes} nameOf={routeName} value={id} onChange={setId} />
      {route !== undefined && <RouteForm key={id} {...props} route={route} />}
    </>
  );
}

function RouteRemoval(props: Props): ReactNode {
  const routes = useAll(staticRoutes).data ?? [];
  return <Removal {...props} kind="route-remove" resource="static-routes" items={routes} nameOf={routeName} />;
}

function AclRemoval(props: Props): ReactNode {
  const entries = useAll(incomingAcl).data ?? [];
  const removable = entries.filter(({ origin }) => origin.kind === "administrator");
  return <Removal {...props} kind="acl-remove" resource="incoming-acl" items={removable} nameOf={entryName} />;
}

function routeName({ destinationPattern, nextHop, nextHopPort }: StaticRoute): string {
  return `${destinationPattern} → ${nextHop}:${nextHopPort}`;
}

function entryName({ pattern }: AclEntry): string {
  return pattern;
}

interface ChoiceProps<Item> {
  readonly items: readonly Item[];
  readonly nameOf: (item: Item) => string;
  readonly value: string;
  readonly onChange: (id: string) => void;
}

function Choice<Item extends { readonly id: string }>({
  items,
  nameOf,
  value,
  onChange,
}: ChoiceProps<Item>): ReactNode {
  const first = { value: "", label: items.length === 0 ? own.none : own.choose };
  return (
    <NativeSelect
      label={own.which}
      data={[first, ...items.map((item) => ({ value: item.id, label: nameOf(item) }))]}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

interface RemovalProps<Item> extends Props, Pick<ChoiceProps<Item>, "items" | "nameOf"> {
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

function AclForm(props: Props): ReactNode {
  const words = texts.incomingAcl;
  const form = useForm({ initialValues: { pattern: "", description: "" } });
  const add = useAdd(props, form);
  const submit = () => {
    const change = { resource: "incoming-acl", action: "create", value: form.values } as const;
    add({ kind: "acl-add", change, what: form.values.pattern });
  };
  return (
    <GuardedForm may={EVERYBODY} onSubmit={submit}>
      <TextInput
        label={words.pattern}
        description={words.patternHelp}
        maxLength={300}
        {...form.getInputProps("pattern")}
      />
      <TextInput label={words.description} maxLength={255} {...form.getInputProps("description")} />
      <AddButton />
    </GuardedForm>
  );
}

/** Which subjects the context of the SIP edge accepts: as drafted, else as saved. */
function Subjects(props: Props): ReactNode {
  const subjects = useAll(tlsPeerSubjects).data ?? [];
  const saved = useItem(tlsContexts, PEER_AUTH).data?.peerSubjects ?? [];
  const drafted = props.draft.entries.find(({ kind }) => kind === "subjects")?.change.value?.peerSubjects;
  const [picked, pick] = useState<readonly string[]>();
  const selected = picked ?? (Array.isArray(drafted) ? drafted.map(String) : saved);
  const add = useAdd(props, { values: { peerSubjects: selected }, setErrors: () => undefined });
  const submit = () => {
    const value = { peerSubjects: [...selected] };
    const change = { resource: "tls-contexts", action: "update", key: PEER_AUTH, value } as const;
    add({ kind: "subjects", change, what: selected.join(", ") || own.noSubject });
  };
  return (
    <GuardedForm may={EVERYBODY} onSubmit={submit}>
      <PickLists
        availableLabel={texts.tlsContexts.availableSubjects}
        selectedLabel={texts.tlsContexts.selectedSubjects}
        options={subjects.map(({ name }) => ({ value: name, label: name }))}
        selected={selected}
        onChange={pick}
        order="none"
      />
      <AddButton />
    </GuardedForm>
  );
}
