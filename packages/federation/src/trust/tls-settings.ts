import Type from "typebox";
import { comparableName } from "./certificate-name.ts";

export const PEER_AUTH_CONTEXT = "Default_SIP_Proxy_Peer_Auth_TLS_Context";
export const SERVER_AUTH_CONTEXT = "Default_SIP_Proxy_Server_Auth_TLS_Context";

/** A name a peer's certificate may show; it counts only while a context has selected it (facts R44–R51). */
export const TlsPeerSubject = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 255, description: "Subject CN of the peer's certificate" }),
    description: Type.String({ maxLength: 255, default: "" }),
    origin: Type.Union([Type.Literal("administrator"), Type.Literal("certificate-import")], {
      default: "administrator",
    }),
    speaksFor: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 255 }), {
        description: "Domains this subject may speak for beside those of its routes and SRV records",
      }),
    ),
    matchAlternativeNames: Type.Optional(
      Type.Boolean({
        description: "Also a DNS name or sip: URI of the certificate may be this name, not its CN alone",
      }),
    ),
  },
  { additionalProperties: false },
);
export type TlsPeerSubject = Readonly<Type.Static<typeof TlsPeerSubject>>;

const TlsVersion = Type.Union([
  Type.Literal("TLSv1"),
  Type.Literal("TLSv1.1"),
  Type.Literal("TLSv1.2"),
  Type.Literal("TLSv1.3"),
]);
export type TlsVersion = Type.Static<typeof TlsVersion>;

/** How SIP over TLS is done: one of the two predefined contexts (facts B2.6). */
export const TlsContext = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 255 }),
    ciphers: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
      minItems: 1,
      description: "Cipher suites by their IANA names, preferred first",
    }),
    peerSubjects: Type.Array(Type.String({ minLength: 1, maxLength: 255 }), {
      description: "The TLS peer subjects this context accepts",
    }),
    disableEmptyTlsFragments: Type.Boolean({ description: "TLS 1.0 only; OCS delays messages without it" }),
    minVersion: TlsVersion,
    maxVersion: TlsVersion,
    authorizationPolicy: Type.Union([Type.Literal("peer"), Type.Literal("server")], {
      description: "peer: both sides show a certificate. server: only the accepting side does",
    }),
  },
  { additionalProperties: false },
);
export type TlsContext = Readonly<Type.Static<typeof TlsContext>>;

/** Names of certificates are compared whole, wildcards never (RFC 5922 §7.2). */
export function isSameSubject(left: string, right: string): boolean {
  return comparableName(left) === comparableName(right);
}
