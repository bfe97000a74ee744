import { Liveness, Readiness } from "@interpres/admin-api";
import type { Clock } from "@interpres/runtime";
import type { AdminContext } from "../admin-context.ts";
import type { AdminApp } from "../http/authenticate.ts";
import { activatedServices, isRunning } from "./node-view.ts";

/** How long the disk has to take a write before a node is called not ready. */
const PATIENCE_MS = 1000;

/** `/healthz`, `/readyz`, `/metrics`: for those who watch the process; outside `/api/v1`. */
export function registerHealth(app: AdminApp, context: AdminContext): void {
  const storeState = storeWatch(context);
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
      const store = await storeState();
      const isReady = services.every(isRunning) && store === "writing";
      const status = isReady ? ("ready" as const) : ("not-ready" as const);
      reply.code(isReady ? 200 : 503);
      return { status, store, services: services.map(({ name, state }) => ({ name, state })) };
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

/** Anybody may ask, as often as he likes: the disk is asked once at a time. */
function storeWatch({ flushStore, clock }: AdminContext): () => Promise<Readiness["store"]> {
  let asked: Promise<Readiness["store"]> | undefined;
  return () => {
    asked ??= flushStore()
      .then(
        () => "writing" as const,
        () => "stalled" as const,
      )
      .finally(() => {
        asked = undefined;
      });
    return inTime(asked, clock);
  };
}

async function inTime(asked: Promise<Readiness["store"]>, clock: Clock): Promise<Readiness["store"]> {
  let give = (): void => undefined;
  const late = new Promise<Readiness["store"]>((resolve) => {
    give = () => resolve("stalled");
  });
  const timer = clock.after(PATIENCE_MS, give);
  return Promise.race([asked, late]).finally(() => timer.cancel());
}
