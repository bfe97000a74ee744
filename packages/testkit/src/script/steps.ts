import { type ProbeName, PROBES, probe } from "../simulator/probes.ts";
import type { PeerState } from "../simulator/peer-style.ts";
import { InviteRefusedError } from "../simulator/session-usage.ts";
import type { Simulation } from "./simulation.ts";

/** What became of a step: the status of the answer, where it had one. */
export interface StepResult {
  readonly status?: number;
}

/** One kind of step, of scripts and at the prompt. */
export interface Step {
  /** Its words as they are written; the last takes the rest of the line. */
  readonly words: readonly string[];
  readonly does: string;
  /** How many of the words may be missing. */
  readonly optional?: number;
  /** Words that stand for themselves, by place. */
  readonly oneOf?: Readonly<Record<number, readonly string[]>>;
  readonly run: (simulation: Simulation, words: readonly string[]) => Promise<StepResult>;
}

const STATES = ["available", "busy", "away", "idle", "offline"];
const NOTHING: StepResult = {};

/** Every step by its first word. */
export const STEPS = {
  state: {
    words: ["USER", "STATE"],
    oneOf: { 1: STATES },
    does: "sets what a user of this side is, and tells his watchers",
    run: async (simulation, [user = "", state = ""]) => {
      await simulation.peer.presence.setState(simulation.address(user), state as PeerState);
      return NOTHING;
    },
  },
  watch: {
    words: ["USER", "TARGET"],
    does: "a user of this side begins to watch one of the other",
    run: ({ peer, address }, [user = "", target = ""]) => peer.presence.watch(address(user), `sip:${target}`),
  },
  refresh: {
    words: ["USER", "TARGET"],
    does: "refreshes that subscription",
    run: ({ peer, address }, [user = "", target = ""]) => peer.presence.refresh(address(user), `sip:${target}`),
  },
  unwatch: {
    words: ["USER", "TARGET"],
    does: "ends that subscription",
    run: ({ peer, address }, [user = "", target = ""]) => peer.presence.unwatch(address(user), `sip:${target}`),
  },
  say: {
    words: ["USER", "TARGET", "TEXT"],
    does: "says something, in the session there is or a new one",
    run: async ({ peer, address }, [user = "", target = "", text = ""]) =>
      await refusedAsStatus(peer.sessions.say(address(user), `sip:${target}`, text)),
  },
  type: {
    words: ["USER", "TARGET", "HOW"],
    oneOf: { 2: ["type", "idle", "on"] },
    does: "a typing notice in that session; on: one every five seconds until something is said",
    run: ({ peer, address }, [user = "", target = "", how = ""]) =>
      how === "on"
        ? peer.sessions.keepTyping(address(user), `sip:${target}`)
        : peer.sessions.type(address(user), `sip:${target}`, how === "idle" ? "idle" : "type"),
  },
  "hang-up": {
    words: [],
    does: "ends every session",
    run: async ({ peer }) => {
      await peer.sessions.hangUp();
      return NOTHING;
    },
  },
  crash: {
    words: [],
    does: "loses every dialog and connection without a word",
    run: async ({ peer }) => {
      peer.crash();
      return NOTHING;
    },
  },
  drop: {
    words: [],
    does: "breaks every connection, and keeps the dialogs",
    run: async ({ peer }) => {
      peer.dropConnections();
      return NOTHING;
    },
  },
  fault: {
    words: ["NAME[=VALUE]"],
    does: "switches a fault on",
    run: async ({ faults }, [text = ""]) => {
      faults.set(text);
      return NOTHING;
    },
  },
  "fault-off": {
    words: ["NAME"],
    does: "switches a fault off",
    run: async ({ faults }, [name = ""]) => {
      faults.clear(name);
      return NOTHING;
    },
  },
  probe: {
    words: ["PROBE", "USER", "TARGET"],
    oneOf: { 0: ["all", ...Object.keys(PROBES)] },
    does: "sends a request that has a known answer, or every one of them; another answer is a deviation",
    run: async (simulation, [name = "", user = "", target = ""]) => {
      const names = name === "all" ? (Object.keys(PROBES) as ProbeName[]) : [name as ProbeName];
      for (const each of names) await probed(simulation, each, { user: simulation.address(user), target });
      return NOTHING;
    },
  },
  wait: {
    words: ["EVENT", "WHOM", "WHAT"],
    optional: 2,
    oneOf: { 0: ["message", "presence", "watcher", "typing", "session", "session-end", "deviation"] },
    does: "waits for an event that no step has waited for yet: from whom, and what it says",
    run: async (simulation, [event = "", whom, what]) => {
      await simulation.wait({
        event,
        ...(whom === undefined ? {} : { whom }),
        ...(what === undefined ? {} : { what }),
      });
      return NOTHING;
    },
  },
  expect: {
    words: ["WHAT"],
    does: "`no deviations`, or the deviation of that rule, which then is none any more",
    run: async (simulation, [what = ""]) => {
      await simulation.expect(what);
      return NOTHING;
    },
  },
  pause: {
    words: ["SECONDS"],
    does: "does nothing for so long",
    run: async (simulation, [seconds = ""]) => {
      await simulation.pause(Number(seconds));
      return NOTHING;
    },
  },
} as const satisfies Readonly<Record<string, Step>>;

export type StepName = keyof typeof STEPS;

async function probed(
  simulation: Simulation,
  name: ProbeName,
  parties: { user: string; target: string },
): Promise<void> {
  const { deviation } = await probe(simulation.peer, name, parties);
  if (deviation !== undefined) simulation.deviated(deviation);
}

async function refusedAsStatus(said: Promise<StepResult>): Promise<StepResult> {
  try {
    return await said;
  } catch (error) {
    if (error instanceof InviteRefusedError && error.status !== undefined) return { status: error.status };
    throw error;
  }
}
