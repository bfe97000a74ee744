import { type Certificates, certificatePurposes } from "@interpres/admin-api";
import { Button, Group } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useAnswer } from "../../data/resources.ts";
import { newPath, useShown } from "../../template/item-path.ts";
import { Loaded } from "../../template/loaded.tsx";
import { PageTitle } from "../../template/page-title.tsx";
import { texts } from "../../texts/texts.ts";
import { OwnCertificatePage } from "./certificates-own.tsx";
import { CertificateTables } from "./certificates-tables.tsx";
import { TrustCertificatePage } from "./certificates-trust.tsx";
import { UploadCertificate } from "./certificates-upload.tsx";

const PATH = "/os-administration/security/certificate-management";
const own = texts.certificates;

/** Security > Certificate Management: ours by purpose, whom we trust, and when each ends. */
export default function CertificateManagement(): ReactNode {
  const shown = useShown(PATH);
  if (shown.kind === "new") return <UploadCertificate path={PATH} />;
  if (shown.kind === "list") return <CertificateLists />;
  const purpose = certificatePurposes.find((each) => each === shown.key);
  if (purpose !== undefined) return <OwnCertificatePage key={purpose} purpose={purpose} path={PATH} />;
  return <TrustCertificatePage key={shown.key} id={shown.key} path={PATH} />;
}

function CertificateLists(): ReactNode {
  const certificates = useAnswer<Certificates>("/certificates");
  const navigate = useNavigate();
  return (
    <Loaded title={own.title} query={certificates}>
      {(answer) => (
        <>
          <PageTitle>{own.title}</PageTitle>
          <Group gap="xs">
            <Button onClick={() => void navigate({ to: newPath(PATH) })}>{own.upload}</Button>
          </Group>
          <CertificateTables certificates={answer} path={PATH} />
        </>
      )}
    </Loaded>
  );
}
