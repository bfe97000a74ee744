import { X509Certificate } from "node:crypto";
import { type CalendarEntry, certificatePurposes, type Notification } from "@interpres/admin-api";
import type { Metrics } from "@interpres/runtime";
import type { AdminContext } from "../admin-context.ts";
import { instantText } from "../http/instant.ts";
import { commonNameOf, fingerprintOf } from "./certificate-facts.ts";
import { AUTHORITY } from "./own-authority.ts";

const DAY_MS = 86_400_000;
/** With fewer days left than these it is told, each time as another notice (facts C13). */
const STAGES = [
  { days: 3, severity: "error" },
  { days: 14, severity: "warning" },
  { days: 30, severity: "warning" },
] as const;

type CalendarSources = Pick<AdminContext, "certificates" | "peerCertificates" | "clock">;

interface Dated {
  readonly kind: CalendarEntry["kind"];
  /** The purpose, the peer's name, or what the certificate calls itself. */
  readonly name: string | undefined;
  readonly pem: string;
  readonly link: (fingerprint256: string) => string;
}

/** Every certificate this node depends on, ours and theirs, the next to expire first. */
export function certificateCalendar(sources: CalendarSources): readonly CalendarEntry[] {
  const now = sources.clock.now();
  return datedIn(sources)
    .map((dated) => entryOf(dated, now))
    .sort((one, other) => one.notAfter.localeCompare(other.notAfter));
}

function datedIn({ certificates, peerCertificates }: CalendarSources): readonly Dated[] {
  const own = certificatePurposes.flatMap((purpose): readonly Dated[] => {
    const stored = certificates.own(purpose);
    if (stored === undefined) return [];
    return [{ kind: "own", name: purpose, pem: stored.chainPem, link: () => `/certificates/own/${purpose}` }];
  });
  const pem = certificates.own(AUTHORITY)?.chainPem;
  const authority: readonly Dated[] =
    pem === undefined ? [] : [{ kind: "authority", name: undefined, pem, link: () => "/certificates" }];
  return [
    ...own,
    ...authority,
    ...certificates.trusted().map(({ pem }): Dated => {
      return { kind: "trust", name: undefined, pem, link: (id) => `/certificates/trust/${id}` };
    }),
    ...peerCertificates
      .list()
      .map(({ name, pem }): Dated => ({ kind: "peer", name, pem, link: () => "/certificates" })),
  ];
}

function entryOf({ kind, name, pem, link }: Dated, now: number): CalendarEntry {
  const certificate = new X509Certificate(pem);
  const fingerprint256 = fingerprintOf(certificate);
  const notAfter = certificate.validToDate.getTime();
  return {
    kind,
    name: name ?? commonNameOf(certificate) ?? certificate.subject.split("\n").join(", "),
    notAfter: instantText(notAfter),
    daysLeft: Math.floor((notAfter - now) / DAY_MS),
    fingerprint256,
    link: link(fingerprint256),
  };
}

/** Which certificates end soon, ours and theirs, and what to do about each. */
export function certificateNotices(context: AdminContext): readonly Notification[] {
  return certificateCalendar(context).flatMap((entry): readonly Notification[] => {
    const stage = STAGES.find(({ days }) => entry.daysLeft < days);
    if (stage === undefined) return [];
    const { kind, name, fingerprint256, link } = entry;
    const id = `certificate-expires-${stage.days}:${kind}:${kind === "trust" ? fingerprint256 : name}`;
    const text = `${SUBJECTS[kind](name)} ${whenOf(entry)}. ${REMEDIES[kind]}`;
    return [{ id, severity: stage.severity, node: context.node.name, service: null, text, link }];
  });
}

function whenOf({ daysLeft, notAfter }: CalendarEntry): string {
  const day = notAfter.slice(0, 10);
  return daysLeft < 0 ? `has expired on ${day}` : `expires on ${day}, in ${daysLeft} days`;
}

const SUBJECTS: Readonly<Record<CalendarEntry["kind"], (name: string) => string>> = {
  own: (purpose) => `Our certificate for ${purpose}`,
  authority: (name) => `Our own authority ${name}`,
  trust: (name) => `The trusted certificate ${name}`,
  peer: (name) => `The certificate that the peer ${name} shows`,
};

const REMEDIES: Readonly<Record<CalendarEntry["kind"], string>> = {
  own: "Have it signed again, or made anew, and tell the peers that keep a copy.",
  authority: "Peers that trust it will refuse what it has signed: have our certificates signed by another one.",
  trust: "Peers whose chain ends in it will be refused: ask them for its successor and trust that.",
  peer: "Tell the peer's administrator; it will be refused after that day.",
};

/** Files of certificates that cannot be taken as they are: the present certificate goes on. */
export function certificateFileNotices({ certificateFiles, node }: AdminContext): readonly Notification[] {
  return certificatePurposes.flatMap((purpose): readonly Notification[] => {
    const problem = certificateFiles.problemOf(purpose);
    if (problem === undefined) return [];
    const text = `The files of our certificate for ${purpose} are not taken, the present one stays: ${problem}`;
    const link = `/certificates/own/${purpose}`;
    return [{ id: `certificate-files:${purpose}`, severity: "warning", node: node.name, service: null, text, link }];
  });
}

/** When the first certificate of each kind expires: seconds since 1970. */
export function countCertificates(metrics: Metrics, sources: CalendarSources): void {
  const read = () => {
    const first = new Map<string, CalendarEntry>();
    for (const entry of certificateCalendar(sources)) {
      const key = entry.kind === "own" ? entry.name : entry.kind;
      if (!first.has(key)) first.set(key, entry);
    }
    return [...first].map(([of, { kind, notAfter }]) => ({ labels: { kind, of }, value: Date.parse(notAfter) / 1000 }));
  };
  const help = "When the certificate of ours, or the first of its kind, expires";
  metrics.gauge("interpres_certificate_not_after_seconds", help, read, ["kind", "of"]);
}
