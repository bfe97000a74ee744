import {
  type AdminClient,
  type CertificatePurpose,
  certificatePurposes,
  type TrustCertificate,
  tlsPeerSubjects,
  trustCertificates,
} from "@interpres/admin-api";
import { Group, NativeSelect, TextInput } from "@mantine/core";
import { type UseFormReturnType, useForm } from "@mantine/form";
import { type ReactNode, useState } from "react";
import { useApi } from "../../data/api.tsx";
import { useMay } from "../../session/may.ts";
import { FieldGroup } from "../../template/field-group.tsx";
import { BackToList } from "../../template/form-actions.tsx";
import { GuardedButton } from "../../template/guarded-button.tsx";
import { GuardedForm } from "../../template/guarded-form.tsx";
import { PageTitle } from "../../template/page-title.tsx";
import { type Status, StatusArea } from "../../template/status-area.tsx";
import { TextOrFile } from "../../template/text-or-file.tsx";
import { useSave } from "../../template/use-save.ts";
import { fill, texts } from "../../texts/texts.ts";
import { FetchCertificate } from "./certificates-fetch.tsx";

const own = texts.certificates;
const FILES = ".pem,.crt,.cer";

interface Values {
  readonly purpose: CertificatePurpose | "trust";
  readonly description: string;
  /** What shall be trusted. */
  readonly pem: string;
  /** What shall be ours, with those that sign it. */
  readonly chainPem: string;
  readonly keyPem: string;
}

const BLANK: Values = { purpose: "trust", description: "", pem: "", chainPem: "", keyPem: "" };

/** Upload Certificate/Certificate chain: one of ours with its chain and key, or one to trust, perhaps as a peer shows it. */
export function UploadCertificate({ path }: { readonly path: string }): ReactNode {
  const api = useApi();
  const may = useMay("administrator");
  const form = useForm<Values>({ initialValues: BLANK });
  const [status, setStatus] = useState<Status>({ kind: "idle" });
  const save = useSave({ form, report: setStatus, save: () => upload(api, form.values), done: ({ text }) => text });
  const submit = async () => {
    if ((await save()) !== undefined) form.setValues({ ...BLANK, purpose: form.values.purpose });
  };
  return (
    <>
      <PageTitle>{own.upload}</PageTitle>
      <StatusArea status={status} />
      <GuardedForm may={may} onSubmit={submit}>
        <UploadFields form={form} />
        <Group mt="md">
          <GuardedButton may={may} type="submit">
            {own.uploadButton}
          </GuardedButton>
          <BackToList path={path} />
        </Group>
      </GuardedForm>
      <FetchCertificate
        onChoose={(pem, description) => form.setValues({ ...BLANK, purpose: "trust", pem, description })}
      />
    </>
  );
}

function UploadFields({ form }: { readonly form: UseFormReturnType<Values> }): ReactNode {
  const choices = [
    { value: "trust", label: own.purposes.trust },
    ...certificatePurposes.map((value) => ({ value, label: own.purposes[value] })),
  ];
  return (
    <FieldGroup legend={own.upload}>
      <NativeSelect label={own.certificatePurpose} data={choices} {...form.getInputProps("purpose")} />
      {form.values.purpose === "trust" ? (
        <>
          <TextInput label={own.description} maxLength={255} {...form.getInputProps("description")} />
          <TextOrFile
            label={own.certificate}
            description={own.trustHelp}
            required
            accept={FILES}
            {...form.getInputProps("pem")}
          />
        </>
      ) : (
        <>
          <TextOrFile
            label={own.chain}
            description={own.chainHelp}
            required
            accept={FILES}
            {...form.getInputProps("chainPem")}
          />
          <TextOrFile
            label={own.privateKey}
            description={own.privateKeyHelp}
            accept=".pem,.key"
            {...form.getInputProps("keyPem")}
          />
        </>
      )}
    </FieldGroup>
  );
}

/** Resolves with the node's answer, and in words what it means. */
async function upload(api: AdminClient, { purpose, description, pem, chainPem, keyPem }: Values) {
  if (purpose === "trust") {
    const trusted = await api.create(trustCertificates, { pem, description });
    return { ...trusted, text: await trustedText(api, trusted) };
  }
  const input = { chainPem, ...(keyPem === "" ? {} : { keyPem }) };
  const saved = (await api.ask("PUT", `/certificates/own/${purpose}`, input)) as object;
  return { ...saved, text: fill(own.uploaded, { purpose: own.purposes[purpose] }) };
}

/** The common name may have become a peer subject: then that is said, and in which contexts it counts. */
async function trustedText(api: AdminClient, { commonName, subject }: TrustCertificate): Promise<string> {
  const subjects = await api.all(tlsPeerSubjects);
  const made = subjects.find(({ name }) => name.toLowerCase() === commonName?.toLowerCase());
  if (made === undefined) return fill(own.trusted, { name: commonName ?? subject });
  return fill(own.trustedSubject, { name: made.name, contexts: made.selectedIn.join(", ") || own.noContext });
}
