import { API_ROOT, DEFAULT_RECENT, MOST_RECENT, type TraceEvent, tracePath } from "@interpres/admin-api";
import type { Clock, Timer } from "@interpres/runtime";
import { type WebSocket, WebSocketServer } from "ws";
import type { AdminContext } from "../admin-context.ts";
import { isSufficient } from "../http/authenticate.ts";
import { admitUpgrade, type Caller } from "../http/authenticate-upgrade.ts";
import type { UpgradeDoors, UpgradeRefusal } from "../http/upgrade-doors.ts";
import { type Reading, TraceReader } from "./trace-reader.ts";

const MOST_READERS = 32;
/** A reader that does not read is cut off instead of waited for. */
const MOST_UNREAD_OCTETS = 4 * 1024 * 1024;
const CHECK_MS = 30_000;
/** RFC 6455 §7.4.1, and the registry's "Try Again Later". */
const CLOSED_NORMALLY = 1000;
const POLICY = 1008;
const TRY_AGAIN_LATER = 1013;

interface Wanted extends Reading {
  readonly afterwards: "follow" | "close";
}

/** `/trace`: what passes, and what passed lately. Each reading is in the audit log. */
export function serveTrace(doors: UpgradeDoors, context: AdminContext): void {
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 1024 });
  doors.serve(`${API_ROOT}${tracePath}`, async (request, head) => {
    const wanted = wantedOf(new URL(request.url ?? "", "https://node").searchParams);
    if ("status" in wanted) return wanted;
    const admission = await admitUpgrade(request, wanted.bodies === "shown" ? "administrator" : "auditor", context);
    if (admission.kind === "refused") return admission.refusal;
    if (sockets.clients.size >= MOST_READERS)
      return { status: 503, type: "too-many-readers", detail: `${MOST_READERS} read the trace already` };
    const { caller } = admission;
    const { recent: _recent, ...asked } = wanted;
    await context.audit.record({ actor: caller.name, action: "read", resource: "trace", after: asked });
    const reader = new TraceReader(wanted, context);
    await reader.decisions();
    sockets.handleUpgrade(request, request.socket, head, (socket) => send(socket, { reader, wanted, caller }, context));
    return undefined;
  });
}

function wantedOf(search: URLSearchParams): Wanted | UpgradeRefusal {
  const [peer, user] = [search.get("peer"), search.get("user")];
  const recent = Number(search.get("recent") ?? DEFAULT_RECENT);
  if (!Number.isInteger(recent) || recent < 0 || recent > MOST_RECENT)
    return { status: 400, type: "invalid-input", detail: `recent: must be a whole number up to ${MOST_RECENT}` };
  return {
    ...(peer === null ? {} : { peer: peer.toLowerCase() }),
    ...(user === null ? {} : { user: user.toLowerCase() }),
    recent,
    afterwards: search.get("follow") === "true" ? "follow" : "close",
    bodies: search.get("bodies") === "shown" ? "shown" : "masked",
  };
}

interface Following {
  readonly reader: TraceReader;
  readonly wanted: Wanted;
  readonly caller: Caller;
}

function send(
  socket: WebSocket,
  { reader, wanted, caller }: Following,
  { flows, clock, decisionFeed }: AdminContext,
): void {
  const show = (event: TraceEvent): void => {
    socket.send(JSON.stringify(event));
    if (socket.bufferedAmount > MOST_UNREAD_OCTETS) socket.close(TRY_AGAIN_LATER, "read faster");
  };
  socket.on("error", () => socket.terminate());
  for (const event of reader.recent()) show(event);
  if (wanted.afterwards === "close") {
    socket.close(CLOSED_NORMALLY);
    return;
  }
  const ends = [
    decisionFeed.listen((event) => reader.decided(event)),
    flows.follow(wanted, (record) => show(reader.shown(record))),
  ];
  const check = repeated(clock, async () => {
    const role = (await caller.principal())?.role;
    const isAllowed = role !== undefined && (wanted.bodies === "masked" || isSufficient(role, "administrator"));
    if (isAllowed) socket.ping();
    else socket.close(POLICY, "the credential is no longer valid");
  });
  socket.once("close", () => {
    for (const end of ends) end();
    check.cancel();
  });
}

/** Runs `task` every half minute, each after the one before. */
function repeated(clock: Clock, task: () => Promise<void>): Timer {
  let timer: Timer;
  let isCancelled = false;
  const next = (): void => {
    timer = clock.after(CHECK_MS, () => void task().then(() => isCancelled || next()));
  };
  next();
  return {
    cancel: () => {
      isCancelled = true;
      timer.cancel();
    },
  };
}
