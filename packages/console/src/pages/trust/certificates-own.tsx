import type { CertificateNames, CertificatePurpose, OwnCertificate, SigningRequest } from "@interpres/admin-api";
import { Group, TextInput, Title } from "@mantine/core";
import { type UseFormReturnType, useForm } from "@mantine/form";
import { type ReactNode, useState } from "react";
import { useApi } from "../../data/api.tsx";
import { useAnswer } from "../../data/resources.ts";
import { useMay } from "../../session/may.ts";
import { Confirm } from "../../template/confirm.tsx";
import { FieldGroup } from "../../template/field-group.tsx";
import { BackToList } from "../../template/form-actions.tsx";
import { GuardedButton } from "../../template/guarded-button.tsx";
import { Loaded } from "../../template/loaded.tsx";
import { PageTitle } from "../../template/page-title.tsx";
import { type Status, StatusArea } from "../../template/status-area.tsx";
import { useSave } from "../../template/use-save.ts";
import { fill, texts } from "../../texts/texts.ts";
import { OldConnections } from "./certificates-connections.tsx";
import { CertificateSheet, PemText } from "./certificates-facts.tsx";

const own = texts.certificates;

interface Props {
  readonly purpose: CertificatePurpose;
  /** Of the page with the lists. */
  readonly path: string;
}

/** One certificate of ours: what it says, a new one of our own authority, a signing request for another's. */
export function OwnCertificatePage({ purpose, path }: Props): ReactNode {
  const certificate = useAnswer<OwnCertificate>(`/certificates/own/${purpose}`);
  const [status, setStatus] = useState<Status>({ kind: "idle" });
  const title = fill(own.ownTitle, { purpose: own.purposes[purpose] });
  return (
    <Loaded title={title} query={certificate}>
      {(shown) => (
        <>
          <PageTitle>{title}</PageTitle>
          <StatusArea status={status} />
          <CertificateSheet facts={shown} pem={shown.chainPem} fileName={`${purpose}.pem`} />
          {purpose === "sip" && <OldConnections report={setStatus} />}
          <NewCertificate purpose={purpose} report={setStatus} />
          <Group mt="md">
            <BackToList path={path} />
          </Group>
        </>
      )}
    </Loaded>
  );
}

interface NewProps extends Pick<Props, "purpose"> {
  readonly report: (status: Status) => void;
}

/** Names for a new certificate, and who shall sign it: we or, by a request, somebody else. */
function NewCertificate({ purpose, report }: NewProps): ReactNode {
  const may = useMay("administrator");
  const form = useForm<TypedNames>({ initialValues: { commonName: "", dnsNames: "" } });
  const [request, setRequest] = useState<SigningRequest>();
  const [isAsking, setAsking] = useState(false);
  const { regenerate, ask } = useOrders(form, { purpose, report });
  return (
    <>
      <Title order={2} size="h4" mt="xl" mb="xs">
        {own.newCertificate}
      </Title>
      <FieldGroup legend={own.newNames}>
        <TextInput label={own.commonName} description={own.commonNameHelp} {...form.getInputProps("commonName")} />
        <TextInput label={own.dnsNames} description={own.dnsNamesHelp} {...form.getInputProps("dnsNames")} />
        <Group gap="xs">
          <GuardedButton may={may} variant="default" onClick={() => setAsking(true)}>
            {own.regenerate}
          </GuardedButton>
          <GuardedButton may={may} variant="default" onClick={() => void ask().then(setRequest)}>
            {own.generateCsr}
          </GuardedButton>
        </Group>
        {request !== undefined && <PemText text={request.csrPem} fileName={`${purpose}.csr`} />}
      </FieldGroup>
      <Confirm
        title={own.regenerate}
        question={isAsking ? own.regenerateQuestion : undefined}
        onCancel={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false);
          void regenerate();
        }}
      />
    </>
  );
}

interface TypedNames {
  readonly commonName: string;
  readonly dnsNames: string;
}

function useOrders(form: UseFormReturnType<TypedNames>, { purpose, report }: NewProps) {
  const api = useApi();
  const path = `/certificates/own/${purpose}`;
  const regenerate = useSave({
    form,
    report,
    save: () => api.ask("POST", `${path}/regenerate`, namesIn(form.values)) as Promise<OwnCertificate>,
    done: ({ commonName }) => fill(own.regenerated, { name: commonName ?? "" }),
  });
  const ask = useSave({
    form,
    report,
    save: () => api.ask("POST", `${path}/csr`, namesIn(form.values)) as Promise<SigningRequest>,
    done: () => own.requestMade,
  });
  return { regenerate, ask };
}

/** What is left empty is as the node needs it. */
function namesIn({ commonName, dnsNames }: TypedNames): CertificateNames {
  const names = dnsNames.split(/[\s,]+/).filter((name) => name !== "");
  return { ...(commonName === "" ? {} : { commonName }), ...(names.length === 0 ? {} : { dnsNames: names }) };
}
