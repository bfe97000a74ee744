import type { PresentedCertificate } from "@interpres/sip";
import { comparableName } from "../trust/certificate-name.ts";
import { alternativeNames, commonName, domainIdentities, presentedNames } from "../trust/peer-identity.ts";
import type { SelectedSubjects } from "../trust/peer-subjects.ts";
import type { TrustedFingerprints } from "../trust/trusted-fingerprints.ts";
import type { Objection } from "./objection.ts";

const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
const ANY_USAGE = "2.5.29.37.0";

/** OpenSSL's names for a certificate that is not of today. */
const OUT_OF_DATE: ReadonlySet<string> = new Set(["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID"]);

/** The chain must lead to a certificate of the trust store and be of today (RFC 5280 §6). */
export function certificateChain(certificate: PresentedCertificate): Objection | undefined {
  if (certificate.authorized) return undefined;
  const error = certificate.authorizationError ?? "unknown";
  const rule = OUT_OF_DATE.has(error)
    ? "certificate-expired"
    : error === "INVALID_PURPOSE"
      ? "certificate-purpose"
      : "certificate-untrusted";
  return refuse(rule, `${describe(certificate)}: ${error}`, EXPECTED_CHAIN[rule]);
}

const EXPECTED_CHAIN = {
  "certificate-expired": "a certificate that is valid today",
  "certificate-purpose": "both extended key usages, server and client authentication",
  "certificate-untrusted": "a chain to a certificate of the trust store",
} as const;

/** The chain held at the handshake; what it ended in may have been taken out of the trust store since. */
export function trustKept(
  certificate: PresentedCertificate,
  trusted: Pick<TrustedFingerprints, "has">,
): Objection | undefined {
  if (trusted.has(certificate)) return undefined;
  const presented = `${describe(certificate)}: what its chain ends in was removed from the trust store`;
  return refuse("certificate-untrusted", presented, EXPECTED_CHAIN["certificate-untrusted"]);
}

/** A federation peer accepts and opens connections: where its certificate restricts its use it must allow both. */
export function certificatePurpose(certificate: PresentedCertificate): Objection | undefined {
  const usages = certificate.extendedKeyUsages;
  if (usages.length === 0 || usages.includes(ANY_USAGE)) return undefined;
  if (usages.includes(SERVER_AUTH) && usages.includes(CLIENT_AUTH)) return undefined;
  const presented = `${describe(certificate)}: ${usages.join(", ")}`;
  return refuse("certificate-purpose", presented, EXPECTED_CHAIN["certificate-purpose"]);
}

/** The certificate must match a TLS peer subject that the context has selected (facts R45, R48, R51). */
export function tlsPeerSubject(certificate: PresentedCertificate, subjects: SelectedSubjects): Objection | undefined {
  if (subjects.matching(certificate) !== undefined) return undefined;
  const selected = subjects.toString();
  const expected = selected === "" ? "no subject is selected" : selected;
  const unselected = subjects.unselected(certificate);
  const remark = unselected === undefined ? "" : `; ${unselected.name} is defined but not selected`;
  return refuse("tls-peer-subject", describeNames(certificate), `${expected}${remark}`);
}

/** Outbound: the certificate must prove one of the names of the hop it was dialled for (RFC 5922 §7.3). */
export function hopCertificate(
  certificate: PresentedCertificate,
  expectedNames: readonly string[],
  subject: string | undefined,
): Objection | undefined {
  const proved = [...domainIdentities(certificate).names, ...(subject === undefined ? [] : [comparableName(subject)])];
  if (expectedNames.some((name) => proved.includes(name))) return undefined;
  return refuse("hop-certificate", describe(certificate), expectedNames.join(", "));
}

/** The name that counts for a peer subject, and apart from it those that usually do not. */
function describeNames(certificate: PresentedCertificate): string {
  const alternatives = alternativeNames(certificate).filter((other) => other !== commonName(certificate));
  const name = commonName(certificate) ?? "no single common name";
  return alternatives.length === 0 ? name : `${name} (alternative names: ${alternatives.join(", ")})`;
}

/** What a certificate shows, for people. */
function describe(certificate: PresentedCertificate): string {
  const names = presentedNames(certificate);
  return names.length === 0 ? "a certificate without a name" : names.join(", ");
}

function refuse(rule: string, presented: string, expected: string): Objection {
  return { rule, status: 403, reason: "Forbidden", presented, expected };
}
