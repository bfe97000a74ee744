import { createPrivateKey, type KeyObject, type X509Certificate } from "node:crypto";
import { createSecureContext, rootCertificates } from "node:tls";
import type { CertificatePurpose, FieldProblem } from "@interpres/admin-api";
import type { OwnCertificate } from "@interpres/store";
import { commonNameOf, fingerprintOf, parseCertificates, readCertificates, usagesOf } from "./certificate-facts.ts";
import { readPem } from "./pem.ts";

const DAY_MS = 86_400_000;
const SOON_MS = 30 * DAY_MS;

/** What a certificate of ours is compared with. */
export interface OwnCertificateFacts {
  readonly purpose: CertificatePurpose;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The names this node or its domains are known by to whom the certificate is shown; one of them is enough. */
  readonly names: readonly string[];
  /** The trust store, PEM: an authority in it needs no explanation. */
  readonly trusted: readonly string[];
}

export type CheckedOwnCertificate =
  | { readonly kind: "refused"; readonly errors: readonly FieldProblem[] }
  | {
      readonly kind: "usable";
      readonly certificate: OwnCertificate;
      readonly fingerprint: string;
      readonly warnings: readonly FieldProblem[];
    };

type Chain = readonly [X509Certificate, ...X509Certificate[]];

/** A chain and its key as they came from outside: usable as they are, or everything that is wrong with them. */
export function checkOwnCertificate(
  { chainPem, keyPem }: OwnCertificate,
  facts: OwnCertificateFacts,
): CheckedOwnCertificate {
  const read = readCertificates(chainPem);
  const key = readPrivateKey(keyPem);
  const unreadable = [
    ...(read.kind === "problem" ? [inChain(read.message)] : []),
    ...(typeof key === "string" ? [{ path: "keyPem", message: key }] : []),
  ];
  if (read.kind === "problem" || typeof key === "string") return { kind: "refused", errors: unreadable };
  const chain = read.certificates;
  const certificate = {
    chainPem: chain.map((each) => each.toString()).join(""),
    keyPem: key.export({ type: "pkcs8", format: "pem" }).toString(),
  };
  const errors = [
    ...keyProblems(chain, key),
    ...dateProblems(chain, facts),
    ...orderProblems(chain),
    ...usageProblems(chain, facts),
  ];
  if (errors.length === 0) errors.push(...libraryProblems(certificate));
  if (errors.length > 0) return { kind: "refused", errors };
  const warnings = warningChecks.flatMap((check) => check(chain, facts));
  return { kind: "usable", certificate, fingerprint: fingerprintOf(chain[0]), warnings };
}

/** The key, or what is wrong with the text. */
export function readPrivateKey(text: string): KeyObject | string {
  const pem = readPem(text);
  if (pem.kind === "problem") return `line ${pem.problem.line}: ${pem.problem.message}`;
  const blocks = pem.blocks.filter(({ label }) => label !== "EC PARAMETERS");
  const [block] = blocks;
  if (block === undefined) return "line 1: no -----BEGIN PRIVATE KEY----- anywhere";
  if (!block.label.endsWith("PRIVATE KEY")) return `line ${block.line}: ${block.label} is no private key`;
  if (blocks.length > 1) return `line ${blocks[1]?.line}: more than one key`;
  const isEncrypted = block.label.startsWith("ENCRYPTED") || block.text.includes("ENCRYPTED");
  if (isEncrypted) return `line ${block.line}: the key is encrypted; take the passphrase off first`;
  try {
    return createPrivateKey(block.text);
  } catch {
    return `line ${block.line}: the key that begins here cannot be read`;
  }
}

function keyProblems([own]: Chain, key: KeyObject): readonly FieldProblem[] {
  return own.checkPrivateKey(key) ? [] : [{ path: "keyPem", message: "is not the key of the first certificate" }];
}

function dateProblems(chain: Chain, { now }: OwnCertificateFacts): readonly FieldProblem[] {
  return chain.flatMap((each, index) => {
    if (each.validToDate.getTime() <= now) return [inChain(`${numbered(each, index)} has expired on ${each.validTo}`)];
    if (each.validFromDate.getTime() > now)
      return [inChain(`${numbered(each, index)} is valid from ${each.validFrom} only`)];
    return [];
  });
}

/** Each certificate must be signed by the next (RFC 5246 §7.4.2), which must be one that may sign. */
function orderProblems(chain: Chain): readonly FieldProblem[] {
  return chain.slice(1).flatMap((signer, index) => {
    const signed = chain[index] ?? signer;
    return hasSigned(signer, signed) ? [] : [inChain(notSignedBy(signed, index, chain))];
  });
}

function notSignedBy(signed: X509Certificate, index: number, chain: Chain): string {
  const actual = chain.findIndex((each) => each !== signed && hasSigned(each, signed));
  const expected = `${numbered(signed, index)} is not signed by the next one`;
  return actual < 0 ? expected : `${expected} but by number ${actual + 1}: put them in order, our own first`;
}

function hasSigned(signer: X509Certificate, signed: X509Certificate): boolean {
  return signed.checkIssued(signer) && signed.verify(signer.publicKey);
}

/** A SIP peer is called and calls: where a certificate restricts its use, it must allow both (facts B15). */
function usageProblems([own]: Chain, { purpose }: OwnCertificateFacts): readonly FieldProblem[] {
  const usages = usagesOf(own);
  const missing = lacking(own, purpose === "sip" ? ["serverAuth", "clientAuth"] : ["serverAuth"]);
  if (missing.length === 0) return [];
  return [
    inChain(`lacks extended key usage ${missing.join(" and ")}; it has ${usages.join(", ")}: peers would refuse it`),
  ];
}

function lacking(own: X509Certificate, needed: readonly string[]): readonly string[] {
  const usages = usagesOf(own);
  if (usages.length === 0 || usages.includes("anyExtendedKeyUsage")) return [];
  return needed.filter((usage) => !usages.includes(usage));
}

/** Other XMPP servers usually take a certificate for servers from one that calls; some do not. */
function usageWarnings([own]: Chain, { purpose }: OwnCertificateFacts): readonly FieldProblem[] {
  if (purpose !== "xmpp-s2s" || lacking(own, ["clientAuth"]).length === 0) return [];
  return [inChain("lacks extended key usage clientAuth: servers that insist on it will refuse it when we call them")];
}

/** What the TLS library has against it: keys too short, signatures too weak. */
function libraryProblems({ chainPem, keyPem }: OwnCertificate): readonly FieldProblem[] {
  try {
    createSecureContext({ cert: chainPem, key: keyPem });
    return [];
  } catch (error) {
    return [inChain(`the TLS library refuses it: ${error instanceof Error ? error.message : String(error)}`)];
  }
}

/** Peers know roots, not what stands between: the chain should end below an authority that somebody can know. */
function completenessWarnings(chain: Chain, { trusted }: OwnCertificateFacts): readonly FieldProblem[] {
  const last = chain.at(-1) ?? chain[0];
  if (hasSigned(last, last)) return [];
  const isKnown = [...trusted, ...rootCertificates].some((pem) => {
    const [root] = parseCertificates(pem) ?? [];
    return root !== undefined && hasSigned(root, last);
  });
  const issuer = last.issuer.split("\n").join(", ");
  const message = `ends below ${issuer}, which is not known here; peers that do not know it either need it in the chain`;
  return isKnown ? [] : [inChain(message)];
}

function nameWarnings([own]: Chain, facts: OwnCertificateFacts): readonly FieldProblem[] {
  const message = nameProblem(own, facts);
  return message === undefined ? [] : [inChain(message)];
}

/**
 * What is wrong with the names in a certificate: SIP peers and the console look for the node's name in the CN, XMPP looks
 * for every domain served (RFC 6120 §13.7.2).
 */
export function nameProblem(
  own: X509Certificate,
  { purpose, names }: Pick<OwnCertificateFacts, "purpose" | "names">,
): string | undefined {
  if (purpose === "xmpp" || purpose === "xmpp-s2s") {
    const missing = names.filter((name) => own.checkHost(name) === undefined);
    return missing.length === 0 ? undefined : `does not name ${missing.join(", ")}: its clients will refuse it`;
  }
  const commonName = commonNameOf(own);
  if (names.some((name) => name.toLowerCase() === commonName?.toLowerCase())) return undefined;
  const shown = commonName === undefined ? "has no common name" : `has the common name ${commonName}`;
  return `${shown}, not ${names.join(" or ")}: whoever was told that name will refuse it`;
}

const warningChecks = [completenessWarnings, nameWarnings, usageWarnings, ageWarnings];

function ageWarnings([own]: Chain, { now }: OwnCertificateFacts): readonly FieldProblem[] {
  const left = own.validToDate.getTime() - now;
  return left > SOON_MS ? [] : [inChain(`expires on ${own.validTo}, in ${Math.floor(left / DAY_MS)} days`)];
}

function numbered(certificate: X509Certificate, index: number): string {
  return `certificate ${index + 1} (${commonNameOf(certificate) ?? "without common name"})`;
}

function inChain(message: string): FieldProblem {
  return { path: "chainPem", message };
}
