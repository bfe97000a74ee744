import { type TlsContext, type TlsContextInput, tlsPeerSubjects } from "@interpres/admin-api";
import { Checkbox, Radio, Select, Stack, Text, TextInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import type { ReactNode } from "react";
import { useAll } from "../../data/resources.ts";
import { FieldGroup } from "../../template/field-group.tsx";
import { PickLists } from "../../template/pick-lists.tsx";
import { texts } from "../../texts/texts.ts";

const own = texts.tlsContexts;
const VERSIONS = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"] as const;

interface Props {
  readonly form: UseFormReturnType<TlsContextInput>;
  readonly context: TlsContext | undefined;
}

/** The book's three groups: information, ciphers, peer subjects. */
export function ContextFields(props: Props): ReactNode {
  return (
    <>
      <Information {...props} />
      <Ciphers {...props} />
      <Subjects {...props} />
    </>
  );
}

function Information({ form, context }: Props): ReactNode {
  return (
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
      <Select label={own.minVersion} data={VERSIONS} allowDeselect={false} {...form.getInputProps("minVersion")} />
      <Select label={own.maxVersion} data={VERSIONS} allowDeselect={false} {...form.getInputProps("maxVersion")} />
    </FieldGroup>
  );
}

function Ciphers({ form, context }: Props): ReactNode {
  return (
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
  );
}

function Subjects({ form }: Props): ReactNode {
  const subjects = useAll(tlsPeerSubjects).data ?? [];
  const options = subjects.map(({ name, description }) => ({
    value: name,
    label: description === "" ? name : `${name} (${description})`,
  }));
  return (
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
