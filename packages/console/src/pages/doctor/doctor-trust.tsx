import { type CertificateFacts, type FetchedCertificates, trustCertificates } from "@interpres/admin-api";
import { Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useApi } from "../../data/api.tsx";
import { messageOf } from "../../data/problems.ts";
import { authorityIn } from "../../data/propose.ts";
import { useChange } from "../../data/resources.ts";
import { useMay } from "../../session/may.ts";
import { Confirm } from "../../template/confirm.tsx";
import { GuardedButton } from "../../template/guarded-button.tsx";
import { StatusArea } from "../../template/status-area.tsx";
import { TextOrFile } from "../../template/text-or-file.tsx";
import { fill, texts } from "../../texts/texts.ts";

const own = texts.doctor.trust;

interface Props {
  readonly host: string;
  readonly port: number;
  readonly onTrusted: () => void;
}

/** Fetches what a host presents, shows the authority that would be trusted or asks for it, and trusts it once that is confirmed. */
export function TrustPresented({ host, port, onTrusted }: Props): ReactNode {
  const api = useApi();
  const may = useMay("administrator");
  const [chain, setChain] = useState<readonly CertificateFacts[]>();
  const [typed, setTyped] = useState("");
  const look = useChange(() => api.ask("POST", "/certificates/fetch", { host, port }) as Promise<FetchedCertificates>);
  const take = useChange((pem: string) =>
    api.create(trustCertificates, { pem, description: fill(own.description, { host }) }),
  );
  const authority = authorityIn(chain ?? []);
  const confirm = () => {
    setChain(undefined);
    take.mutate(authority?.pem ?? typed, { onSuccess: onTrusted });
  };
  const error = look.error ?? take.error;
  return (
    <>
      <GuardedButton
        may={may}
        size="xs"
        loading={look.isPending || take.isPending}
        onClick={() => look.mutate(undefined, { onSuccess: (fetched) => setChain(fetched.chain) })}
      >
        {fill(own.button, { host })}
      </GuardedButton>
      {error !== null && <StatusArea status={{ kind: "refused", reasons: [messageOf(error)] }} />}
      <Confirm
        title={own.title}
        question={chain === undefined ? undefined : own.question}
        onConfirm={confirm}
        onCancel={() => setChain(undefined)}
      >
        {authority === undefined ? (
          <>
            <Text my="sm">{own.notPresented}</Text>
            <TextOrFile label={own.authority} value={typed} onChange={setTyped} accept=".pem,.crt,.cer" />
          </>
        ) : (
          <Sheet certificate={authority} />
        )}
      </Confirm>
    </>
  );
}

function Sheet({ certificate }: { readonly certificate: CertificateFacts }): ReactNode {
  const { subject, issuer, notAfter, fingerprint256 } = certificate;
  return (
    <>
      <Text mt="sm">{fill(own.facts, { subject, issuer, notAfter })}</Text>
      <Text mt="sm" style={{ overflowWrap: "anywhere" }}>
        {fill(own.fingerprint, { fingerprint: fingerprint256 })}
      </Text>
    </>
  );
}
