import { Liveness, Readiness } from "@interpres/admin-api";
import type { AdminContext } from "../admin-context.ts";
import type { AdminApp } from "../http/authenticate.ts";
import { activatedServices, isRunning } from "./node-view.ts";

/** `/healthz`, `/readyz`, `/metrics`: for those who watch the process; outside `/api/v1`. */
export function registerHealth(app: AdminApp, context: AdminContext): void {
  app.get(
    "/healthz",
    { config: { access: "anybody" }, schema: { response: { 200: Liveness }, tags: ["health"] } },
    async () => ({ status: "ok" as const }),
  );

  app.get(
    "/readyz",
    { config: { access: "anybody" }, schema: { response: { 200: Readiness, 503: Readiness }, tags: ["health"] } },
    async (_request, reply) => {
      const services = activatedServices(context);
      const isReady = services.every(isRunning);
      const status = isReady ? ("ready" as const) : ("not-ready" as const);
      reply.code(isReady ? 200 : 503);
      return { status, services: services.map(({ name, state }) => ({ name, state })) };
    },
  );

  app.get(
    "/metrics",
    { config: { access: "loopback-or-auditor" }, schema: { tags: ["health"] } },
    async (_request, reply) => {
      reply.type(context.metrics.contentType);
      return context.metrics.text();
    },
  );
}
