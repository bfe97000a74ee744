import { PolicyReplay, PolicyReplayInput } from "@interpres/admin-api";
import Type from "typebox";
import type { AdminContext } from "../admin-context.ts";
import type { AdminApp } from "../http/authenticate.ts";
import { instantsIn } from "../http/instant.ts";
import { conflict, invalidInput, notFound } from "../http/problem-error.ts";
import { planFor } from "./draft-plan.ts";
import { type Period, Replay } from "./replay.ts";

const Key = Type.Object({ id: Type.String({ maxLength: 64 }) });
const tags = ["policy"];

const DAY_MS = 24 * 3600 * 1000;
/** As long as what is replayed is kept. */
const LONGEST_MS = 7 * DAY_MS;
const MOST_RUNNING = 2;
/** Kept to be read, those under way included. */
const MOST_KEPT = 8;

interface Kept {
  readonly replay: Replay;
  readonly version: number;
}

/** `/policy/replays`: what recorded traffic would meet under a draft; started, looked after, cancelled. */
export function registerPolicyReplays(app: AdminApp, context: AdminContext): void {
  const replays = new Map<string, Kept>();
  const shown = (id: string): PolicyReplay => {
    const kept = replays.get(id);
    if (kept === undefined) throw notFound(`replay ${id}`);
    return { id, version: kept.version, ...kept.replay.view() };
  };

  app.post(
    "/policy/replays",
    { config: { access: "auditor" }, schema: { body: PolicyReplayInput, response: { 202: PolicyReplay }, tags } },
    async ({ body }, reply) => {
      const period = periodOf(body, context.clock.now());
      const { version, document } = context.settings.current();
      const plan = planFor(body.draft, document, context);
      const id = context.random.token();
      const now = await context.policy.simulate();
      const draft = await context.policy.simulate(plan.settings.federation);
      const { clock, decisions, policy } = context;
      const replay = new Replay({ clock, decisions, passages: policy.passages, now, draft }, period);
      // Nothing may come between looking for room and taking it.
      makeRoom(replays);
      replays.set(id, { replay, version });
      void replay.run();
      reply.code(202).header("location", `/api/v1/policy/replays/${id}`);
      return shown(id);
    },
  );

  app.get(
    "/policy/replays/:id",
    { config: { access: "auditor" }, schema: { params: Key, response: { 200: PolicyReplay }, tags } },
    async ({ params }) => shown(params.id),
  );

  app.delete(
    "/policy/replays/:id",
    { config: { access: "auditor" }, schema: { params: Key, response: { 200: PolicyReplay }, tags } },
    async ({ params }) => {
      replays.get(params.id)?.replay.cancel();
      return shown(params.id);
    },
  );
}

function periodOf({ from, to }: PolicyReplayInput, now: number): Period {
  const given = instantsIn({ from, to });
  const end = given.to ?? now;
  const start = given.from ?? end - DAY_MS;
  if (start > end) throw invalidInput([{ path: "from", message: "is after to" }]);
  if (start < now - LONGEST_MS) throw invalidInput([{ path: "from", message: "is more than seven days ago" }]);
  return { from: start, to: end };
}

/** Throws while too many are under way; of those that are not, the oldest goes. */
function makeRoom(replays: Map<string, Kept>): void {
  const running = [...replays.values()].filter(({ replay }) => replay.state === "running").length;
  if (running >= MOST_RUNNING)
    throw conflict("replays-under-way", { path: "", message: `${running} replays are under way; cancel one or wait` });
  const oldest = [...replays].find(([, { replay }]) => replay.state !== "running");
  if (replays.size >= MOST_KEPT && oldest !== undefined) replays.delete(oldest[0]);
}
