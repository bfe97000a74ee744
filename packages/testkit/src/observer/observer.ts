import type { SipRequest, SipResponse } from "@interpres/sip";
import { LRUCache } from "lru-cache";
import { answerRules, isSuccess } from "./answer-rules.ts";
import { dialogRules } from "./dialog-rules.ts";
import { Call, type Observation } from "./observation.ts";
import { presenceRules } from "./presence-rules.ts";
import type { Expectations, ObservingPeer, Rule, Seen } from "./rule.ts";
import { DEAD_SESSION, sessionRules } from "./session-rules.ts";

/** Every rule by its name. */
export const RULES = { ...answerRules, ...dialogRules, ...presenceRules, ...sessionRules } as const;

export type RuleName = keyof typeof RULES;

/** One thing the other side did that a strict peer would not have. */
export interface Deviation {
  /** A name of `RULES`, or of what is found beside messages: `pacing`, `malformed`, … */
  readonly rule: string;
  readonly detail: string;
}

export interface ObserverOptions {
  readonly peer: ObservingPeer;
  readonly expected?: () => Expectations;
  /** Rules that are not applied. */
  readonly allowed?: ReadonlySet<string>;
}

const CALLS = 2000;
const MESSAGES_OF_A_CALL = 200;
const NOTHING: Expectations = {};

/** Compares every message of the other side with what this side would insist on. Remembers the latest calls only. */
export class Observer {
  readonly #calls = new LRUCache<string, Call>({ max: CALLS });
  readonly #rules: readonly (readonly [string, Rule])[];
  readonly #expected: () => Expectations;

  constructor({ peer, expected = () => NOTHING, allowed = new Set() }: ObserverOptions) {
    const all: readonly (readonly [string, Rule])[] = Object.entries(RULES);
    this.#rules = all.filter(([name, { only }]) => !allowed.has(name) && (only === undefined || only === peer));
    this.#expected = expected;
  }

  /** What is wrong with one more message; nothing ever is with one of this side. */
  observe(observation: Observation): readonly Deviation[] {
    const { message, direction } = observation;
    const call = this.#calls.get(message.callId) ?? new Call(MESSAGES_OF_A_CALL);
    const found = direction === "sent" ? [] : this.#found({ observation, call, expected: this.#expected() });
    call.add(observation);
    this.#calls.set(message.callId, call);
    return found;
  }

  /** What the other side still owes: ACK for a 200, BYE for a session that it was told is dead. */
  unfinished(): readonly Deviation[] {
    return [...this.#calls.values()].flatMap((call) => [...unacknowledged(call), ...undead(call)]);
  }

  #found(seen: Omit<Seen<SipRequest | SipResponse>, "message">): readonly Deviation[] {
    const { message } = seen.observation;
    return this.#rules.flatMap(([rule, { request, response }]) => {
      const detail = message.kind === "request" ? request?.({ ...seen, message }) : response?.({ ...seen, message });
      return detail === undefined ? [] : [{ rule, detail }];
    });
  }
}

function unacknowledged(call: Call): readonly Deviation[] {
  const accepted = call.all.find(
    ({ direction, link, message }) =>
      direction === "sent" &&
      link.isOpen &&
      message.kind === "response" &&
      message.cseq.method === "INVITE" &&
      isSuccess(message),
  );
  const isAcknowledged = call.requests("received").some(({ method }) => method === "ACK");
  return accepted === undefined || isAcknowledged
    ? []
    : [{ rule: "not-acknowledged", detail: "answer 200 to INVITE has no ACK" }];
}

function undead(call: Call): readonly Deviation[] {
  const dead = call
    .responses("sent")
    .find(({ status, cseq }) => cseq.method === "MESSAGE" && DEAD_SESSION.includes(status));
  const isOver = [...call.requests("received"), ...call.requests("sent")].some(({ method }) => method === "BYE");
  return dead === undefined || isOver || dead.to.tag === undefined || call.beginning("received")?.method === undefined
    ? []
    : [{ rule: "dead-session-kept", detail: `a session that ended with ${dead.status} has no BYE` }];
}
