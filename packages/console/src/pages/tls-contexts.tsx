import { Checkbox, Radio, Select, Stack, Text, TextInput } from "@mantine/core";
import { type TlsContext, type TlsContextInput, tlsContexts, tlsPeerSubjects } from "@interpres/admin-api";
import type { ReactNode } from "react";
import { useAll } from "../data/resources.ts";
import { EditForm } from "../template/edit-form.tsx";
import { FieldGroup } from "../template/field-group.tsx";
import { FindList } from "../template/find-list.tsx";
import { useShown } from "../template/item-path.ts";
import { PickLists } from "../template/pick-lists.tsx";
import { texts } from "../texts/texts.ts";
import { EffectiveContext } from "./tls-contexts-effective.tsx";

const PATH = "/administration/system/security/tls-context-configuration";
const own = texts.tlsContexts;
const VERSIONS = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"] as const;
const keyOf = ({ name }: TlsContext): string => name;
const BLANK = {
  ciphers: [],
  peerSubjects: [],
  disableEmptyTlsFragments: false,
  minVersion: "TLSv1.2",
  maxVersion: "TLSv1.3",
  authorizationPolicy: "peer",
} as const satisfies TlsContextInput;

/** System > Security > TLS Context Configuration. The contexts are predefined. */
export default function TlsContexts(): ReactNode {
  const shown = useShown(PATH);
  const subjects = useAll(tlsPeerSubjects).data ?? [];
  if (shown.kind === "list") return <ContextList />;
  const options = subjects.map(({ name, description }) => ({
    value: name,
    label: description === "" ? name : `${name} (${description})`,
  }));
  return (
    <EditForm
      title={own.formTitle}
      resource={tlsContexts}
      path={PATH}
      shown={shown}
      keyOf={keyOf}
      members="predefined"
      blank={BLANK as TlsContextInput}
      fields={(form, context) => (
        <>
          <FieldGroup legend={own.group}>
            <TextInput label={own.name} value={context?.name ?? ""} readOnly />
            <Radio.Group label={own.authorizationPolicy} {...form.getInputProps("authorizationPolicy")}>
              <Stack gap="xs" mt="xs">
                <Radio value="peer" label={own.policies.peer} />
                <Radio value="server" label={own.policies.server} />
              </Stack>
            </Radio.Group>
            <Checkbox
              label={own.disableEmptyTlsFragments}
              description={own.disableEmptyTlsFragmentsHelp}
              {...form.getInputProps("disableEmptyTlsFragments", { type: "checkbox" })}
            />
            <Select
              label={own.minVersion}
              data={VERSIONS}
              allowDeselect={false}
              {...form.getInputProps("minVersion")}
            />
            <Select
              label={own.maxVersion}
              data={VERSIONS}
              allowDeselect={false}
              {...form.getInputProps("maxVersion")}
            />
          </FieldGroup>
          <FieldGroup legend={own.cipherMapping} width="full">
            <PickLists
              availableLabel={own.availableCiphers}
              selectedLabel={own.selectedCiphers}
              options={(context?.availableCiphers ?? []).map((value) => ({ value, label: value }))}
              selected={form.values.ciphers ?? []}
              onChange={(ciphers) => form.setValues({ ciphers: [...ciphers] })}
              order="counts"
            />
            <Problem text={form.errors.ciphers} />
          </FieldGroup>
          <FieldGroup legend={own.subjectMapping} width="full">
            <PickLists
              availableLabel={own.availableSubjects}
              selectedLabel={own.selectedSubjects}
              options={options}
              selected={form.values.peerSubjects ?? []}
              onChange={(peerSubjects) => form.setValues({ peerSubjects: [...peerSubjects] })}
              order="none"
            />
            <Problem text={form.errors.peerSubjects} />
          </FieldGroup>
        </>
      )}
      aside={(context) => <EffectiveContext context={context} />}
    />
  );
}

function Problem({ text }: { readonly text: ReactNode }): ReactNode {
  return (
    text !== undefined && (
      <Text c="red" size="sm">
        {text}
      </Text>
    )
  );
}

function ContextList(): ReactNode {
  return (
    <FindList
      title={own.title}
      findWhat={own.findWhat}
      resource={tlsContexts}
      path={PATH}
      keyOf={keyOf}
      members="predefined"
      fields={[{ name: "name", label: own.name }]}
      columns={[
        { label: own.name, cell: keyOf },
        { label: own.selectedSubjects, cell: ({ peerSubjects }) => peerSubjects.length },
        { label: own.selectedCiphers, cell: ({ ciphers }) => ciphers.length },
        { label: own.usedBy, cell: ({ effective }) => effective.usedBy.join(", ") || own.unused },
      ]}
    />
  );
}
