import type { CertificateFacts } from "@interpres/admin-api";
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { download } from "../../template/download.ts";
import { FactsTable } from "../../template/facts-table.tsx";
import { momentText } from "../../template/moment.ts";
import classes from "../../template/template.module.css";
import { texts } from "../../texts/texts.ts";

const own = texts.certificates;

interface Props {
  readonly facts: Omit<CertificateFacts, "pem">;
  /** Begins with the certificate itself. */
  readonly pem: string;
  /** What the file is called that is downloaded. */
  readonly fileName: string;
}

/** What a certificate says, and the certificate itself. */
export function CertificateSheet({ facts, pem, fileName }: Props): ReactNode {
  return (
    <>
      <FactsTable
        label={own.facts}
        rows={[
          [own.subject, facts.subject],
          [own.issuer, facts.issuer],
          [own.names, facts.dnsNames.concat(facts.uris).join(", ") || texts.template.none],
          [own.usages, facts.usages.join(", ") || own.unrestricted],
          [own.key, facts.key],
          [own.begins, momentText(facts.notBefore)],
          [own.ends, momentText(facts.notAfter)],
          [
            own.fingerprint,
            <span key="fingerprint" className={classes.code}>
              {facts.fingerprint256}
            </span>,
          ],
        ]}
      />
      <PemText text={pem} fileName={fileName} />
    </>
  );
}

/** PEM to be read, copied and downloaded. */
export function PemText({ text, fileName }: { readonly text: string; readonly fileName: string }): ReactNode {
  return (
    <>
      <details>
        <summary>{own.pem}</summary>
        <pre className={classes.code}>{text}</pre>
      </details>
      <Button variant="default" mt="xs" onClick={() => download(fileName, text)}>
        {own.download}
      </Button>
    </>
  );
}
