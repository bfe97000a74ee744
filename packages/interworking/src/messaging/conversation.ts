import type { Answer, AnswerOptions, IncomingInvite, RequestOutcome, SipRequest } from "@interpres/sip";
import { statusOf } from "@interpres/sip";
import type { BareJid } from "@interpres/xmpp";
import { refusedInvitation } from "../failure/refused-invitation.ts";
import type { Composing } from "../model/composing.ts";
import { IS_COMPOSING_TYPE, writeIsComposing } from "../payload/is-composing.ts";
import { KEYBOARD_ACTIVITY_TYPE, writeKeyboardActivity } from "../payload/keyboard-activity.ts";
import { writeSdp } from "../payload/sdp.ts";
import { trailHeader } from "../payload/trail-marker.ts";
import {
  type ConversationEffect,
  type ConversationInput,
  type Item,
  type SessionKey,
  type Conversation as State,
  silence,
  stepConversation,
  type Verdict,
} from "./conversation-state.ts";
import { ImSession, type SessionOwner } from "./im-session.ts";
import type { InboundDelivery } from "./inbound-delivery.ts";
import type { ImSessionView, MessagePorts } from "./message-ports.ts";
import { HTML_TYPE, headOf, split, TEXT_TYPE } from "./message-to-sip.ts";
import type { Outbound } from "./page-mode.ts";
import { TakenMessages } from "./taken-messages.ts";
import type { TypingIn } from "./typing-in.ts";
import { TypingOut } from "./typing-out.ts";

export interface ConversationInit {
  readonly ports: MessagePorts;
  readonly user: BareJid;
  readonly contact: BareJid;
  readonly inbound: InboundDelivery;
  readonly typing: TypingIn;
  /** No session stands and nothing waits: it may be forgotten. */
  readonly silent: (conversation: Conversation) => void;
}

/** What became of a message, and the Call-ID of the session it was said in or that was refused; none where none was asked. */
export interface SessionOutcome {
  readonly outcome: RequestOutcome;
  readonly callId?: string | undefined;
}

interface Pending {
  readonly outbound: Outbound;
  readonly pieces: readonly string[];
  readonly done: (fate: SessionOutcome) => void;
}

interface SessionNames {
  readonly direction: "inbound" | "outbound";
  readonly localUri: string;
  /** Of the media line of our description. */
  readonly destination: string;
}

/** A local user and a foreign contact talking in sessions; runs the machine and does what it says. */
export class Conversation implements SessionOwner {
  readonly user: BareJid;
  readonly contact: BareJid;
  readonly #init: ConversationInit;
  readonly #sessions = new Map<SessionKey, ImSession>();
  /** Nothing is said in them any more; their BYE stands in line. */
  readonly #retiring = new Set<ImSession>();
  readonly #pending = new Map<string, Pending>();
  #state: State = silence;
  #last: SessionOutcome | undefined;
  #isClosing = false;
  readonly #typingOut: TypingOut;
  readonly #taken: TakenMessages;

  constructor(init: ConversationInit) {
    this.#init = init;
    this.#taken = new TakenMessages(init.ports);
    this.user = init.user;
    this.contact = init.contact;
    this.#typingOut = new TypingOut({
      clock: init.ports.clock,
      tell: (state) => this.#tellTyping(state),
      form: () => (this.#typingForm() === "keyboard-activity" ? "repeated" : "once"),
    });
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  /** True while messages can be said in a session that stands or is coming. */
  get hasSession(): boolean {
    return this.#sessions.size > 0;
  }

  /** Says a message; `done` is told once, when its last piece was taken or it failed. */
  submit(outbound: Outbound, done: (fate: SessionOutcome) => void): void {
    const { entry, peer } = outbound;
    const pieces = split(entry.text, peer.dialect.maxMessageBytes);
    this.#pending.set(entry.id, { outbound, pieces, done });
    const items = pieces.map((_, part) => ({
      id: entry.id,
      part,
      isLast: part === pieces.length - 1,
      isRepeat: false,
    }));
    this.#step({ kind: "submit", items });
  }

  /** Their INVITE to one of the names of our user. */
  invited(incoming: IncomingInvite, localUri: string): void {
    const session = this.#make(this.#state.nextKey, { direction: "inbound", localUri, destination: localUri });
    this.#step({ kind: "invited" });
    incoming.onCancelled(() => this.ended(session, "failure"));
    session.answer(incoming);
  }

  /** The user closed her window (RFC 7573 §6.1). */
  gone(): void {
    for (const key of this.#state.sessions) this.#step({ kind: "idle", session: key });
  }

  /** Our user writes, or stopped. */
  typingOut(state: Composing["state"]): void {
    this.#typingOut.set(state);
  }

  /** Our user's address for federation may be another now: sessions under an old one end, and are begun anew when needed. */
  readdressed(): void {
    const outdated = [...this.#sessions.values()].filter((session) => this.#isOutdated(session));
    if (outdated.length > 0) this.#step({ kind: "outdated", sessions: outdated.map(({ key }) => key) });
  }

  /** Ends every session and begins no other; what waits fails. */
  end(): void {
    this.#isClosing = true;
    this.#typingOut.reset();
    for (const session of [...this.#sessions.values(), ...this.#retiring]) session.end();
  }

  /** As `end`; what waits fails as never sent, before the peer's answers say anything about it. */
  stop(): void {
    this.#last = { outcome: { kind: "failed", cause: "transport", detail: "stopped" } };
    this.#step({ kind: "closed" });
    this.end();
  }

  views(): readonly ImSessionView[] {
    return [...this.#sessions.values()].map((session) => this.#view(session));
  }

  established(session: ImSession): void {
    if (this.#sessions.get(session.key) !== session) return;
    this.#typingOut.reset();
    this.#step({ kind: "established", session: session.key });
  }

  refused(session: ImSession, outcome: RequestOutcome): void {
    if (!this.#forget(session)) return;
    this.#last = { outcome, callId: session.session?.id.callId };
    this.#step({ kind: "refused", session: session.key });
  }

  ended(session: ImSession, by: "peer" | "us" | "failure"): void {
    this.#typingOut.reset();
    const isKnown = this.#forget(session);
    // RFC 7573 §6.1: hanging up is leaving.
    if (isKnown && by === "peer" && this.#sessions.size === 0) this.#init.typing.left(this.contact, this.user);
    this.#step({ kind: "ended", session: session.key });
  }

  idle(session: ImSession): void {
    this.#step({ kind: "idle", session: session.key });
  }

  message({ session }: ImSession, request: SipRequest, answer: Answer): void {
    const { user, contact } = this;
    const peer = this.#init.ports.peers.of(contact.domain);
    const reply = (contentType: string, body: string): void => session?.send("MESSAGE", { contentType, body }, ignore);
    if (peer === undefined) answer(403);
    else this.#init.inbound.deliver({ request, answer, user, contact, peer, mode: "session", reply });
  }

  notified(notify: SipRequest): void {
    this.#taken.notified(notify);
  }

  typing(composing: Composing): void {
    this.#init.typing.notice(this.contact, this.user, composing);
  }

  refusedOffer(): AnswerOptions & { readonly status: number } {
    const { peers } = this.#init.ports;
    return refusedInvitation("media", peers.hostTowards(peers.wireDomain(this.contact.domain)));
  }

  /** Told only in a session that stands and is not busy; never kept for later. */
  #tellTyping(state: Composing["state"]): boolean {
    if (this.#state.sending !== undefined || this.#state.queue.length > 0) return false;
    const key = this.#state.sessions.at(-1);
    const session = key === undefined ? undefined : this.#sessions.get(key)?.session;
    const form = this.#typingForm();
    if (session === undefined || form === "none") return false;
    if (form === "keyboard-activity") {
      session.send("INFO", { contentType: KEYBOARD_ACTIVITY_TYPE, body: writeKeyboardActivity(state) }, ignore);
    } else session.send("MESSAGE", { contentType: IS_COMPOSING_TYPE, body: writeIsComposing(state) }, ignore);
    return true;
  }

  #typingForm(): "keyboard-activity" | "is-composing" | "none" {
    return this.#init.ports.peers.of(this.contact.domain)?.dialect.typing ?? "none";
  }

  #step(input: ConversationInput): void {
    const { state, effects } = stepConversation(this.#state, input);
    this.#state = state;
    for (const effect of effects) this.#act(effect);
    if (this.#sessions.size + this.#retiring.size + this.#pending.size === 0) this.#init.silent(this);
  }

  #act(effect: ConversationEffect): void {
    switch (effect.kind) {
      case "invite":
        this.#invite(effect.session);
        break;
      case "send":
        this.#send(effect.session, effect.item);
        break;
      case "end":
        this.#typingOut.reset();
        this.#sessions.get(effect.session)?.end();
        this.#sessions.delete(effect.session);
        break;
      case "retire":
        this.#retire(effect.session);
        break;
      case "sent":
        if (effect.item.isLast) this.#finish(effect.item.id);
        break;
      case "failed":
        this.#finish(effect.id);
        break;
    }
  }

  #invite(key: SessionKey): void {
    const { addresses, agent, peers, trails } = this.#init.ports;
    const peer = peers.of(this.contact.domain);
    const from = addresses.localUri(this.user);
    const to = addresses.foreignUri(this.contact);
    if (peer === undefined || from === undefined || to === undefined || this.#isClosing) {
      this.#cannotInvite(key, this.#isClosing ? 480 : peer === undefined ? 403 : 484);
      return;
    }
    const session = this.#make(key, { direction: "outbound", localUri: from, destination: "null" });
    const sdp = this.#sdp("null");
    const headers = [trailHeader(trails.begun())];
    const invite = { from, to, sdp, headers, timeoutSeconds: peer.dialect.inviteTimeoutSeconds };
    const name = addresses.displayName(this.user);
    const named = name === undefined ? invite : { ...invite, fromDisplayName: name };
    const passed = peer.line.pass("message", () => {
      if (this.#sessions.get(key) === session) session.call((user) => agent.sessions.invite(named, user));
    });
    if (passed === "full") this.#cannotInvite(key, 480);
  }

  #retire(key: SessionKey): void {
    const session = this.#sessions.get(key);
    if (session === undefined) return;
    this.#typingOut.reset();
    this.#sessions.delete(key);
    this.#retiring.add(session);
    const line = this.#init.ports.peers.of(this.contact.domain)?.line;
    if (line?.pass("refresh", () => this.#hangUp(session)) !== "accepted") this.#hangUp(session);
  }

  /** One that had not left yet ends without a word, and tells nobody. */
  #hangUp(session: ImSession): void {
    session.end();
    if (session.session === undefined) this.ended(session, "us");
  }

  /** False for one that is forgotten already or on its way out. */
  #forget(session: ImSession): boolean {
    this.#retiring.delete(session);
    return this.#sessions.get(session.key) === session && this.#sessions.delete(session.key);
  }

  /** One of ours must bear the present name, one of theirs any that still counts. */
  #isOutdated({ direction, localUri }: ImSession): boolean {
    const { addresses } = this.#init.ports;
    if (direction === "inbound") return !addresses.isAddressOf(localUri, this.user);
    return !addresses.isPresentName(localUri, this.user);
  }

  #cannotInvite(key: SessionKey, status: number): void {
    this.#sessions.delete(key);
    this.#last = { outcome: { kind: "unroutable", status, rule: "session-invite", reason: "no session possible" } };
    this.#step({ kind: "refused", session: key });
  }

  #send(key: SessionKey, item: Item): void {
    const session = this.#sessions.get(key);
    const pending = this.#pending.get(item.id);
    const peer = pending?.outbound.peer;
    if (session?.session === undefined || pending === undefined || peer === undefined) {
      this.#answered({ outcome: { kind: "failed", cause: "transport", detail: "session ended" } });
      return;
    }
    this.#typingOut.reset();
    const head = headOf(pending.outbound.entry, item.part, this.#init.ports.trails);
    const request = { ...contentOf(pending, item.part, session), ...head };
    const { callId } = session.session.id;
    const passed = peer.line.pass("message", () => {
      session.touch();
      session.session?.send("MESSAGE", request, (outcome) => {
        this.#taken.answered(outcome, pending.outbound);
        this.#answered({ outcome, callId });
      });
    });
    if (passed === "full")
      this.#answered({ outcome: { kind: "unroutable", status: 480, rule: "peer-line", reason: "too many wait" } });
  }

  #answered(fate: SessionOutcome): void {
    this.#last = fate;
    this.#step({ kind: "answered", verdict: verdictOf(fate.outcome) });
  }

  #finish(id: string): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.done(this.#last ?? { outcome: { kind: "failed", cause: "transport", detail: "no session" } });
  }

  #make(key: SessionKey, { direction, localUri, destination }: SessionNames): ImSession {
    const { clock, peers } = this.#init.ports;
    const idleSeconds = peers.of(this.contact.domain)?.dialect.idleSessionSeconds ?? 600;
    const sdp = this.#sdp(destination);
    const session = new ImSession({ key, owner: this, direction, localUri, sdp, idleSeconds, clock });
    this.#sessions.set(key, session);
    return session;
  }

  #sdp(destination: string): string {
    const { peers, settings } = this.#init.ports;
    const dialect = peers.of(this.contact.domain)?.dialect;
    const rich = dialect?.richText === "html" ? ["text/html"] : [];
    const acceptTypes = [...(dialect?.acceptTypes ?? ["text/plain"]), ...rich];
    return writeSdp({ address: settings.sdpAddress, destination, acceptTypes });
  }

  #view(session: ImSession): ImSessionView {
    const callId = session.session?.id.callId ?? "";
    return {
      id: `${callId}.${session.key}`,
      local: this.user.toString(),
      foreign: this.contact.toString(),
      peer: this.contact.domain,
      direction: session.direction,
      state: session.session?.state ?? "calling",
      callId,
      startedAt: session.startedAt,
      lastActivityAt: session.lastActivityAt,
    };
  }
}

/** 408, 480 and 481 say that the window at the other end is gone; anything else that is no 2xx is its user's answer. */
function verdictOf(outcome: RequestOutcome): Verdict {
  // Some old clients read and never answer: what was said again would be read twice.
  if (outcome.kind === "failed") return outcome.cause === "timeout" ? "silent" : "dead";
  const status = statusOf(outcome);
  if (outcome.kind === "answered" && status < 300) return "sent";
  return outcome.kind === "answered" && (status === 408 || status === 480 || status === 481) ? "dead" : "final";
}

function ignore(): void {
  return;
}

/** A piece of the text; all of it with its markup where the other side takes that and it is not too long. */
function contentOf({ outbound, pieces }: Pending, part: number, session: ImSession) {
  const { html } = outbound.entry;
  const isTaken = html !== undefined && pieces.length === 1 && session.takes("text/html");
  if (isTaken && Buffer.byteLength(html) <= outbound.peer.dialect.maxMessageBytes)
    return { contentType: HTML_TYPE, body: html };
  return { contentType: TEXT_TYPE, body: pieces[part] ?? "" };
}
