import "reflect-metadata";
import { webcrypto } from "node:crypto";
import type { Clock, Random } from "@interpres/runtime";
import * as x509 from "@peculiar/x509";
import type { OwnCertificate } from "./certificate-store.ts";

/** Our own certificate authority: made at the first start, so that a node serves before anybody has bought anything. */
export interface Authority {
  readonly certificatePem: string;
  /** PKCS #8. */
  readonly keyPem: string;
}

/** RSA for SIP federation, where old peers know nothing else; ECDSA P-256 everywhere else. */
export type KeyKind = "rsa" | "ecdsa";

/** Whom a certificate is for. `dnsNames` are its alternative names; the common name is added when it is missing. */
export interface CertificateSubject {
  readonly commonName: string;
  readonly dnsNames: readonly string[];
  readonly key: KeyKind;
}

interface Ports {
  readonly clock: Clock;
  readonly random: Random;
}

const DAY_MS = 86_400_000;
/** Clocks of peers are not ours. */
const BACKDATED_MS = DAY_MS;
const AUTHORITY_DAYS = 3650;
const CERTIFICATE_DAYS = 730;

const SIGNING = {
  rsa: { name: "RSASSA-PKCS1-v1_5", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" },
  ecdsa: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
} as const;

/** Makes an authority for certificates of `organization`; RSA, since whoever checks a chain must know all its keys. */
export async function createAuthority(organization: string, ports: Ports): Promise<Authority> {
  const keys = await newKeys("rsa");
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(ports.random),
    name: [{ CN: [`Interpres CA of ${organization}`] }],
    ...validity(ports.clock, AUTHORITY_DAYS),
    signingAlgorithm: SIGNING.rsa,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificatePem: certificate.toString("pem"), keyPem: await pemOf(keys.privateKey) };
}

/** Issues a certificate for both roles of TLS, which federation peers ask for (facts 1.2). The chain ends in the authority. */
export async function issueCertificate(
  authority: Authority,
  subject: CertificateSubject,
  ports: Ports,
): Promise<OwnCertificate> {
  const keys = await newKeys(subject.key);
  const issuer = new x509.X509Certificate(authority.certificatePem);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(ports.random),
    issuer: issuer.subjectName,
    subject: [{ CN: [subject.commonName] }],
    ...validity(ports.clock, CERTIFICATE_DAYS),
    signingAlgorithm: SIGNING.rsa,
    publicKey: keys.publicKey,
    signingKey: await privateKeyFrom(authority.keyPem),
    extensions: [
      new x509.BasicConstraintsExtension(false),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
      alternativeNames(subject),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  const chainPem = `${certificate.toString("pem")}\n${authority.certificatePem}\n`;
  return { chainPem, keyPem: await pemOf(keys.privateKey) };
}

/** A request for somebody else's authority (PKCS #10) and the new private key that belongs to it. */
export async function createSigningRequest(
  subject: CertificateSubject,
): Promise<{ readonly csrPem: string; readonly keyPem: string }> {
  const keys = await newKeys(subject.key);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: [subject.commonName] }],
    keys,
    signingAlgorithm: SIGNING[subject.key],
    extensions: [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
      alternativeNames(subject),
    ],
  });
  return { csrPem: request.toString("pem"), keyPem: await pemOf(keys.privateKey) };
}

function alternativeNames({ commonName, dnsNames }: CertificateSubject): x509.SubjectAlternativeNameExtension {
  const names = [...new Set([commonName, ...dnsNames])];
  return new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: "dns", value })));
}

function newKeys(kind: KeyKind): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(SIGNING[kind], true, ["sign", "verify"]);
}

function privateKeyFrom(pem: string): Promise<webcrypto.CryptoKey> {
  const [octets] = x509.PemConverter.decode(pem);
  if (octets === undefined) throw new Error("the authority's key is not PEM");
  return webcrypto.subtle.importKey("pkcs8", octets, SIGNING.rsa, false, ["sign"]);
}

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");
}

function validity(clock: Clock, days: number): { readonly notBefore: Date; readonly notAfter: Date } {
  const now = clock.now();
  return { notBefore: new Date(now - BACKDATED_MS), notAfter: new Date(now + days * DAY_MS) };
}

/** Positive and not longer than RFC 5280 §4.1.2.2 allows. */
function serialNumber(random: Random): string {
  return `01${Buffer.from(random.bytes(15)).toString("hex")}`;
}
