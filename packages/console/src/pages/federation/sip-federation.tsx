import { type SipFederatedDomain, type SipFederatedDomainInput, sipFederatedDomains } from "@interpres/admin-api";
import { TextInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import type { ReactNode } from "react";
import { EditForm } from "../../template/edit-form.tsx";
import { FieldGroup } from "../../template/field-group.tsx";
import { FindList } from "../../template/find-list.tsx";
import { useShown } from "../../template/item-path.ts";
import { texts } from "../../texts/texts.ts";
import { IntegrationTypeFields } from "./integration-type.tsx";
import { DomainHealth } from "./sip-federation-health.tsx";

const PATH = "/administration/presence/inter-domain-federation/sip-federation";
const own = texts.sipFederation;
const BLANK: SipFederatedDomainInput = {
  domain: "",
  description: "",
  integrationType: "microsoft",
  directFederation: false,
};
const keyOf = ({ domain }: SipFederatedDomain): string => domain;

/** Presence > Inter Domain Federation > SIP Federation. */
export default function SipFederation(): ReactNode {
  const shown = useShown(PATH);
  if (shown.kind === "list") return <DomainList />;
  return (
    <EditForm
      title={own.formTitle}
      resource={sipFederatedDomains}
      path={PATH}
      shown={shown}
      keyOf={keyOf}
      blank={BLANK}
      fields={(form, domain) => <DomainFields form={form} domain={domain} />}
      aside={({ domain }) => <DomainHealth domain={domain} />}
    />
  );
}

interface FieldsProps {
  readonly form: UseFormReturnType<SipFederatedDomainInput>;
  readonly domain: SipFederatedDomain | undefined;
}

function DomainFields({ form, domain }: FieldsProps): ReactNode {
  return (
    <FieldGroup legend={own.group}>
      <TextInput
        label={own.domain}
        required
        readOnly={domain !== undefined}
        maxLength={255}
        {...form.getInputProps("domain")}
      />
      <TextInput
        label={own.description}
        description={own.descriptionHelp}
        maxLength={255}
        {...form.getInputProps("description")}
      />
      <IntegrationTypeFields form={form} />
    </FieldGroup>
  );
}

function DomainList(): ReactNode {
  return (
    <FindList
      title={own.title}
      findWhat={own.findWhat}
      resource={sipFederatedDomains}
      path={PATH}
      keyOf={keyOf}
      fields={[
        { name: "domain", label: own.domain },
        { name: "description", label: own.description },
      ]}
      columns={[
        { label: own.domain, cell: keyOf },
        { label: own.description, cell: ({ description }) => description },
        { label: own.integrationType, cell: ({ integrationType }) => own.types[integrationType] },
        {
          label: own.directFederation,
          cell: ({ directFederation }) => (directFederation ? texts.template.yes : texts.template.no),
        },
      ]}
    />
  );
}
