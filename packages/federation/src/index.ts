/** Who may talk to us and how we reach them: peers, TLS trust, admission, routing. */
export * from "./admission/acl-entry.ts";
export * from "./peer/dialect.ts";
export * from "./peer/domain-name.ts";
export * from "./peer/sip-federated-domain.ts";
export * from "./peer/sip-proxy-parameters.ts";
export * from "./routing/static-route.ts";
export * from "./settings.ts";
export * from "./trust/cipher-suites.ts";
export * from "./trust/tls-settings.ts";
