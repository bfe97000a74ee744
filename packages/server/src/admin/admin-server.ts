import { readFileSync } from "node:fs";
import type { Server } from "node:https";
import type { SecureContextOptions, TlsOptions } from "node:tls";
import cookie from "@fastify/cookie";
import helmet from "@fastify/helmet";
import swagger, { type FastifyDynamicSwaggerOptions } from "@fastify/swagger";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import { type Broke, bind, type Logger } from "@interpres/runtime";
import Fastify, { type FastifyPluginCallback } from "fastify";
import type { AdminContext } from "./admin-context.ts";
import { registerAdministrators } from "./administrators.ts";
import { answerProblems, frameworkProblem } from "./answer-problems.ts";
import { registerAudit } from "./audit.ts";
import { type AdminApp, requireAccess, SESSION_COOKIE } from "./authenticate.ts";
import { registerCluster } from "./cluster.ts";
import { registerConfig } from "./config.ts";
import { registerDecisions } from "./decisions.ts";
import { registerDiagnosis } from "./diagnosis.ts";
import { registerDirectory } from "./directory.ts";
import { registerDnsRecords } from "./dns-records.ts";
import { registerEmailDrops } from "./email-drops.ts";
import { registerEmailImpact } from "./email-impact.ts";
import { registerFederationNotices } from "./federation-notice.ts";
import { registerHealth } from "./health.ts";
import { registerIncomingAcl } from "./incoming-acl.ts";
import { registerLiveState } from "./live-state.ts";
import { registerNodeDomain } from "./node-domain.ts";
import { registerNotifications } from "./notifications.ts";
import { registerOwnPassword } from "./own-password.ts";
import { registerOwnCertificates } from "./own-certificates.ts";
import { registerPresenceSettings } from "./presence-settings.ts";
import { registerPreviousCertificates } from "./previous-certificates.ts";
import { registerRouteExplanation } from "./route-explanation.ts";
import { registerServiceParameters } from "./service-parameters.ts";
import { registerServices } from "./services.ts";
import { registerSession } from "./session.ts";
import { registerSipFederatedDomains } from "./sip-federated-domains.ts";
import { registerStaticRoutes } from "./static-routes.ts";
import { registerTlsContexts } from "./tls-contexts.ts";
import { registerTlsPeerSubjects } from "./tls-peer-subjects.ts";
import { registerTokens } from "./tokens.ts";
import { serveTrace } from "./trace.ts";
import { registerTrustCertificates } from "./trust-certificates.ts";
import { UpgradeDoors } from "./upgrade-doors.ts";
import { registerUserImport } from "./user-import.ts";
import { registerUsers } from "./users.ts";
import { checkSchemas } from "./validation.ts";
import { registerWebChat } from "./web-chat.ts";
import { registerXmppHint, serveXmpp } from "./xmpp-websocket.ts";

const BODY_OCTETS = 1024 * 1024;
/** A bare JID is the longest key (RFC 7622 §3.1), percent-encoded. */
const MAX_KEY_CHARACTERS = 3 * 2047;
const REQUEST_LIMIT_MS = 30_000;

/** What one node offers over HTTPS: the admin API, the web chat and XMPP over WebSocket. */
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
  registerIncomingAcl,
  registerStaticRoutes,
  registerRouteExplanation,
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
  registerLiveState,
  registerDecisions,
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
