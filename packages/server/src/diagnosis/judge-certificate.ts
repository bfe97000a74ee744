import { X509Certificate } from "node:crypto";
import type { DiagnosisRepair, DiagnosisStepName } from "@interpres/admin-api";
import type { Objection } from "@interpres/federation";
import type { NextHop, PresentedCertificate } from "@interpres/sip";
import { factsOf } from "../admin/trust/certificate-facts.ts";
import { SET_CLOCK } from "./judge-clock.ts";
import type { Finding } from "./report.ts";

type CertificateStep = Extract<
  DiagnosisStepName,
  "chain" | "validity" | "usages" | "subject" | "names" | "identity" | "access-list"
>;

/** The rules of admission that each step stands for, and what to do when one of them objects. */
const RULES: Readonly<Record<CertificateStep, { readonly rules: readonly string[]; readonly remedy: string }>> = {
  chain: {
    rules: ["certificate-missing", "certificate-untrusted"],
    remedy: "import the certificate of the authority that signed theirs into the trust store",
  },
  validity: { rules: ["certificate-expired"], remedy: "they must renew their certificate; look at both clocks first" },
  usages: {
    rules: ["certificate-purpose"],
    remedy: "they need a certificate with server and client authentication as extended key usages",
  },
  subject: {
    rules: ["tls-peer-subject"],
    remedy: "define the presented common name as TLS peer subject, and select it in the context",
  },
  names: {
    rules: ["hop-certificate"],
    remedy: "let route or SRV record name the host of the certificate, or bind the subject to the domain",
  },
  identity: {
    rules: ["claimed-domain"],
    remedy: "let an SRV record or a static route of the domain name this host, or bind the subject to the domain",
  },
  "access-list": {
    rules: ["incoming-acl"],
    remedy: "restore the entry of the domain, or add one for its host or address",
  },
};

const IMPORT_ROOT =
  "import the root of their chain into the trust store: what is trusted now is enough for our calls, not for theirs";
const DAY_MS = 86_400_000;
const SOON_DAYS = 30;

/** Whoever was reached at a hop. */
export interface Shown {
  readonly hop: Pick<NextHop, "host" | "port" | "domain">;
  readonly certificate: PresentedCertificate | undefined;
  /** Whether its chain leads to a root that we trust; without a certificate there is nothing to miss. */
  readonly isRooted: boolean;
}

/** What each step about the certificate finds: what admission objects to, else what was presented. */
export function judgeCertificate(
  shown: Shown,
  objections: readonly Objection[],
  now: number,
): ReadonlyMap<CertificateStep, Finding> {
  const steps = Object.keys(RULES) as readonly CertificateStep[];
  return new Map(steps.map((step) => [step, finding(step, { ...shown, objections, now })]));
}

interface Presented extends Shown {
  readonly objections: readonly Objection[];
  readonly now: number;
}

function finding(step: CertificateStep, presented: Presented): Finding {
  const { rules, remedy } = RULES[step];
  const objection = presented.objections.find(({ rule }) => rules.includes(rule));
  if (objection !== undefined) {
    const expected = objection.expected === "" ? "" : `; wanted: ${objection.expected}`;
    const repair = repairOf(objection.rule, presented);
    const remedies = {
      remedy: isOfTomorrow(presented) && step === "validity" ? SET_CLOCK : remedy,
      ...(repair && { repair }),
    };
    return { outcome: "failed", seen: `${objection.presented}${expected}`, ...remedies };
  }
  return shown(step, presented);
}

/** Nobody shows a certificate that begins later, but for a wrong clock. */
function isOfTomorrow({ certificate }: Presented): boolean {
  return certificate?.authorizationError === "CERT_NOT_YET_VALID";
}

function repairOf(rule: string, { hop, certificate }: Presented): DiagnosisRepair | undefined {
  const { host, port, domain } = hop;
  const name = certificate?.subjectCommonName;
  switch (rule) {
    case "certificate-untrusted":
      return { kind: "trust-certificate", host, port };
    case "tls-peer-subject":
      return name === undefined ? undefined : { kind: "select-subject", name };
    case "hop-certificate":
    case "claimed-domain":
      return name === undefined ? undefined : { kind: "bind-subject", name, domain };
    case "incoming-acl":
      return { kind: "allow-access", pattern: `Allow from ${host}` };
    default:
      return undefined;
  }
}

function shown(step: CertificateStep, { certificate, isRooted, now }: Presented): Finding {
  if (certificate === undefined) return { outcome: "passed", seen: "no certificate, and none is needed" };
  const x509 = new X509Certificate(certificate.raw);
  const { issuer, notBefore, notAfter } = factsOf(x509);
  switch (step) {
    case "chain":
      return isRooted
        ? { outcome: "passed", seen: `signed by ${issuer}` }
        : { outcome: "warned", seen: `signed by ${issuer}, below a root that is not trusted`, remedy: IMPORT_ROOT };
    case "validity":
      return validity({ notBefore, notAfter }, now);
    case "usages": {
      const usages = certificate.extendedKeyUsages;
      return { outcome: "passed", seen: usages.length === 0 ? "not restricted" : usages.join(", ") };
    }
    case "subject":
    case "names":
      return { outcome: "passed", seen: namesOf(certificate) };
    case "identity":
    case "access-list":
      return { outcome: "passed", seen: certificate.subjectCommonName ?? namesOf(certificate) };
  }
}

function validity(span: { readonly notBefore: string; readonly notAfter: string }, now: number): Finding {
  const days = Math.floor((Date.parse(span.notAfter) - now) / DAY_MS);
  const seen = `valid from ${span.notBefore.slice(0, 10)} to ${span.notAfter.slice(0, 10)}, ${days} days more`;
  if (days >= SOON_DAYS) return { outcome: "passed", seen };
  return { outcome: "warned", seen, remedy: "tell them that their certificate ends soon" };
}

function namesOf({ subjectCommonName, dnsNames }: PresentedCertificate): string {
  return [...new Set([...(subjectCommonName === undefined ? [] : [subjectCommonName]), ...dnsNames])].join(", ");
}
