import type { ConnectionIdentity, PresentedCertificate } from "@interpres/sip";
import { comparableName } from "./certificate-name.ts";

/** Which part of a certificate a name was taken from. */
export type NameSource = "uri" | "dns" | "cn";

/** Who is at the other end of a connection: what its certificate proves, or without one nothing but its address. */
export class PeerIdentity implements ConnectionIdentity {
  readonly label: string;
  /** Domain identities (RFC 5922 §7.1) and the selected peer subject the certificate matched; lower case. */
  readonly names: readonly string[];
  /** The selected TLS peer subject it matched, as it is written in the settings. */
  readonly subject: string | undefined;
  readonly address: string;
  readonly proof: "certificate" | "address";
  /** Names of the address that DNS has confirmed, for who shows no certificate; lower case. They prove little. */
  readonly hostNames: readonly string[];

  private constructor(init: {
    readonly names: readonly string[];
    readonly subject: string | undefined;
    readonly address: string;
    readonly proof: "certificate" | "address";
    readonly hostNames?: readonly string[];
  }) {
    this.names = init.names;
    this.subject = init.subject;
    this.address = init.address;
    this.proof = init.proof;
    this.hostNames = init.hostNames ?? [];
    this.label = init.subject ?? init.names[0] ?? init.address;
  }

  /** `subject` is the selected peer subject the certificate matched; where none is asked for, undefined. */
  static fromCertificate(
    certificate: PresentedCertificate,
    subject: string | undefined,
    address: string,
  ): PeerIdentity {
    const names = new Set(domainIdentities(certificate).names);
    if (subject !== undefined) names.add(comparableName(subject));
    return new PeerIdentity({ names: [...names], subject, address, proof: "certificate" });
  }

  static fromAddress(address: string, hostNames: readonly string[] = []): PeerIdentity {
    return new PeerIdentity({ names: [], subject: undefined, address, proof: "address", hostNames });
  }
}

/**
 * The SIP domain identities of a certificate (RFC 5922 §7.1): the hosts of its `sip:` URIs without user part; without any,
 * its DNS names; without any alternative name, its common name.
 */
export function domainIdentities(certificate: PresentedCertificate): {
  readonly source: NameSource;
  readonly names: readonly string[];
} {
  const hosts = certificate.uris.flatMap((uri) => sipDomain(uri) ?? []);
  if (hosts.length > 0) return { source: "uri", names: hosts };
  if (certificate.dnsNames.length > 0) return { source: "dns", names: certificate.dnsNames.map(comparableName) };
  const { subjectCommonName, uris, otherAlternativeNames = 0 } = certificate;
  const mayCount = subjectCommonName !== undefined && uris.length + otherAlternativeNames === 0;
  return { source: "cn", names: mayCount ? [comparableName(subjectCommonName)] : [] };
}

/** The host of a `sip:` URI that names a domain; undefined for another scheme or with a user part. */
function sipDomain(uri: string): string | undefined {
  const match = /^sip:([^@;?/:[\]]+)(?::\d+)?(?:[;?].*)?$/i.exec(uri);
  return match?.[1] === undefined || uri.includes("@") ? undefined : comparableName(match[1]);
}

/** The common name in the form names are compared in; undefined when there is none, or several. */
export function commonName({ subjectCommonName }: PresentedCertificate): string | undefined {
  return subjectCommonName === undefined || subjectCommonName === "" ? undefined : comparableName(subjectCommonName);
}

/** The alternative names that a peer subject may be compared with: DNS names and the domains of `sip:` URIs. */
export function alternativeNames({ dnsNames, uris }: PresentedCertificate): readonly string[] {
  return [...dnsNames.map(comparableName), ...uris.flatMap((uri) => sipDomain(uri) ?? [])];
}

/** Every name a certificate shows, the common name first, each once: for people. */
export function presentedNames(certificate: PresentedCertificate): readonly string[] {
  const all = [commonName(certificate) ?? "", ...alternativeNames(certificate)];
  return [...new Set(all)].filter((name) => name !== "");
}
