import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import type { CertificateFacts, FieldProblem } from "@interpres/admin-api";
import { instantText } from "./instant.ts";

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;
const MAX_CHAIN = 10;

/** The certificates of a PEM text, in order; undefined when there is none or one cannot be read. */
export function parseCertificates(pem: string): readonly X509Certificate[] | undefined {
  const blocks = pem.match(PEM_CERTIFICATE) ?? [];
  if (blocks.length === 0 || blocks.length > MAX_CHAIN) return undefined;
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch {
    return undefined;
  }
}

/** What people want to know of a certificate. */
export function factsOf(certificate: X509Certificate): CertificateFacts {
  return {
    subject: oneLine(certificate.subject),
    commonName: commonNameOf(certificate) ?? null,
    issuer: oneLine(certificate.issuer),
    dnsNames: [...dnsNamesOf(certificate)],
    notBefore: instantText(Date.parse(certificate.validFrom)),
    notAfter: instantText(Date.parse(certificate.validTo)),
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
  const { CN } = certificate.toLegacyObject().subject as { readonly CN?: string | readonly string[] };
  return typeof CN === "string" ? CN : undefined;
}

/** A chain and the key of its first certificate: what is wrong with them together. */
export function chainProblems(chain: readonly X509Certificate[], key: KeyObject, now: number): readonly FieldProblem[] {
  const [own, ...signers] = chain;
  if (own === undefined) return [{ path: "chainPem", message: "holds no certificate" }];
  const errors: FieldProblem[] = [];
  if (!own.checkPrivateKey(key)) errors.push({ path: "keyPem", message: "is not the key of the first certificate" });
  if (Date.parse(own.validTo) <= now) errors.push({ path: "chainPem", message: "has expired" });
  let signed = own;
  for (const [index, signer] of signers.entries()) {
    if (!signed.checkIssued(signer) || !signed.verify(signer.publicKey))
      errors.push({ path: "chainPem", message: `certificate ${index + 2} has not signed the one before it` });
    signed = signer;
  }
  return errors;
}

/** Undefined when the text is no private key without a passphrase. */
export function parsePrivateKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

/** Both uses are needed: a SIP server also calls. Undefined where the certificate restricts nothing. */
export function isForServersAndClients(certificate: X509Certificate): boolean {
  const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
  const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
  const uses = certificate.keyUsage as readonly string[] | undefined;
  return uses === undefined || (uses.includes(SERVER_AUTH) && uses.includes(CLIENT_AUTH));
}

function dnsNamesOf(certificate: X509Certificate): readonly string[] {
  const { subjectaltname } = certificate.toLegacyObject();
  return [...(subjectaltname ?? "").matchAll(/(?:^|, )DNS:([^,"]+)/g)].map((match) => match[1] ?? "");
}

function oneLine(name: string): string {
  return name.split("\n").join(", ");
}
