import Type from "typebox";
import { closed, Instant, nullable, oneOf } from "./closed.ts";
import { FieldProblem } from "./problem.ts";
import { resource } from "./resource.ts";

/** What a certificate of ours is for. */
export const certificatePurposes = ["sip", "xmpp", "xmpp-s2s", "admin"] as const;
export type CertificatePurpose = (typeof certificatePurposes)[number];
export const CertificatePurpose = oneOf(certificatePurposes);

const facts = {
  subject: Type.String(),
  commonName: nullable(Type.String()),
  issuer: Type.String(),
  dnsNames: Type.Array(Type.String()),
  uris: Type.Array(Type.String()),
  usages: Type.Array(Type.String(), { description: "Extended key usages it is restricted to; none: not restricted" }),
  key: Type.String({ description: "rsa 2048, ec prime256v1" }),
  notBefore: Instant,
  notAfter: Instant,
  fingerprint256: Type.String({ description: "SHA-256, lower-case hexadecimal" }),
  isAuthority: Type.Boolean(),
};

export const CertificateFacts = Type.Object({ ...facts, pem: Type.String() }, closed);
export type CertificateFacts = Readonly<Type.Static<typeof CertificateFacts>>;

const path = Type.String({ minLength: 1, maxLength: 4096, description: "Absolute path on the node, instead of text" });
const files = nullable(
  Type.Object(
    {
      chainPath: Type.String(),
      keyPath: Type.String(),
      problem: nullable(Type.String({ description: "Why what is there is not taken" })),
    },
    { ...closed, description: "Read again when they change" },
  ),
);

/** A certificate of ours with its chain; its key never leaves the node. */
export const OwnCertificate = Type.Object(
  { purpose: CertificatePurpose, ...facts, chainPem: Type.String(), hasPendingRequest: Type.Boolean(), files },
  closed,
);
export type OwnCertificate = Readonly<Type.Static<typeof OwnCertificate>>;

/** Without `keyPem` the certificate is for the key of the pending signing request, or for the present key. */
export const OwnCertificateInput = Type.Object(
  {
    chainPem: Type.Optional(
      Type.String({ minLength: 1, maxLength: 65536, description: "The certificate, then those that sign it" }),
    ),
    keyPem: Type.Optional(Type.String({ minLength: 1, maxLength: 16384, description: "Write only" })),
    chainPath: Type.Optional(path),
    keyPath: Type.Optional(path),
  },
  closed,
);
export type OwnCertificateInput = Readonly<Type.Static<typeof OwnCertificateInput>>;

/** Names for a new certificate; what is left out is what the node needs. */
export const CertificateNames = Type.Object(
  {
    commonName: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    dnsNames: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { maxItems: 50 })),
  },
  closed,
);
export type CertificateNames = Readonly<Type.Static<typeof CertificateNames>>;

export const SigningRequest = Type.Object({ purpose: CertificatePurpose, csrPem: Type.String() }, closed);
export type SigningRequest = Readonly<Type.Static<typeof SigningRequest>>;

/** A certificate we trust; importing it defines its CN as a TLS peer subject. */
export const TrustCertificate = Type.Object(
  { id: Type.String(), description: Type.String(), ...facts, pem: Type.String(), addedAt: Instant },
  closed,
);
export type TrustCertificate = Readonly<Type.Static<typeof TrustCertificate>>;

export const TrustCertificateInput = Type.Object(
  {
    pem: Type.String({ minLength: 1, maxLength: 65536 }),
    description: Type.Optional(Type.String({ maxLength: 255, default: "" })),
  },
  closed,
);
export type TrustCertificateInput = Readonly<Type.Static<typeof TrustCertificateInput>>;

/** What the removal of a trusted certificate does to peers that are connected. */
export const TrustRemoval = Type.Object({ warnings: Type.Array(FieldProblem) }, closed);
export type TrustRemoval = Readonly<Type.Static<typeof TrustRemoval>>;

export const trustCertificates = resource<TrustCertificate, TrustCertificateInput>("/certificates/trust");

/** What an admitted peer showed last. */
export const PeerCertificate = Type.Object(
  {
    name: Type.String({ description: "The peer subject it matched" }),
    ...facts,
    pem: Type.String(),
    tlsVersion: Type.String(),
    cipher: Type.String({ description: "IANA name" }),
    seenAt: Instant,
  },
  closed,
);
export type PeerCertificate = Readonly<Type.Static<typeof PeerCertificate>>;

/** When one certificate expires. */
export const CalendarEntry = Type.Object(
  {
    kind: oneOf(["own", "authority", "trust", "peer"]),
    name: Type.String({ description: "Purpose, peer, or what the certificate calls itself" }),
    notAfter: Instant,
    daysLeft: Type.Integer({ description: "Whole days; negative once it has expired" }),
    fingerprint256: Type.String(),
    link: Type.String({ description: "Path of the resource below /api/v1" }),
  },
  closed,
);
export type CalendarEntry = Readonly<Type.Static<typeof CalendarEntry>>;

export const Certificates = Type.Object(
  {
    own: Type.Array(OwnCertificate),
    authority: CertificateFacts,
    trust: Type.Array(TrustCertificate),
    peers: Type.Array(PeerCertificate, { description: "What admitted peers showed last" }),
    calendar: Type.Array(CalendarEntry, { description: "All of them, the next to expire first" }),
  },
  closed,
);
export type Certificates = Readonly<Type.Static<typeof Certificates>>;

export const CertificateFetch = Type.Object(
  { host: Type.String({ minLength: 1, maxLength: 255 }), port: Type.Integer({ minimum: 1, maximum: 65535 }) },
  closed,
);
export type CertificateFetch = Readonly<Type.Static<typeof CertificateFetch>>;

const handshake = {
  version: nullable(Type.String({ description: "What was agreed; null where the handshake came to nothing" })),
  cipher: nullable(Type.String({ description: "IANA name" })),
  error: nullable(Type.String({ description: "Why it came to nothing, or what the server said right after it" })),
};

/** What a peer presents, whether we would take it or not; nothing of it is trusted by looking at it. */
export const FetchedCertificates = Type.Object(
  {
    address: Type.String({ description: "The one that was looked at" }),
    chain: Type.Array(CertificateFacts, { description: "As presented, its own certificate first" }),
    ...handshake,
    underContext: Type.Object(handshake, { ...closed, description: "The same under the context that calls go under" }),
    objections: Type.Array(
      Type.Object({ rule: Type.String(), presented: Type.String(), expected: Type.String() }, closed),
      { description: "Everything for which a connection would be refused" },
    ),
  },
  closed,
);
export type FetchedCertificates = Readonly<Type.Static<typeof FetchedCertificates>>;
