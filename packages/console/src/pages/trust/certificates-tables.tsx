import type { Certificates } from "@interpres/admin-api";
import { Badge } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { editPath } from "../../template/item-path.ts";
import { momentText } from "../../template/moment.ts";
import { NoticeLink } from "../../template/notice-link.tsx";
import { PlainTable } from "../../template/plain-table.tsx";
import classes from "../../template/template.module.css";
import { fill, texts } from "../../texts/texts.ts";

const own = texts.certificates;
/** From when on a certificate is worth somebody's attention. */
const SOON_DAYS = 30;

interface Props {
  readonly certificates: Certificates;
  readonly path: string;
}

/** Ours, the trusted ones, what peers showed last, and the calendar of all of them. */
export function CertificateTables({ certificates, path }: Props): ReactNode {
  const daysOf = new Map(certificates.calendar.map(({ fingerprint256, daysLeft }) => [fingerprint256, daysLeft]));
  const ends = {
    label: own.ends,
    cell: ({ notAfter, fingerprint256 }: { readonly notAfter: string; readonly fingerprint256: string }) => (
      <Ends notAfter={notAfter} daysLeft={daysOf.get(fingerprint256)} />
    ),
  };
  const item = (key: string, text: string) => (
    <Link className={classes.link} to={editPath(path, key)}>
      {text}
    </Link>
  );
  return (
    <>
      <PlainTable
        title={own.own}
        items={certificates.own}
        keyOf={({ purpose }) => purpose}
        columns={[
          { label: own.purpose, cell: ({ purpose }) => item(purpose, own.purposes[purpose]) },
          { label: own.commonName, cell: ({ commonName }) => commonName },
          { label: own.issuer, cell: ({ issuer }) => issuer },
          ends,
          { label: own.request, cell: ({ hasPendingRequest }) => hasPendingRequest && own.requestPending },
        ]}
      />
      <PlainTable
        title={own.trust}
        items={certificates.trust}
        keyOf={({ id }) => id}
        columns={[
          { label: own.commonName, cell: ({ id, commonName, subject }) => item(id, commonName ?? subject) },
          { label: own.description, cell: ({ description }) => description },
          { label: own.issuer, cell: ({ issuer }) => issuer },
          ends,
        ]}
      />
      <Peers peers={certificates.peers} />
      <Calendar calendar={certificates.calendar} />
    </>
  );
}

/** What peers showed last. */
function Peers({ peers }: Pick<Certificates, "peers">): ReactNode {
  return (
    <PlainTable
      title={own.peers}
      items={peers}
      keyOf={({ name }) => name}
      columns={[
        { label: own.peer, cell: ({ name }) => name },
        { label: own.issuer, cell: ({ issuer }) => issuer },
        { label: own.agreed, cell: ({ tlsVersion, cipher }) => `${tlsVersion}, ${cipher}` },
        { label: own.seenAt, cell: ({ seenAt }) => momentText(seenAt) },
      ]}
    />
  );
}

/** When each of them ends, the next one first. */
function Calendar({ calendar }: Pick<Certificates, "calendar">): ReactNode {
  return (
    <PlainTable
      title={own.calendar}
      items={calendar}
      keyOf={({ kind, name, fingerprint256 }) => `${kind} ${name} ${fingerprint256}`}
      columns={[
        { label: own.ends, cell: (entry) => <Ends {...entry} /> },
        { label: own.kind, cell: ({ kind }) => own.kinds[kind] },
        { label: own.name, cell: ({ name }) => name },
        { label: "", cell: ({ link }) => <NoticeLink link={link} /> },
      ]}
    />
  );
}

/** When a certificate ends, and how many days that is. */
function Ends({ notAfter, daysLeft }: { readonly notAfter: string; readonly daysLeft: number | undefined }): ReactNode {
  return (
    <>
      {momentText(notAfter)} {daysLeft !== undefined && <DaysLeft daysLeft={daysLeft} />}
    </>
  );
}

function DaysLeft({ daysLeft }: { readonly daysLeft: number }): ReactNode {
  const color = daysLeft < 0 ? "red" : daysLeft < SOON_DAYS ? "orange" : "gray";
  return (
    <Badge color={color} variant={color === "gray" ? "default" : "filled"} miw="max-content">
      {daysLeft < 0 ? own.expired : fill(own.daysLeft, { days: daysLeft })}
    </Badge>
  );
}
