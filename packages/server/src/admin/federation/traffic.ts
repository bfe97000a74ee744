import { Traffic, trafficPath } from "@interpres/admin-api";
import type { AdminContext } from "../admin-context.ts";
import type { AdminApp } from "../http/authenticate.ts";
import { instantText } from "../http/instant.ts";

/** `/traffic`: how much passed and failed, minute by minute. */
export function registerTraffic(app: AdminApp, { clock, traffic }: AdminContext): void {
  const from = clock.now();
  app.get(
    trafficPath,
    { config: { access: "auditor" }, schema: { response: { 200: Traffic }, tags: ["federation"] } },
    async () => {
      const now = clock.now();
      const minutes = traffic.minutes(now).map(({ at, ...counts }) => ({ at: instantText(at), ...counts }));
      return { from: instantText(from), until: instantText(now), minutes };
    },
  );
}
