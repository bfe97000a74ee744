import Type from "typebox";
import { AclEntry } from "./admission/acl-entry.ts";
import { AttachmentSettings } from "./peer/attachment.ts";
import { DialectOverride } from "./peer/dialect.ts";
import { SipFederatedDomain } from "./peer/sip-federated-domain.ts";
import { SipProxyParameters } from "./peer/sip-proxy-parameters.ts";
import { StaticRoute } from "./routing/static-route.ts";
import { availableCiphers } from "./trust/cipher-suites.ts";
import { PEER_AUTH_CONTEXT, SERVER_AUTH_CONTEXT, TlsContext, TlsPeerSubject } from "./trust/tls-settings.ts";

/** Everything the cluster knows about federation: one immutable, JSON-able snapshot. Edits are in `edit-*.ts`. */
export const FederationSettings = Type.Object(
  {
    localDomains: Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { description: "Domains served here" }),
    sipFederatedDomains: Type.Array(SipFederatedDomain),
    incomingAcl: Type.Array(AclEntry),
    staticRoutes: Type.Array(StaticRoute),
    tlsPeerSubjects: Type.Array(TlsPeerSubject),
    tlsContexts: Type.Array(TlsContext),
    serviceParameters: Type.Object({ "sip-proxy": SipProxyParameters }, { additionalProperties: false }),
    dialectOverrides: Type.Optional(Type.Array(DialectOverride)),
    attachments: Type.Optional(Type.Array(AttachmentSettings)),
  },
  { additionalProperties: false },
);

export interface FederationSettings {
  readonly localDomains: readonly string[];
  readonly sipFederatedDomains: readonly SipFederatedDomain[];
  readonly incomingAcl: readonly AclEntry[];
  readonly staticRoutes: readonly StaticRoute[];
  readonly tlsPeerSubjects: readonly TlsPeerSubject[];
  readonly tlsContexts: readonly TlsContext[];
  readonly serviceParameters: { readonly "sip-proxy": SipProxyParameters };
  readonly dialectOverrides?: readonly DialectOverride[];
  /** Missing in documents of before there were any. */
  readonly attachments?: readonly AttachmentSettings[];
}

/** Where a new cluster starts: nobody federated, both predefined contexts, every suite of the runtime selected. */
export function initialFederationSettings(localDomains: readonly string[]): FederationSettings {
  return {
    localDomains,
    sipFederatedDomains: [],
    incomingAcl: [],
    staticRoutes: [],
    tlsPeerSubjects: [],
    tlsContexts: [predefinedContext(PEER_AUTH_CONTEXT, "peer"), predefinedContext(SERVER_AUTH_CONTEXT, "server")],
    serviceParameters: {
      "sip-proxy": {
        federationRoutingFqdn: "",
        defaultFederationRoutingDomain: "aol.com",
        serverName: "",
        useTransportInRecordRoute: true,
        imGateway: true,
      },
    },
  };
}

function predefinedContext(name: string, authorizationPolicy: TlsContext["authorizationPolicy"]): TlsContext {
  return {
    name,
    ciphers: [...availableCiphers],
    peerSubjects: [],
    disableEmptyTlsFragments: false,
    minVersion: "TLSv1.2",
    maxVersion: "TLSv1.3",
    authorizationPolicy,
  };
}
