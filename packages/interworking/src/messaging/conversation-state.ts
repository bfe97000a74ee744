import type { Step } from "@interpres/runtime";

/** One piece of a message waiting for a session. */
export interface Item {
  /** Of the message. */
  readonly id: string;
  readonly part: number;
  readonly isLast: boolean;
  /** True when it was sent before and its session turned out dead. */
  readonly isRepeat: boolean;
}

/** Names a session within its conversation. */
export type SessionKey = number;

/**
 * Two people talking in INVITE sessions. Usually there is one; when both call at once there are two, then both are
 * listened to and the newest established one is spoken in.
 */
export interface Conversation {
  /** Established, oldest first. */
  readonly sessions: readonly SessionKey[];
  /** Our INVITE under way. */
  readonly calling: SessionKey | undefined;
  /** Theirs, answered and not yet acknowledged. */
  readonly answering: SessionKey | undefined;
  readonly sending: { readonly item: Item; readonly session: SessionKey } | undefined;
  /** Nothing new is said in it; it ends when what is being said there has its answer. */
  readonly leaving: SessionKey | undefined;
  readonly queue: readonly Item[];
  readonly nextKey: SessionKey;
}

export const silence: Conversation = {
  sessions: [],
  calling: undefined,
  answering: undefined,
  sending: undefined,
  leaving: undefined,
  queue: [],
  nextKey: 1,
};

/**
 * What an answer means. "dead": 408, 480, 481 or a broken connection: the session is gone, the text may go in another.
 * "silent": no answer came over a connection that stands; the session is gone, and the text may have been read. "final":
 * the peer has decided.
 */
export type Verdict = "sent" | "dead" | "silent" | "final";

export type ConversationInput =
  | { readonly kind: "submit"; readonly items: readonly Item[] }
  /** Their INVITE, which we answer; takes `nextKey`. */
  | { readonly kind: "invited" }
  | { readonly kind: "established"; readonly session: SessionKey }
  /** Our INVITE came to nothing. */
  | { readonly kind: "refused"; readonly session: SessionKey }
  | { readonly kind: "ended"; readonly session: SessionKey }
  | { readonly kind: "answered"; readonly verdict: Verdict }
  /** Nothing was said for long, or the user closed her window. */
  | { readonly kind: "idle"; readonly session: SessionKey }
  /** Our user has another name now than in these sessions. */
  | { readonly kind: "outdated"; readonly sessions: readonly SessionKey[] }
  /** Nothing more will be said here. */
  | { readonly kind: "closed" };

export type ConversationEffect =
  | { readonly kind: "invite"; readonly session: SessionKey }
  | { readonly kind: "send"; readonly session: SessionKey; readonly item: Item }
  /** BYE. */
  | { readonly kind: "end"; readonly session: SessionKey }
  /** BYE when the peer's line has room: many sessions may go at once. */
  | { readonly kind: "retire"; readonly session: SessionKey }
  | { readonly kind: "sent"; readonly item: Item }
  /** All pieces of the message are given up; why is what came last from the peer. */
  | { readonly kind: "failed"; readonly id: string };

type ConversationStep = Step<Conversation, ConversationEffect>;

export function stepConversation(state: Conversation, input: ConversationInput): ConversationStep {
  switch (input.kind) {
    case "submit":
      return advance({ ...state, queue: [...state.queue, ...input.items] }, []);
    case "invited":
      return invited(state);
    case "established":
      return advance({ ...without(state, input.session), sessions: [...state.sessions, input.session] }, []);
    case "refused":
      return refused(without(state, input.session));
    case "ended":
      return advance(without(state, input.session), []);
    case "answered":
      return answered(state, input.verdict);
    case "idle":
      return idle(state, input.session);
    case "outdated":
      return outdated(state, input.sessions);
    case "closed":
      return giveUp(state);
  }
}

/** A new INVITE means that the peer forgot the sessions that stand: they are ended, what is being said goes on. */
function invited(state: Conversation): ConversationStep {
  const effects = state.sessions.map((session) => ({ kind: "end", session }) as const);
  const next = { ...state, sessions: [], answering: state.nextKey, nextKey: state.nextKey + 1 };
  return { state: next, effects };
}

function refused(state: Conversation): ConversationStep {
  // The peer called meanwhile: it is there after all.
  if (state.sessions.length > 0 || state.answering !== undefined) return advance(state, []);
  return giveUp(state);
}

/** What waits; of what is being said the answer tells. */
function giveUp(state: Conversation): ConversationStep {
  const ids = [...new Set(state.queue.map((item) => item.id))];
  return { state: { ...state, queue: [] }, effects: ids.map((id) => ({ kind: "failed", id })) };
}

function answered(state: Conversation, verdict: Verdict): ConversationStep {
  const { sending } = state;
  if (sending === undefined) return { state, effects: [] };
  const { item, session } = sending;
  const isOver = verdict === "dead" || verdict === "silent" || state.leaving === session;
  const stands = state.leaving === session || state.sessions.includes(session);
  const ends: readonly ConversationEffect[] = isOver && stands ? [{ kind: "end", session }] : [];
  const left = isOver ? without({ ...state, sending: undefined }, session) : { ...state, sending: undefined };
  if (verdict === "sent") return advance(left, [...ends, { kind: "sent", item }]);
  if (verdict !== "dead" || item.isRepeat) {
    const queue = left.queue.filter((other) => other.id !== item.id);
    return advance({ ...left, queue }, [...ends, { kind: "failed", id: item.id }]);
  }
  return advance({ ...left, queue: [{ ...item, isRepeat: true }, ...left.queue] }, ends);
}

function idle(state: Conversation, session: SessionKey): ConversationStep {
  const isBusy = state.sending?.session === session || state.queue.length > 0;
  if (isBusy || !state.sessions.includes(session)) return { state, effects: [] };
  return { state: without(state, session), effects: [{ kind: "end", session }] };
}

/** Ends the sessions, one in which something is being said when that has its answer; what waits is said in a new one. */
function outdated(state: Conversation, sessions: readonly SessionKey[]): ConversationStep {
  const busy = state.sending?.session;
  const ends = sessions.filter((session) => session !== busy && session !== state.leaving);
  const leaving = busy !== undefined && sessions.includes(busy) ? busy : state.leaving;
  const left = sessions.reduce(without, { ...state, leaving: undefined });
  return advance(
    { ...left, leaving },
    ends.map((session) => ({ kind: "retire", session })),
  );
}

/** Sends the next piece in the newest session, or calls when there is none and none is coming. */
function advance(state: Conversation, effects: readonly ConversationEffect[]): ConversationStep {
  const [item, ...queue] = state.queue;
  if (item === undefined || state.sending !== undefined) return { state, effects };
  const session = state.sessions.at(-1);
  if (session !== undefined) {
    return {
      state: { ...state, queue, sending: { item, session } },
      effects: [...effects, { kind: "send", session, item }],
    };
  }
  if (state.calling !== undefined || state.answering !== undefined) return { state, effects };
  const calling = state.nextKey;
  return {
    state: { ...state, calling, nextKey: calling + 1 },
    effects: [...effects, { kind: "invite", session: calling }],
  };
}

function without(state: Conversation, session: SessionKey): Conversation {
  return {
    ...state,
    sessions: state.sessions.filter((other) => other !== session),
    calling: state.calling === session ? undefined : state.calling,
    answering: state.answering === session ? undefined : state.answering,
    leaving: state.leaving === session ? undefined : state.leaving,
  };
}
