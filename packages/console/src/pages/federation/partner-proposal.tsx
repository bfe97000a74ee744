import { type CertificateFacts, type ConfigImported, type PartnerInput, partnersPath } from "@interpres/admin-api";
import { Checkbox, Code, Group, Text, TextInput } from "@mantine/core";
import { type UseFormReturnType, useForm } from "@mantine/form";
import { type ReactNode, useState } from "react";
import { useApi } from "../../data/api.tsx";
import type { Sighting } from "../../data/propose.ts";
import { useMay } from "../../session/may.ts";
import { FieldGroup } from "../../template/field-group.tsx";
import { GuardedButton } from "../../template/guarded-button.tsx";
import { PlainTable } from "../../template/plain-table.tsx";
import type { Status } from "../../template/status-area.tsx";
import { TextOrFile } from "../../template/text-or-file.tsx";
import { useSave } from "../../template/use-save.ts";
import { fill, texts } from "../../texts/texts.ts";

const own = texts.partner;

/** What was said of a partner before anybody looked. */
export type Partner = Omit<PartnerInput, "subject" | "trustPem" | "route">;

interface Props {
  readonly partner: Partner;
  readonly sighting: Sighting;
  readonly onReport: (status: Status) => void;
  readonly onAdded: (domain: string) => void;
}

/** What would be written, to be changed and looked at before it is. */
export function PartnerProposal({ partner, sighting, onReport, onAdded }: Props): ReactNode {
  const api = useApi();
  const may = useMay("administrator");
  const [plan, setPlan] = useState<ConfigImported>();
  const form = useForm<Choices>({ initialValues: proposed(sighting) });
  const ask = (query: string) =>
    api.ask("POST", `${partnersPath}${query}`, inputOf(partner, sighting, form.values)) as Promise<ConfigImported>;
  const show = useSave({
    form,
    report: onReport,
    save: () => ask("?dryRun=true"),
    doing: own.looking,
    done: () => own.shown,
  });
  const apply = useSave({
    form,
    report: onReport,
    save: () => ask(""),
    done: () => fill(texts.template.added, { name: partner.domain }),
  });
  const onApply = async () => {
    if ((await apply()) !== undefined) onAdded(partner.domain);
  };
  return (
    <>
      <FieldGroup legend={own.proposal}>
        <ProposalFields sighting={sighting} form={form} />
        <Group gap="xs">
          <GuardedButton may={may} variant="default" onClick={() => void show().then(setPlan)}>
            {own.show}
          </GuardedButton>
          <GuardedButton may={may} onClick={() => void onApply()}>
            {own.apply}
          </GuardedButton>
        </Group>
      </FieldGroup>
      {plan !== undefined && <Differences plan={plan} />}
    </>
  );
}

interface FieldsProps {
  readonly sighting: Sighting;
  readonly form: UseFormReturnType<Choices>;
}

/** The subject, whom to trust, and the route. */
function ProposalFields({ sighting: { hop, byDns, certificate, authority, trouble }, form }: FieldsProps): ReactNode {
  return (
    <>
      {trouble !== undefined && <Text>{fill(own.trouble, { trouble })}</Text>}
      <TextInput label={own.subject} description={own.subjectHelp} {...form.getInputProps("subject")} />
      {authority === "not-presented" ? (
        <TextOrFile
          label={own.authority}
          description={own.notPresented}
          accept=".pem,.crt,.cer"
          {...form.getInputProps("trustPem")}
        />
      ) : (
        <TrustBox
          certificate={certificate}
          authority={authority}
          {...form.getInputProps("trust", { type: "checkbox" })}
        />
      )}
      {hop !== undefined && (
        <Checkbox
          label={fill(own.route, { ...hop })}
          description={byDns ? own.routeByDns : own.routeNeeded}
          {...form.getInputProps("route", { type: "checkbox" })}
        />
      )}
    </>
  );
}

interface Choices {
  readonly subject: string;
  readonly trust: boolean;
  readonly trustPem: string;
  readonly route: boolean;
}

/** What was seen, but for trust: that is given by a person. */
function proposed({ certificate, hop, byDns }: Sighting): Choices {
  return { subject: certificate?.commonName ?? "", trust: false, trustPem: "", route: hop !== undefined && !byDns };
}

function inputOf(partner: Partner, { hop, authority }: Sighting, choices: Choices): PartnerInput {
  const name = choices.subject.trim();
  const pem = choices.trust && typeof authority === "object" ? authority.pem : choices.trustPem;
  return {
    ...partner,
    ...(name === "" ? {} : { subject: { name } }),
    ...(pem === "" ? {} : { trustPem: pem }),
    ...(choices.route && hop !== undefined ? { route: { nextHop: hop.host, nextHopPort: hop.port } } : {}),
  };
}

interface TrustProps {
  readonly certificate: CertificateFacts | undefined;
  readonly authority: CertificateFacts | undefined;
}

function TrustBox({ certificate, authority, ...input }: TrustProps): ReactNode {
  if (certificate === undefined) return null;
  if (authority === undefined) return <Text size="sm">{fill(own.trusted, { issuer: certificate.issuer })}</Text>;
  const { subject, fingerprint256 } = authority;
  return (
    <Checkbox
      label={fill(own.trust, { subject })}
      description={fill(own.trustHelp, { fingerprint: fingerprint256 })}
      {...input}
    />
  );
}

function Differences({ plan }: { readonly plan: ConfigImported }): ReactNode {
  return (
    <PlainTable
      title={own.differences}
      items={plan.differences}
      keyOf={({ path }) => path}
      columns={[
        { label: own.kind, cell: ({ kind }) => own.kinds[kind] },
        { label: own.path, cell: ({ path }) => path },
        { label: own.after, cell: ({ after }) => <Code block>{JSON.stringify(after, null, 1)}</Code> },
      ]}
    />
  );
}
