import type { CertificateFacts, FetchedCertificates } from "@interpres/admin-api";
import { Button, Group, NumberInput, Text, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { type ReactNode, useState } from "react";
import { useApi } from "../../data/api.tsx";
import { useMay } from "../../session/may.ts";
import { FieldGroup } from "../../template/field-group.tsx";
import { GuardedButton } from "../../template/guarded-button.tsx";
import { GuardedForm } from "../../template/guarded-form.tsx";
import { type Status, StatusArea } from "../../template/status-area.tsx";
import { useSave } from "../../template/use-save.ts";
import { fill, texts } from "../../texts/texts.ts";
import { CertificateSheet } from "./certificates-facts.tsx";

const own = texts.certificates;
const SIP_TLS_PORT = 5061;

/** Takes one of the certificates that were shown, and what to call it. */
type Choose = (pem: string, description: string) => void;

/** Looks at what a server presents; nothing of it is trusted by that. */
export function FetchCertificate({ onChoose }: { readonly onChoose: Choose }): ReactNode {
  const api = useApi();
  const may = useMay("operator");
  const form = useForm({ initialValues: { host: "", port: SIP_TLS_PORT } });
  const [status, setStatus] = useState<Status>({ kind: "idle", text: own.fetchHelp });
  const [fetched, setFetched] = useState<FetchedCertificates>();
  const fetchIt = useSave({
    form,
    report: setStatus,
    save: () => api.ask("POST", "/certificates/fetch", form.values) as Promise<FetchedCertificates>,
    done: ({ address, version }) => fill(own.fetched, { address, version: version ?? own.noHandshake }),
  });
  return (
    <section aria-label={own.fetch}>
      <Title order={2} size="h4" mt="xl" mb="xs">
        {own.fetch}
      </Title>
      <StatusArea status={status} />
      <GuardedForm may={may} onSubmit={() => fetchIt().then(setFetched)}>
        <FieldGroup legend={own.fetchFrom}>
          <TextInput label={own.host} required {...form.getInputProps("host")} />
          <NumberInput label={own.port} required min={1} max={65535} {...form.getInputProps("port")} />
          <Group>
            <GuardedButton may={may} type="submit" variant="default">
              {own.fetchButton}
            </GuardedButton>
          </Group>
        </FieldGroup>
      </GuardedForm>
      {fetched !== undefined && <Fetched fetched={fetched} onChoose={onChoose} host={form.values.host} />}
    </section>
  );
}

interface FetchedProps {
  readonly fetched: FetchedCertificates;
  readonly host: string;
  readonly onChoose: Choose;
}

function Fetched({ fetched, host, onChoose }: FetchedProps): ReactNode {
  const troubles = [fetched.error, fetched.underContext.error].filter((text) => text !== null);
  return (
    <>
      {[...new Set(troubles)].map((text) => (
        <Text key={text} mt="sm">
          {text}
        </Text>
      ))}
      {fetched.objections.map(({ rule, presented, expected }) => (
        <Text key={`${rule} ${presented}`} mt="sm">
          {fill(own.objection, { rule, presented, expected })}
        </Text>
      ))}
      {fetched.chain.map((certificate) => (
        <Presented
          key={certificate.fingerprint256}
          certificate={certificate}
          onChoose={() => onChoose(certificate.pem, fill(own.asPresented, { host }))}
        />
      ))}
    </>
  );
}

function Presented({
  certificate,
  onChoose,
}: {
  readonly certificate: CertificateFacts;
  readonly onChoose: () => void;
}): ReactNode {
  const name = certificate.commonName ?? certificate.subject;
  return (
    <section aria-label={name}>
      <Group mt="lg" mb="xs">
        <Title order={3} size="h5">
          {name}
        </Title>
        <Button variant="default" size="xs" onClick={onChoose} aria-label={fill(own.chooseNamed, { name })}>
          {own.choose}
        </Button>
      </Group>
      <CertificateSheet facts={certificate} pem={certificate.pem} fileName={`${name}.pem`} />
    </section>
  );
}
