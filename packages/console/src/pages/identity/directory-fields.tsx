import { Checkbox, NumberInput, Text, TextInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import type { ReactNode } from "react";
import { FieldGroup } from "../../template/field-group.tsx";
import { PasswordField } from "../../template/password-field.tsx";
import { TextOrFile } from "../../template/text-or-file.tsx";
import { texts } from "../../texts/texts.ts";
import type { DirectoryValues } from "./directory-values.ts";

const own = texts.directory;
const ATTRIBUTES = ["localPart", "displayName", "mailId", "key", "disabled"] as const;

interface Props {
  readonly form: UseFormReturnType<DirectoryValues>;
  /** Whether the node keeps one. */
  readonly hasPassword: boolean;
}

/** Where the directory is, which of its entries are users, what their attributes mean, and when. */
export function DirectoryFields({ form, hasPassword }: Props): ReactNode {
  return (
    <>
      <Source form={form} hasPassword={hasPassword} />
      <FieldGroup legend={own.users}>
        {(["base", "filter", "domain"] as const).map((name) => (
          <Field key={name} form={form} name={name} />
        ))}
      </FieldGroup>
      <Attributes form={form} />
      <FieldGroup legend={own.schedule}>
        {(["syncIntervalMinutes", "deleteVanishedAfterDays", "pageSize"] as const).map((name) => (
          <NumberInput
            key={name}
            label={own.fields[name]}
            description={own.help[name]}
            min={0}
            {...form.getInputProps(name)}
          />
        ))}
      </FieldGroup>
    </>
  );
}

type FormOnly = Pick<Props, "form">;

function Source({ form, hasPassword }: Props): ReactNode {
  return (
    <FieldGroup legend={own.source}>
      <Checkbox label={own.fields.enabled} {...form.getInputProps("enabled", { type: "checkbox" })} />
      <Field form={form} name="url" />
      <Checkbox label={own.fields.startTls} {...form.getInputProps("startTls", { type: "checkbox" })} />
      <TextOrFile
        label={own.fields.authorityPem}
        description={own.help.authorityPem}
        accept=".pem,.crt,.cer"
        {...form.getInputProps("authorityPem")}
      />
      <Field form={form} name="bindDn" />
      <PasswordField
        label={own.fields.password}
        description={hasPassword ? own.help.passwordKept : own.help.password}
        autoComplete="new-password"
        {...form.getInputProps("password")}
      />
    </FieldGroup>
  );
}

function Attributes({ form }: FormOnly): ReactNode {
  return (
    <FieldGroup legend={own.attributes}>
      {ATTRIBUTES.map((name) => (
        <TextInput
          key={name}
          label={own.attribute[name]}
          description={own.attributeHelp[name]}
          {...form.getInputProps(`attributes.${name}`)}
        />
      ))}
      <NumberInput
        label={own.attribute.bits}
        description={own.attributeHelp.bits}
        min={1}
        {...form.getInputProps("attributes.bits")}
      />
      {form.errors.attributes !== undefined && (
        <Text c="red" size="sm">
          {form.errors.attributes}
        </Text>
      )}
    </FieldGroup>
  );
}

interface FieldProps extends FormOnly {
  readonly name: "url" | "bindDn" | "base" | "filter" | "domain";
}

function Field({ form, name }: FieldProps): ReactNode {
  return <TextInput label={own.fields[name]} description={own.help[name]} {...form.getInputProps(name)} />;
}
