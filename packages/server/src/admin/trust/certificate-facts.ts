import { X509Certificate } from "node:crypto";
import type { CertificateFacts } from "@interpres/admin-api";
import { parseSubjectAltName } from "@interpres/sip";
import { instantText } from "../http/instant.ts";
import { readPem } from "./pem.ts";

const MAX_CHAIN = 10;
const USAGES: ReadonlyMap<string, string> = new Map([
  ["1.3.6.1.5.5.7.3.1", "serverAuth"],
  ["1.3.6.1.5.5.7.3.2", "clientAuth"],
  ["2.5.29.37.0", "anyExtendedKeyUsage"],
]);

/** Certificates as they were given, or what is wrong with the text and in which line. */
export type ReadCertificates =
  | { readonly kind: "certificates"; readonly certificates: readonly [X509Certificate, ...X509Certificate[]] }
  | { readonly kind: "problem"; readonly message: string };

/** Reads the certificates of a PEM text in order. */
export function readCertificates(text: string): ReadCertificates {
  const pem = readPem(text);
  if (pem.kind === "problem") return { kind: "problem", message: `line ${pem.problem.line}: ${pem.problem.message}` };
  const certificates: X509Certificate[] = [];
  for (const { label, line, text: block } of pem.blocks) {
    if (label !== "CERTIFICATE") return { kind: "problem", message: `line ${line}: ${label} is no certificate` };
    const certificate = certificateOf(block);
    if (certificate === undefined)
      return { kind: "problem", message: `line ${line}: the certificate that begins here cannot be read` };
    certificates.push(certificate);
  }
  const [first, ...others] = certificates;
  if (first === undefined) return { kind: "problem", message: "line 1: no -----BEGIN CERTIFICATE----- anywhere" };
  if (certificates.length > MAX_CHAIN) return { kind: "problem", message: `has more than ${MAX_CHAIN} certificates` };
  return { kind: "certificates", certificates: [first, ...others] };
}

/** The certificates of a text that was checked before it was stored; undefined when there is none after all. */
export function parseCertificates(text: string): readonly X509Certificate[] | undefined {
  const read = readCertificates(text);
  return read.kind === "certificates" ? read.certificates : undefined;
}

function certificateOf(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** What people want to know of a certificate. */
export function factsOf(certificate: X509Certificate): CertificateFacts {
  const { dnsNames, uris } = parseSubjectAltName(certificate.subjectAltName ?? "");
  return {
    subject: oneLine(certificate.subject),
    commonName: commonNameOf(certificate) ?? null,
    issuer: oneLine(certificate.issuer),
    dnsNames,
    uris,
    usages: usagesOf(certificate),
    key: keyOf(certificate),
    notBefore: instantText(certificate.validFromDate.getTime()),
    notAfter: instantText(certificate.validToDate.getTime()),
    fingerprint256: fingerprintOf(certificate),
    isAuthority: certificate.ca,
    pem: certificate.toString(),
  };
}

/** SHA-256 over the certificate, lower-case hexadecimal. */
export function fingerprintOf(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(":", "").toLowerCase();
}

/** The one CN of the subject; undefined where there is none or several. */
export function commonNameOf(certificate: X509Certificate): string | undefined {
  const { subject } = certificate.toLegacyObject() as {
    readonly subject?: { readonly CN?: string | readonly string[] };
  };
  return typeof subject?.CN === "string" ? subject.CN : undefined;
}

/** The extended key usages it is restricted to, by name where there is one; empty where it is not restricted. */
export function usagesOf(certificate: X509Certificate): string[] {
  const identifiers = (certificate.keyUsage ?? []) as readonly string[];
  return identifiers.map((identifier) => USAGES.get(identifier) ?? identifier);
}

/** `rsa 2048`, `ec prime256v1`. */
function keyOf({ publicKey }: X509Certificate): string {
  const { modulusLength, namedCurve } = publicKey.asymmetricKeyDetails ?? {};
  return [publicKey.asymmetricKeyType, modulusLength ?? namedCurve].filter((part) => part !== undefined).join(" ");
}

function oneLine(name: string | undefined): string {
  return (name ?? "").split("\n").join(", ");
}
