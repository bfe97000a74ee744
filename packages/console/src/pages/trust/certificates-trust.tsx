import { type TrustRemoval, trustCertificates } from "@interpres/admin-api";
import { Group, Text } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useApi } from "../../data/api.tsx";
import { messageOf } from "../../data/problems.ts";
import { useChange, useItem } from "../../data/resources.ts";
import { useMay } from "../../session/may.ts";
import { Confirm } from "../../template/confirm.tsx";
import { BackToList } from "../../template/form-actions.tsx";
import { GuardedButton } from "../../template/guarded-button.tsx";
import { Loaded } from "../../template/loaded.tsx";
import { PageTitle } from "../../template/page-title.tsx";
import { type Status, StatusArea } from "../../template/status-area.tsx";
import { fill, texts } from "../../texts/texts.ts";
import { CertificateSheet } from "./certificates-facts.tsx";

const own = texts.certificates;

/** One trusted certificate. Once deleted, the page still says which peers lost what they were verified with. */
export function TrustCertificatePage({ id, path }: { readonly id: string; readonly path: string }): ReactNode {
  const api = useApi();
  const navigate = useNavigate();
  const may = useMay("administrator");
  const certificate = useItem(trustCertificates, id);
  const [status, setStatus] = useState<Status>({ kind: "idle" });
  const [isAsking, setAsking] = useState(false);
  const [isGone, setGone] = useState(false);
  const remove = useChange(async () => {
    try {
      const removal = (await api.ask("DELETE", `${trustCertificates.path}/${id}`)) as TrustRemoval | undefined;
      if (removal === undefined) return await navigate({ to: path });
      setGone(true);
      setStatus({ kind: "done", text: own.trustRemoved, warnings: removal.warnings });
    } catch (error) {
      setStatus({ kind: "refused", reasons: [messageOf(error)] });
    }
  });
  return (
    <Loaded title={own.trustTitle} query={certificate}>
      {(shown) => (
        <>
          <PageTitle>{own.trustTitle}</PageTitle>
          <StatusArea status={status} />
          <Text mb="sm">{shown.description}</Text>
          <CertificateSheet facts={shown} pem={shown.pem} fileName={`${shown.commonName ?? shown.id}.pem`} />
          <Group mt="md">
            <GuardedButton
              may={isGone ? { kind: "no", reason: own.trustRemoved } : may}
              variant="default"
              onClick={() => setAsking(true)}
            >
              {texts.template.delete}
            </GuardedButton>
            <BackToList path={path} />
          </Group>
          <Confirm
            title={texts.template.delete}
            question={isAsking ? fill(own.trustQuestion, { name: shown.commonName ?? shown.subject }) : undefined}
            onCancel={() => setAsking(false)}
            onConfirm={() => {
              setAsking(false);
              remove.mutate(undefined);
            }}
          />
        </>
      )}
    </Loaded>
  );
}
