import type { DetailedPeerCertificate, TLSSocket } from "node:tls";
import type { PresentedCertificate } from "./presented-certificate.ts";

/** What the other end of a finished handshake presented; undefined when nothing was (OpenSSL then reports a missing issuer). */
export function presentedCertificateOf(socket: TLSSocket): PresentedCertificate | undefined {
  const certificate = socket.getPeerCertificate(true);
  // Node's typings promise a certificate; without one the object is empty.
  if (certificate === null || (certificate.raw as Buffer | undefined) === undefined) return undefined;
  const commonName = certificate.subject?.CN as string | readonly string[] | undefined;
  const { authorized, authorizationError } = socket;
  return {
    subjectCommonName: typeof commonName === "string" ? asciiLower(commonName) : undefined,
    ...parseSubjectAltName(certificate.subjectaltname ?? ""),
    extendedKeyUsages: certificate.ext_key_usage ?? [],
    fingerprint256: certificate.fingerprint256,
    chain: fingerprintsOf(certificate),
    authorized,
    ...(authorized ? {} : { authorizationError: String(authorizationError) }),
    raw: certificate.raw,
  };
}

/** Node adds the issuers it finds among the trusted certificates; a root names itself as its issuer. */
function fingerprintsOf(certificate: DetailedPeerCertificate): readonly string[] {
  const found = new Set<string>();
  let next: DetailedPeerCertificate | undefined = certificate;
  while (next?.fingerprint256 !== undefined && !found.has(next.fingerprint256)) {
    found.add(next.fingerprint256);
    // The typings promise an issuer; the last certificate of an unfinished chain has none.
    next = next.issuerCertificate as DetailedPeerCertificate | undefined;
  }
  return [...found];
}

/**
 * The names in Node's text form of the extension: `DNS:a.example, URI:sip:b.example`. Entries Node had to quote hold
 * octets no name may hold (commas, quotes, NUL): they are among the others, which are of no use to us.
 */
export function parseSubjectAltName(text: string): {
  readonly dnsNames: string[];
  readonly uris: string[];
  readonly otherAlternativeNames: number;
} {
  const dnsNames: string[] = [];
  const uris: string[] = [];
  let otherAlternativeNames = 0;
  for (let position = 0; position < text.length; ) {
    const value = text.indexOf(":", position) + 1;
    if (value === 0) break;
    const kind = text.slice(position, value - 1);
    const end = text[value] === '"' ? endOfQuoted(text, value) : endOfPlain(text, value);
    const name = asciiLower(text.slice(value, end));
    if (text[value] === '"') otherAlternativeNames += 1;
    else if (kind === "DNS") dnsNames.push(name);
    else if (kind === "URI") uris.push(name);
    else otherAlternativeNames += 1;
    position = end + 2;
  }
  return { dnsNames, uris, otherAlternativeNames };
}

/** ASCII only: a Kelvin sign (U+212A) in lower case is the letter k, and would make a foreign name a known one. */
function asciiLower(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function endOfPlain(text: string, from: number): number {
  const end = text.indexOf(", ", from);
  return end < 0 ? text.length : end;
}

function endOfQuoted(text: string, from: number): number {
  let position = from + 1;
  while (position < text.length && text[position] !== '"') position += text[position] === "\\" ? 2 : 1;
  return position + 1;
}
