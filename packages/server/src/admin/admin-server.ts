import { readFileSync } from "node:fs";
import type { Server } from "node:https";
import type { SecureContextOptions, TlsOptions } from "node:tls";
import cookie from "@fastify/cookie";
import helmet from "@fastify/helmet";
import swagger, { type FastifyDynamicSwaggerOptions } from "@fastify/swagger";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import { type Broke, bind, type Logger } from "@interpres/runtime";
import Fastify, { type FastifyPluginCallback } from "fastify";
import { registerAdministrators } from "./account/administrators.ts";
import { registerAudit } from "./account/audit.ts";
import { registerOwnPassword } from "./account/own-password.ts";
import { registerSession } from "./account/session.ts";
import { registerTokens } from "./account/tokens.ts";
import type { AdminContext } from "./admin-context.ts";
import { registerAttachments } from "./federation/attachments.ts";
import { registerDiagnosis } from "./federation/diagnosis.ts";
import { registerDnsRecords } from "./federation/dns-records.ts";
import { registerFederationNotices } from "./federation/federation-notice.ts";
import { registerFederationStatus } from "./federation/federation-status.ts";
import { registerIncomingAcl } from "./federation/incoming-acl.ts";
import { registerPartners } from "./federation/partners.ts";
import { registerRouteExplanation } from "./federation/route-explanation.ts";
import { registerServiceParameters } from "./federation/service-parameters.ts";
import { registerSipDialects } from "./federation/sip-dialects.ts";
import { registerSipFederatedDomains } from "./federation/sip-federated-domains.ts";
import { registerStaticRoutes } from "./federation/static-routes.ts";
import { registerTraffic } from "./federation/traffic.ts";
import { answerProblems, frameworkProblem } from "./http/answer-problems.ts";
import { type AdminApp, requireAccess, SESSION_COOKIE } from "./http/authenticate.ts";
import { registerConsole } from "./http/console.ts";
import { readBodies } from "./http/read-bodies.ts";
import { UpgradeDoors } from "./http/upgrade-doors.ts";
import { checkSchemas } from "./http/validation.ts";
import { registerDirectory } from "./identity/directory.ts";
import { registerEmailDrops } from "./identity/email-drops.ts";
import { registerEmailImpact } from "./identity/email-impact.ts";
import { registerPresenceSettings } from "./identity/presence-settings.ts";
import { registerUserImport } from "./identity/user-import.ts";
import { registerUsers } from "./identity/users.ts";
import { registerDecisions } from "./live/decisions.ts";
import { registerLiveState } from "./live/live-state.ts";
import { serveTrace } from "./live/trace.ts";
import { registerTraceCollector } from "./live/trace-collector.ts";
import { registerTraceExport } from "./live/trace-export.ts";
import { registerWebChat } from "./live/web-chat.ts";
import { registerXmppHint, serveXmpp } from "./live/xmpp-websocket.ts";
import { registerCluster } from "./node/cluster.ts";
import { registerConfig } from "./node/config.ts";
import { registerHealth } from "./node/health.ts";
import { registerNodeDomain } from "./node/node-domain.ts";
import { registerNotifications } from "./node/notifications.ts";
import { registerServices } from "./node/services.ts";
import { registerPolicy } from "./policy/policy.ts";
import { registerPolicyReplays } from "./policy/replays.ts";
import { registerOwnCertificates } from "./trust/own-certificates.ts";
import { registerPreviousCertificates } from "./trust/previous-certificates.ts";
import { registerTlsContexts } from "./trust/tls-contexts.ts";
import { registerTlsPeerSubjects } from "./trust/tls-peer-subjects.ts";
import { registerTrustCertificates } from "./trust/trust-certificates.ts";

const BODY_OCTETS = 1024 * 1024;
/** A bare JID is the longest key (RFC 7622 §3.1), percent-encoded. */
const MAX_KEY_CHARACTERS = 3 * 2047;
const REQUEST_LIMIT_MS = 30_000;

/** What one node offers over HTTPS: the console, the admin API, the web chat and XMPP over WebSocket. */
export class AdminServer {
  /** Where WebSockets are served beside those of the API. */
  readonly doors: UpgradeDoors;
  readonly #app: AdminApp;
  readonly #log: Logger;

  /** Made by `createAdminServer`. */
  constructor(app: AdminApp, doors: UpgradeDoors, log: Logger) {
    this.#app = app;
    this.doors = doors;
    this.#log = log;
  }

  /** For tests without a socket. */
  get app(): AdminApp {
    return this.#app;
  }

  /** Rejects when the address is taken or not ours. May follow a `close`, which is why the app does not listen itself. */
  async listen(
    address: { readonly host: string; readonly port: number },
    broke: Broke,
  ): Promise<{ readonly port: number }> {
    return { port: await bind(this.#app.server, address, { log: this.#log, broke }) };
  }

  /** New connections use the new certificate; open ones stay. */
  useCertificate(options: SecureContextOptions): void {
    this.#app.server.setSecureContext(options);
  }

  /** Ends open connections too. */
  close(): Promise<void> {
    const { server } = this.#app;
    this.doors.close();
    return new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }
}

/** Registers every route; listens to nothing yet. */
export async function createAdminServer(context: AdminContext, tls: TlsOptions = {}): Promise<AdminServer> {
  const app: AdminApp = Fastify<Server>({
    https: tls,
    bodyLimit: BODY_OCTETS,
    requestTimeout: REQUEST_LIMIT_MS,
    routerOptions: { maxParamLength: MAX_KEY_CHARACTERS },
    frameworkErrors: frameworkProblem,
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.setValidatorCompiler(checkSchemas);
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
  // Plain text is the one body a form of another site could send without asking first.
  app.removeContentTypeParser("text/plain");
  readBodies(app);
  answerProblems(app, context.log);
  await app.register(cookie);
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    strictTransportSecurity: { includeSubDomains: false },
  });
  requireAccess(app, context);
  await app.register(swagger, { openapi: describeApi() });
  registerHealth(app, context);
  registerXmppHint(app);
  await registerWebChat(app, context);
  await registerConsole(app, context);
  await app.register(resources(context), { prefix: "/api/v1" });
  await app.ready();
  const doors = new UpgradeDoors(context.log);
  serveTrace(doors, context);
  serveXmpp(doors, context.webClient);
  doors.attach(app.server);
  return new AdminServer(app, doors, context.log);
}

function resources(context: AdminContext): FastifyPluginCallback<Record<never, never>, Server, TypeBoxTypeProvider> {
  return (api, _options, done) => {
    api.addHook("onRequest", async (_request, reply) => {
      reply.header("cache-control", "no-store");
    });
    for (const register of REGISTER) register(api, context);
    api.get("/openapi.json", { config: { access: "anybody" }, schema: { hide: true } }, async () => api.swagger());
    done();
  };
}

const REGISTER: readonly ((app: AdminApp, context: AdminContext) => void)[] = [
  registerSession,
  registerConfig,
  registerOwnPassword,
  registerUsers,
  registerUserImport,
  registerDirectory,
  registerSipFederatedDomains,
  registerSipDialects,
  registerAttachments,
  registerPartners,
  registerIncomingAcl,
  registerStaticRoutes,
  registerRouteExplanation,
  registerPolicy,
  registerPolicyReplays,
  registerDnsRecords,
  registerTlsPeerSubjects,
  registerTlsContexts,
  registerOwnCertificates,
  registerPreviousCertificates,
  registerTrustCertificates,
  registerNodeDomain,
  registerServiceParameters,
  registerCluster,
  registerServices,
  registerPresenceSettings,
  registerEmailImpact,
  registerEmailDrops,
  registerFederationNotices,
  registerFederationStatus,
  registerTraffic,
  registerLiveState,
  registerDecisions,
  registerTraceExport,
  registerTraceCollector,
  registerDiagnosis,
  registerNotifications,
  registerAudit,
  registerAdministrators,
  registerTokens,
];

function describeApi(): NonNullable<FastifyDynamicSwaggerOptions["openapi"]> {
  return {
    openapi: "3.1.0",
    info: { title: "Interpres", version: productVersion(), description: "Administration of an Interpres node" },
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer" },
        cookie: { type: "apiKey", in: "cookie", name: SESSION_COOKIE },
      },
    },
    security: [{ bearer: [] }, { cookie: [] }],
  };
}

function productVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  return typeof manifest === "object" && manifest !== null && "version" in manifest ? String(manifest.version) : "";
}
