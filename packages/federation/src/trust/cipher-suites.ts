import { getCiphers } from "node:tls";

/**
 * Suites that authenticate by certificate and encrypt: IANA name, OpenSSL name, number; preferred first. What this
 * runtime's OpenSSL has of them is `availableCiphers`; static RSA key exchange is there for old Access Edges (facts 1.2),
 * the last ones only so that they can be refused by name (facts B2.6, 1.2).
 */
const SUITES: readonly (readonly [iana: string, openssl: string, code: number])[] = [
  ["TLS_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384", 0x1302],
  ["TLS_CHACHA20_POLY1305_SHA256", "TLS_CHACHA20_POLY1305_SHA256", 0x1303],
  ["TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256", 0x1301],
  ["TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_SHA256", 0x1304],
  ["TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384", 0xc02c],
  ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384", 0xc030],
  ["TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305", 0xcca9],
  ["TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-CHACHA20-POLY1305", 0xcca8],
  ["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256", 0xc02b],
  ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256", 0xc02f],
  ["TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", "DHE-RSA-AES256-GCM-SHA384", 0x009f],
  ["TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "DHE-RSA-CHACHA20-POLY1305", 0xccaa],
  ["TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", "DHE-RSA-AES128-GCM-SHA256", 0x009e],
  ["TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384", "ECDHE-ECDSA-AES256-SHA384", 0xc024],
  ["TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", "ECDHE-RSA-AES256-SHA384", 0xc028],
  ["TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "ECDHE-ECDSA-AES128-SHA256", 0xc023],
  ["TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", "ECDHE-RSA-AES128-SHA256", 0xc027],
  ["TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "ECDHE-ECDSA-AES256-SHA", 0xc00a],
  ["TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "ECDHE-RSA-AES256-SHA", 0xc014],
  ["TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "ECDHE-ECDSA-AES128-SHA", 0xc009],
  ["TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "ECDHE-RSA-AES128-SHA", 0xc013],
  ["TLS_DHE_RSA_WITH_AES_256_CBC_SHA256", "DHE-RSA-AES256-SHA256", 0x006b],
  ["TLS_DHE_RSA_WITH_AES_128_CBC_SHA256", "DHE-RSA-AES128-SHA256", 0x0067],
  ["TLS_DHE_RSA_WITH_AES_256_CBC_SHA", "DHE-RSA-AES256-SHA", 0x0039],
  ["TLS_DHE_RSA_WITH_AES_128_CBC_SHA", "DHE-RSA-AES128-SHA", 0x0033],
  ["TLS_RSA_WITH_AES_256_GCM_SHA384", "AES256-GCM-SHA384", 0x009d],
  ["TLS_RSA_WITH_AES_128_GCM_SHA256", "AES128-GCM-SHA256", 0x009c],
  ["TLS_RSA_WITH_AES_256_CBC_SHA256", "AES256-SHA256", 0x003d],
  ["TLS_RSA_WITH_AES_128_CBC_SHA256", "AES128-SHA256", 0x003c],
  ["TLS_RSA_WITH_AES_256_CBC_SHA", "AES256-SHA", 0x0035],
  ["TLS_RSA_WITH_AES_128_CBC_SHA", "AES128-SHA", 0x002f],
  ["TLS_RSA_WITH_3DES_EDE_CBC_SHA", "DES-CBC3-SHA", 0x000a],
  ["TLS_RSA_WITH_RC4_128_SHA", "RC4-SHA", 0x0005],
  ["TLS_RSA_WITH_RC4_128_MD5", "RC4-MD5", 0x0004],
  ["TLS_RSA_WITH_DES_CBC_SHA", "DES-CBC-SHA", 0x0009],
];

/** They authenticate and do not encrypt. */
const UNENCRYPTED = /^(TLS_RSA_WITH_)?NULL[-_](MD5|SHA|SHA256)$/i;

const openSslNames: ReadonlyMap<string, string> = new Map(SUITES.map(([iana, openssl]) => [iana, openssl]));
const ianaNames: ReadonlyMap<string, string> = new Map(SUITES.map(([iana, openssl]) => [openssl, iana]));

const namesByCode: ReadonlyMap<number, string> = new Map(SUITES.map(([iana, , code]) => [code, iana]));

/** Suites an administrator may select on this runtime, by IANA name, preferred first. */
export const availableCiphers: readonly string[] = namesKnownTo(new Set(getCiphers()));

function namesKnownTo(runtime: ReadonlySet<string>): readonly string[] {
  return SUITES.filter(([, openssl]) => runtime.has(openssl.toLowerCase())).map(([iana]) => iana);
}

/** The IANA name of a suite given by either of its names, in any case; undefined when no name of ours. */
export function ianaCipherName(name: string): string | undefined {
  const upper = name.trim().toUpperCase();
  return openSslNames.has(upper) ? upper : ianaNames.get(upper);
}

/** The IANA name of a suite by its number on the wire; the number as text where it is none of ours. */
export function cipherNameOfCode(code: number): string {
  return namesByCode.get(code) ?? `0x${code.toString(16).padStart(4, "0")}`;
}

export function isCipherAvailable(ianaName: string): boolean {
  return availableCiphers.includes(ianaName);
}

/** Why a suite, given by either of its names, cannot be selected here; undefined for one that can. */
export function cipherProblem(name: string): string | undefined {
  if (UNENCRYPTED.test(name.trim())) return `${name} does not encrypt and cannot be selected`;
  const iana = ianaCipherName(name);
  if (iana === undefined) return `${name} is no cipher suite known here`;
  if (isCipherAvailable(iana)) return undefined;
  const library = `this runtime's TLS library (OpenSSL ${process.versions.openssl})`;
  return `${iana} is gone from ${library}, so it cannot be had; old peers also know TLS_RSA_WITH_AES_128_CBC_SHA`;
}

/** The kinds of key a certificate may have, as `node:crypto` names them. */
export type KeyType = "rsa" | "ec";

/** Whether a server with such a key can agree on a suite: those of TLS 1.3 leave the key open (RFC 8446 §B.4). */
export function suitsKey(ianaName: string, key: KeyType): boolean {
  if (isTls13Suite(ianaName)) return true;
  return ianaName.startsWith("TLS_ECDHE_ECDSA_") === (key === "ec");
}

/** The `ciphers` option of node:tls for suites by IANA name; TLS 1.3 suites go into the same list. */
export function openSslCipherList(suites: readonly string[]): string {
  return suites.flatMap((iana) => openSslNames.get(iana) ?? []).join(":");
}

/** True for a suite that only TLS 1.3 uses: its name carries no key exchange (RFC 8446 §B.4). */
export function isTls13Suite(ianaName: string): boolean {
  return !ianaName.includes("_WITH_");
}
