import { type Attachment, type AttachmentInput, attachments } from "@interpres/admin-api";
import { NumberInput, TagsInput, TextInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import type { ReactNode } from "react";
import { EditForm } from "../../template/edit-form.tsx";
import { FieldGroup } from "../../template/field-group.tsx";
import { FindList } from "../../template/find-list.tsx";
import { useShown } from "../../template/item-path.ts";
import { momentText } from "../../template/moment.ts";
import { PasswordField } from "../../template/password-field.tsx";
import { PlainTable } from "../../template/plain-table.tsx";
import { texts } from "../../texts/texts.ts";

const PATH = "/administration/presence/inter-domain-federation/attached-servers";
const own = texts.attachments;
const keyOf = ({ name }: Attachment): string => name;
const BLANK: AttachmentInput = {
  name: "",
  description: "",
  host: "",
  port: 5347,
  localDomains: [],
  components: [],
  secret: "",
};

/** Presence > Inter Domain Federation > Attached Servers: XMPP servers whose users are federated from here (XEP-0114). */
export default function Attachments(): ReactNode {
  const shown = useShown(PATH);
  if (shown.kind === "list") return <AttachmentList />;
  return (
    <EditForm
      title={own.formTitle}
      resource={attachments}
      path={PATH}
      shown={shown}
      keyOf={keyOf}
      blank={BLANK}
      inputOf={({ secret, ...values }) => (secret ? { ...values, secret } : values)}
      fields={(form, attachment) => <Fields form={form} attachment={attachment} />}
      aside={({ links }) => <Links links={links} />}
    />
  );
}

function AttachmentList(): ReactNode {
  return (
    <FindList
      title={own.title}
      findWhat={own.findWhat}
      resource={attachments}
      path={PATH}
      keyOf={keyOf}
      fields={[
        { name: "name", label: own.name },
        { name: "host", label: own.host },
      ]}
      columns={[
        { label: own.name, cell: keyOf },
        { label: own.description, cell: ({ description }) => description },
        { label: own.host, cell: ({ host, port }) => `${host}:${port}` },
        { label: own.localDomains, cell: ({ localDomains }) => localDomains.join(", ") },
        {
          label: own.links,
          cell: ({ links }) => links.map(({ component, state }) => `${component}: ${own.states[state]}`).join(", "),
        },
      ]}
    />
  );
}

interface FieldsProps {
  readonly form: UseFormReturnType<AttachmentInput>;
  readonly attachment: Attachment | undefined;
}

function Fields({ form, attachment }: FieldsProps): ReactNode {
  const isNew = attachment === undefined;
  return (
    <FieldGroup legend={own.group}>
      <TextInput label={own.name} required readOnly={!isNew} maxLength={64} {...form.getInputProps("name")} />
      <TextInput label={own.description} maxLength={255} {...form.getInputProps("description")} />
      <TextInput label={own.host} description={own.hostHelp} required maxLength={255} {...form.getInputProps("host")} />
      <NumberInput label={own.port} min={1} max={65_535} allowDecimal={false} {...form.getInputProps("port")} />
      <TagsInput label={own.localDomains} description={own.localDomainsHelp} {...form.getInputProps("localDomains")} />
      <TagsInput label={own.components} description={own.componentsHelp} {...form.getInputProps("components")} />
      <PasswordField
        label={own.secret}
        description={isNew ? own.secretHelp : own.secretKept}
        required={isNew}
        autoComplete="new-password"
        {...form.getInputProps("secret")}
      />
    </FieldGroup>
  );
}

/** One connection for each component, and why it is not there. */
function Links({ links }: Pick<Attachment, "links">): ReactNode {
  return (
    <PlainTable
      title={own.links}
      items={links}
      keyOf={({ component }) => component}
      columns={[
        { label: own.component, cell: ({ component }) => component },
        { label: own.state, cell: ({ state }) => own.states[state] },
        { label: own.since, cell: ({ since }) => momentText(since) },
        { label: own.reason, cell: ({ reason }) => reason ?? texts.template.none },
      ]}
    />
  );
}
