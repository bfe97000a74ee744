import Type from "typebox";
import { closed, Instant, oneOf } from "./closed.ts";
import { resource } from "./resource.ts";

const name = Type.String({ minLength: 1, maxLength: 255, description: "The certificate's subject CN" });
const description = Type.String({ maxLength: 255, default: "" });
const speaksFor = Type.Array(Type.String({ minLength: 1, maxLength: 255 }), {
  description: "Domains it may speak for beside those of its routes and SRV records",
});
const matchAlternativeNames = Type.Boolean({
  default: false,
  description: "Also a DNS name or sip: URI of the certificate may be this name, not its CN alone",
});

/** A name a peer's certificate may show; it counts only while a context has selected it. */
export const TlsPeerSubject = Type.Object(
  {
    name,
    description,
    origin: oneOf(["administrator", "certificate-import"]),
    speaksFor: Type.Optional(speaksFor),
    matchAlternativeNames,
    selectedIn: Type.Array(Type.String(), { description: "Contexts that accept it; in none it has no effect" }),
  },
  closed,
);
export type TlsPeerSubject = Readonly<Type.Static<typeof TlsPeerSubject>>;

export const TlsPeerSubjectInput = Type.Object(
  {
    name,
    description: Type.Optional(description),
    speaksFor: Type.Optional(speaksFor),
    matchAlternativeNames: Type.Optional(matchAlternativeNames),
    origin: Type.Optional(Type.String()),
    selectedIn: Type.Optional(Type.Array(Type.String())),
  },
  closed,
);
export type TlsPeerSubjectInput = Readonly<Type.Static<typeof TlsPeerSubjectInput>>;

export const tlsPeerSubjects = resource<TlsPeerSubject, TlsPeerSubjectInput>("/tls-peer-subjects");

const version = oneOf(["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]);
const contextFields = {
  ciphers: Type.Array(Type.String(), { description: "Cipher suites by their IANA names, preferred first" }),
  peerSubjects: Type.Array(Type.String()),
  disableEmptyTlsFragments: Type.Boolean(),
  minVersion: version,
  maxVersion: version,
  authorizationPolicy: oneOf(["peer", "server"], { description: "peer: both sides show a certificate" }),
};

/** What the runtime really does with a context that is in force. */
export const EffectiveTls = Type.Object(
  {
    ciphers: Type.Array(Type.String(), { description: "Suites that can be agreed on" }),
    inboundCiphers: Type.Array(Type.String(), {
      description: "Those our certificate's key can serve when a peer calls",
    }),
    minVersion: version,
    maxVersion: version,
    emptyFragmentsDisabled: Type.Boolean({ description: "Only TLS 1.0 with a CBC suite knows empty fragments" }),
    securityLevel: Type.Integer({ description: "OpenSSL's; TLS 1.0 and 1.1 need 0, which allows weak keys and SHA-1" }),
    usedBy: Type.Array(Type.String(), {
      description: "Listeners, and outbound connections; nothing: it has no effect",
    }),
    generation: Type.Integer({ description: "Grows with every change that new handshakes meet" }),
    since: Instant,
    openConnections: Type.Object(
      {
        current: Type.Integer({ description: "Agreed under this generation" }),
        older: Type.Integer({
          description: "Agreed under an older one: still with the old certificate, trust or ciphers",
        }),
        draining: Type.Integer({ description: "Of the older ones, those that close as soon as nothing is under way" }),
      },
      closed,
    ),
  },
  closed,
);
export type EffectiveTls = Readonly<Type.Static<typeof EffectiveTls>>;

/** What `POST /tls-contexts/{name}/drain` began. */
export const Drain = Type.Object({ draining: Type.Integer({ description: "Connections that will close" }) }, closed);
export type Drain = Readonly<Type.Static<typeof Drain>>;

/** How SIP over TLS is done; the two contexts are predefined. */
export const TlsContext = Type.Object(
  {
    name: Type.String(),
    ...contextFields,
    availableCiphers: Type.Array(Type.String(), { description: "What this runtime has" }),
    effective: EffectiveTls,
  },
  closed,
);
export type TlsContext = Readonly<Type.Static<typeof TlsContext>>;

export const TlsContextInput = Type.Object(
  {
    name: Type.Optional(Type.String()),
    ...Type.Partial(Type.Object(contextFields)).properties,
    availableCiphers: Type.Optional(Type.Array(Type.String())),
    effective: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  closed,
);
export type TlsContextInput = Readonly<Type.Static<typeof TlsContextInput>>;

export const tlsContexts = resource<TlsContext, TlsContextInput>("/tls-contexts");
