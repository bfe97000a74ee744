import {
  type PolicyChange,
  type StaticRoute,
  type StaticRouteInput,
  staticRoutes,
  tlsContexts,
  tlsPeerSubjects,
} from "@interpres/admin-api";
import { TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { type ReactNode, useState } from "react";
import { useAll, useItem } from "../../data/resources.ts";
import { GuardedForm } from "../../template/guarded-form.tsx";
import { PickLists } from "../../template/pick-lists.tsx";
import { valuesOf } from "../../template/values-of.ts";
import { texts } from "../../texts/texts.ts";
import { BLANK_ROUTE, RouteFields } from "../federation/static-routes-fields.tsx";
import { AddButton, Choice, EVERYBODY, type FormProps, useAdd } from "./simulator-add.tsx";
import type { ChangeKind } from "./simulator-draft.ts";
import { AclRemoval, RouteRemoval, routeName } from "./simulator-removal.tsx";

const own = texts.routeTester.draft;
const PEER_AUTH = "Default_SIP_Proxy_Peer_Auth_TLS_Context";

/** The form for one kind of change. */
export function ChangeForm({ kind, ...props }: FormProps & { readonly kind: ChangeKind }): ReactNode {
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

function RouteForm({ route, ...props }: FormProps & { readonly route: StaticRoute | undefined }): ReactNode {
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

function RouteChange(props: FormProps): ReactNode {
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

function AclForm(props: FormProps): ReactNode {
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
function Subjects(props: FormProps): ReactNode {
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
