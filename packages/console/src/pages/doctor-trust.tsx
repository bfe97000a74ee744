import { Text } from "@mantine/core";
import { type CertificateFacts, type FetchedCertificates, trustCertificates } from "@interpres/admin-api";
import { type ReactNode, useState } from "react";
import { useApi } from "../data/api.tsx";
import { messageOf } from "../data/problems.ts";
import { useChange } from "../data/resources.ts";
import { useMay } from "../session/may.ts";
import { Confirm } from "../template/confirm.tsx";
import { GuardedButton } from "../template/guarded-button.tsx";
import { StatusArea } from "../template/status-area.tsx";
import { fill, texts } from "../texts/texts.ts";

const own = texts.doctor.trust;

interface Props {
  readonly host: string;
  readonly port: number;
  readonly onTrusted: () => void;
}

/** Fetches what a host presents, shows the certificate that would be trusted, and trusts it once that is confirmed. */
export function TrustPresented({ host, port, onTrusted }: Props): ReactNode {
  const api = useApi();
  const may = useMay("administrator");
  const [presented, setPresented] = useState<CertificateFacts>();
  const look = useChange(() => api.ask("POST", "/certificates/fetch", { host, port }) as Promise<FetchedCertificates>);
  const take = useChange((pem: string) =>
    api.create(trustCertificates, { pem, description: fill(own.description, { host }) }),
  );
  const confirm = async ({ pem }: CertificateFacts) => {
    setPresented(undefined);
    await take.mutateAsync(pem);
    onTrusted();
  };
  const error = look.error ?? take.error;
  return (
    <>
      <GuardedButton
        may={may}
        size="xs"
        loading={look.isPending || take.isPending}
        onClick={() => look.mutate(undefined, { onSuccess: ({ chain }) => setPresented(anchorOf(chain)) })}
      >
        {fill(own.button, { host })}
      </GuardedButton>
      {error !== null && <StatusArea status={{ kind: "refused", reasons: [messageOf(error)] }} />}
      <Confirm
        title={own.title}
        question={presented === undefined ? undefined : own.question}
        onConfirm={() => presented !== undefined && void confirm(presented).catch(() => undefined)}
        onCancel={() => setPresented(undefined)}
      >
        {presented !== undefined && <Sheet certificate={presented} />}
      </Confirm>
    </>
  );
}

/** The last of a chain signs the others; a server that presents none but its own can only be trusted itself. */
function anchorOf(chain: readonly CertificateFacts[]): CertificateFacts | undefined {
  return chain.at(-1);
}

function Sheet({ certificate }: { readonly certificate: CertificateFacts }): ReactNode {
  const { subject, issuer, notAfter, fingerprint256, isAuthority } = certificate;
  return (
    <>
      <Text mt="sm">{fill(own.facts, { subject, issuer, notAfter })}</Text>
      <Text mt="sm" style={{ overflowWrap: "anywhere" }}>
        {fill(own.fingerprint, { fingerprint: fingerprint256 })}
      </Text>
      {!isAuthority && <Text mt="sm">{own.onlyItself}</Text>}
    </>
  );
}
