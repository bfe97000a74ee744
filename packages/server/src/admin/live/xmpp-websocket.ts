import type { WebClient } from "../admin-context.ts";
import type { AdminApp } from "../http/authenticate.ts";
import { ProblemError, problem } from "../http/problem-error.ts";
import type { UpgradeDoors } from "../http/upgrade-doors.ts";

const PATH = "/xmpp";
const TYPES = { 400: "invalid-request", 403: "origin-refused", 503: "service-unavailable" } as const;

/** `/xmpp`: XMPP over WebSocket (RFC 7395). Who signs in there shows it by SASL, not to us. */
export function serveXmpp(doors: UpgradeDoors, { sockets }: WebClient): void {
  doors.serve(PATH, (request, head) => {
    const refusal = sockets.upgrade(request, head);
    return refusal === undefined ? undefined : { ...refusal, type: TYPES[refusal.status] };
  });
}

/** Tells a browser that somebody has pointed at the address of the WebSocket. */
export function registerXmppHint(app: AdminApp): void {
  app.get(PATH, { config: { access: "anybody" }, schema: { hide: true } }, async () => {
    const detail = "XMPP clients come here by WebSocket (RFC 7395); people go to /chat";
    throw new ProblemError(problem(426, "upgrade-required", detail), { upgrade: "websocket" });
  });
}
