/** The contract between server, command line and console: resources as schemas and types, problems, a client. */
export * from "./administrator.ts";
export * from "./audit.ts";
export * from "./certificate.ts";
export * from "./client.ts";
export * from "./decision.ts";
export * from "./health.ts";
export * from "./incoming-acl.ts";
export * from "./list.ts";
export * from "./live.ts";
export * from "./problem.ts";
export type { Resource } from "./resource.ts";
export * from "./route-explanation.ts";
export * from "./service-parameters.ts";
export * from "./session.ts";
export * from "./sip-federated-domain.ts";
export * from "./static-route.ts";
export * from "./tls.ts";
export * from "./user.ts";
