import { Box, Group, NumberInput, SimpleGrid, TextInput } from "@mantine/core";
import { type UseFormReturnType, useForm } from "@mantine/form";
import { useSearch } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useApi } from "../../data/api.tsx";
import { type Sighting, sight } from "../../data/propose.ts";
import { useMay } from "../../session/may.ts";
import { FieldGroup } from "../../template/field-group.tsx";
import { GuardedButton } from "../../template/guarded-button.tsx";
import { GuardedForm } from "../../template/guarded-form.tsx";
import { PageTitle } from "../../template/page-title.tsx";
import { type Status, StatusArea } from "../../template/status-area.tsx";
import classes from "../../template/template.module.css";
import { useSave } from "../../template/use-save.ts";
import { fill, texts } from "../../texts/texts.ts";
import { IntegrationTypeFields } from "./integration-type.tsx";
import { PartnerDone } from "./partner-done.tsx";
import { type Partner, PartnerProposal } from "./partner-proposal.tsx";

const own = texts.partner;
const SIP_TLS_PORT = 5061;

/** From a domain's name to a federation that was examined, on one page. */
export default function AddPartner(): ReactNode {
  const api = useApi();
  const may = useMay("administrator");
  const { domain = "" } = useSearch({ strict: false }) as { readonly domain?: unknown };
  const [status, setStatus] = useState<Status>({ kind: "idle", text: own.help });
  /** As it was looked at; what is typed afterwards counts for the next look. */
  const [looked, setLooked] = useState<Looked>();
  const [added, setAdded] = useState<string>();
  const form = useForm<Typed>({ initialValues: { ...BLANK, domain: String(domain) } });
  const lookUp = useSave({
    form,
    report: setStatus,
    save: async () => {
      const { host, port, ...partner } = { ...form.values, domain: form.values.domain.trim() };
      return { partner, sighting: await sight(api, partner.domain, { host: host.trim(), port }) };
    },
    doing: own.looking,
    done: ({ sighting: { hop } }) =>
      hop === undefined ? { kind: "idle", text: own.noWay } : fill(own.sighted, { ...hop }),
  });
  const submit = async () => {
    setLooked(undefined);
    setAdded(undefined);
    setLooked(await lookUp());
  };
  return (
    <>
      <PageTitle>{own.title}</PageTitle>
      <StatusArea status={status} />
      <GuardedForm may={may} onSubmit={submit}>
        <FieldGroup legend={own.who}>
          <PartnerFields form={form} />
          <Group>
            <GuardedButton may={may} type="submit">
              {own.lookUp}
            </GuardedButton>
          </Group>
        </FieldGroup>
      </GuardedForm>
      {looked !== undefined && added === undefined && (
        <Box mt="md">
          <PartnerProposal {...looked} onReport={setStatus} onAdded={setAdded} />
        </Box>
      )}
      {added !== undefined && <PartnerDone domain={added} />}
    </>
  );
}

interface Looked {
  readonly partner: Partner;
  readonly sighting: Sighting;
}

interface Typed extends Partner {
  readonly host: string;
  readonly port: number;
}

const BLANK: Typed = {
  domain: "",
  description: "",
  integrationType: "microsoft",
  directFederation: false,
  host: "",
  port: SIP_TLS_PORT,
};

function PartnerFields({ form }: { readonly form: UseFormReturnType<Typed> }): ReactNode {
  const { domain, description } = texts.sipFederation;
  return (
    <>
      <TextInput label={domain} required maxLength={255} {...form.getInputProps("domain")} />
      <TextInput label={description} maxLength={255} {...form.getInputProps("description")} />
      <IntegrationTypeFields form={form} />
      <SimpleGrid className={classes.pairs ?? ""} cols={{ base: 1, sm: 2 }}>
        <TextInput label={own.host} description={own.hostHelp} {...form.getInputProps("host")} />
        <NumberInput label={own.port} description={own.portHelp} {...form.getInputProps("port")} />
      </SimpleGrid>
    </>
  );
}
