import { Checkbox, NumberInput, PasswordInput, Text, TextInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import type { ReactNode } from "react";
import { FieldGroup } from "../template/field-group.tsx";
import { TextOrFile } from "../template/text-or-file.tsx";
import { texts } from "../texts/texts.ts";
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
  const text = (name: "url" | "bindDn" | "base" | "filter" | "domain") => (
    <TextInput label={own.fields[name]} description={own.help[name]} {...form.getInputProps(name)} />
  );
  return (
    <>
      <FieldGroup legend={own.source}>
        <Checkbox label={own.fields.enabled} {...form.getInputProps("enabled", { type: "checkbox" })} />
        {text("url")}
        <Checkbox label={own.fields.startTls} {...form.getInputProps("startTls", { type: "checkbox" })} />
        <TextOrFile
          label={own.fields.authorityPem}
          description={own.help.authorityPem}
          accept=".pem,.crt,.cer"
          {...form.getInputProps("authorityPem")}
        />
        {text("bindDn")}
        <PasswordInput
          label={own.fields.password}
          description={hasPassword ? own.help.passwordKept : own.help.password}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ "aria-label": texts.users.showPassword }}
          {...form.getInputProps("password")}
        />
      </FieldGroup>
      <FieldGroup legend={own.users}>
        {text("base")}
        {text("filter")}
        {text("domain")}
      </FieldGroup>
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
