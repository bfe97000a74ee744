import { Tally } from "@interpres/runtime";
import { type Jid, type Message, mayBeAnswered, parseJid } from "@interpres/xmpp";
import type { FailureCause } from "../failure/failure.ts";
import {
  diagnosisOf,
  errorMessage,
  failureOfCause,
  failureOfOutcome,
  type SendFailure,
} from "../failure/outcome-failure.ts";
import type { FederatedPeer } from "../model/federated-peers.ts";
import { freshTrail } from "../model/trail.ts";
import type { SessionOutcome } from "./conversation.ts";
import type { MessagePorts } from "./message-ports.ts";
import { bodyOf, type ChatState, chatStateOf, entryOf } from "./message-to-sip.ts";
import type { JournalEntry } from "./outbound-journal.ts";
import type { Outbound, PageMode } from "./page-mode.ts";
import type { Receipts } from "./receipts.ts";
import type { SessionMode } from "./session-mode.ts";

/** An entry with its addresses read. */
interface Unfinished {
  readonly entry: JournalEntry;
  readonly from: Jid;
  readonly to: Jid;
}

/** How messages leave, and what is told of others'. */
export interface OutboundWays {
  readonly pages: PageMode;
  readonly sessions: SessionMode;
  readonly receipts: Receipts;
}

/** Messages of our users: kept until their fate is known, sent the way the peer wants, bounced when they fail. */
export class OutboundMessages {
  readonly #ports: MessagePorts;
  readonly #pages: PageMode;
  readonly #sessions: SessionMode;
  readonly #receipts: Receipts;
  /** Under way in the SIP stack, by id, with the domain each is for. */
  readonly #underWay = new Map<string, string>();
  readonly #tally: Tally;
  /** Accepted while it was stopped; in the journal too. */
  readonly #held = new Map<string, Unfinished>();
  #isRunning = false;

  constructor(ports: MessagePorts, { pages, sessions, receipts }: OutboundWays) {
    this.#ports = ports;
    const { maxUnfinished: maximum, maxUnfinishedForOneDomain: maximumOfOne } = ports.settings;
    this.#tally = new Tally({ maximum, maximumOfOne });
    this.#receipts = receipts;
    this.#pages = pages;
    this.#sessions = sessions;
  }

  /** Accepted messages whose fate is not known. */
  get unfinished(): number {
    return this.#underWay.size + this.#held.size;
  }

  /** A message stanza for a foreign user. `taken` once it is on the disk, or finished. */
  submit(message: Message, taken: () => void): void {
    const body = bodyOf(message);
    if (body === undefined || message.type === "error") {
      if (message.type !== "error" && !this.#tells(message)) this.#chatState(message);
      taken();
      return;
    }
    const { from, to } = message;
    const { clock, random, journal } = this.#ports;
    const peer = to === undefined ? undefined : this.#ports.peers.of(to.domain);
    const richText = peer?.dialect.richText ?? "none";
    const ids = { id: random.token(), callId: random.token() };
    const entry = entryOf(message, body, { ...ids, acceptedAt: clock.now(), richText });
    const refusal = this.#refusal(message, entry, peer);
    if (refusal !== undefined || from === undefined || to === undefined) {
      this.#bounceStanza(message, refusal ?? "loop");
      taken();
      return;
    }
    journal.append(entry, () => {
      taken();
      this.#send({ entry, from, to });
    });
  }

  /** Sends the journal's messages in their order, then what was accepted meanwhile; from now on each at once. */
  start(journal: readonly JournalEntry[]): void {
    this.#isRunning = true;
    const held = [...this.#held.values()];
    const unsent = journal.filter(({ id }) => !this.#held.has(id) && !this.#underWay.has(id));
    this.#held.clear();
    for (const entry of unsent) {
      const from = parseJid(entry.from);
      const to = parseJid(entry.to);
      if (from === undefined || to === undefined) this.#forget(entry);
      else this.#send({ entry, from, to });
    }
    for (const unfinished of held) this.#send(unfinished);
  }

  /**
   * From now on nothing is sent and what comes is refused; nothing is given up: what is cut off stays in the journal for
   * the next start.
   */
  stop(): void {
    this.#isRunning = false;
  }

  #refusal(message: Message, entry: JournalEntry, peer: FederatedPeer | undefined): FailureCause | undefined {
    const { from, to, type } = message;
    if (from === undefined || to === undefined || !this.#ports.local.isLocalDomain(from.domain)) return "loop";
    if (type === "groupchat") return "media-not-supported";
    if (!this.#isRunning) return "service-stopped";
    if (peer === undefined) return "not-federated";
    if (!this.#ports.peers.mayCarryMessages) return "messages-switched-off";
    const { addresses, trails } = this.#ports;
    const foreignUri = addresses.foreignUri(to.bare);
    if (foreignUri === undefined) return "bad-address";
    // Neither side could tell which of the two is meant.
    if (addresses.isPresentName(foreignUri, from.bare)) return "same-address";
    const end = trails.endOf(entry.trail ?? freshTrail);
    if (end !== undefined) return end;
    // A session can say it in pieces.
    const outbound = outboundOf({ entry, from, to }, peer);
    if (!this.#isForSession(outbound) && this.#pages.isTooLong(outbound)) return "too-long";
    return this.#tally.hasRoomFor(to.domain) ? undefined : "too-many-waiting";
  }

  #send(unfinished: Unfinished): void {
    const { entry, to } = unfinished;
    if (!this.#isRunning) {
      this.#held.set(entry.id, unfinished);
      return;
    }
    this.#underWay.set(entry.id, to.domain);
    this.#tally.add(to.domain);
    const peer = this.#ports.peers.of(to.domain);
    if (peer === undefined) {
      this.#fail(unfinished, failureOfCause("not-federated"), { rule: "sip-federated-domain" });
      return;
    }
    if (!this.#ports.peers.mayCarryMessages) {
      this.#fail(unfinished, failureOfCause("messages-switched-off"), { rule: "im-gateway" });
      return;
    }
    const outbound = outboundOf(unfinished, peer);
    if (this.#isForSession(outbound)) {
      this.#sessions.send(outbound, (fate) => this.#finished(unfinished, "session", fate));
      return;
    }
    const { callId } = unfinished.entry;
    const sending = this.#pages.send(outbound, (outcome) => this.#finished(unfinished, "page", { outcome, callId }));
    if (sending === "full") this.#fail(unfinished, failureOfCause("too-many-waiting"), { rule: "peer-line" });
    if (sending === "unaddressable") this.#fail(unfinished, failureOfCause("bad-address"), { rule: "address-mapping" });
  }

  #isForSession({ user, contact, peer }: Outbound): boolean {
    return peer.dialect.messageMode === "session" || this.#sessions.hasSession(user, contact);
  }

  #finished(unfinished: Unfinished, mode: "page" | "session", { outcome, callId }: SessionOutcome): void {
    const inSip = callId === undefined ? {} : { callId };
    const { clock, meter } = this.#ports;
    meter.outboundSeconds.observe((clock.now() - unfinished.entry.acceptedAt) / 1000);
    const isSent = outcome.kind === "answered" && outcome.status < 300;
    meter.messages.add({ direction: "outbound", mode, result: isSent ? "delivered" : "failed" });
    if (isSent) {
      this.#record(unfinished, `delivered ${outcome.status}`, { ...inSip, mode });
      this.#forget(unfinished.entry);
      return;
    }
    // What our own stop cut off is not the peer's refusal.
    if (!this.#isRunning && outcome.kind === "failed") this.#cutOff(unfinished.entry);
    else this.#fail(unfinished, failureOfOutcome(outcome), { ...inSip, ...diagnosisOf(outcome) });
  }

  #fail(unfinished: Unfinished, failure: SendFailure, inputs: Readonly<Record<string, string | number>>): void {
    const { entry, from: sender, to: contact } = unfinished;
    this.#record(unfinished, `refused ${failure.status}`, { ...inputs, text: failure.text });
    for (const to of this.#whomToTell(sender, contact)) {
      this.#ports.local.deliver(errorMessage({ from: contact, to, id: entry.stanzaId, failure }), ignore);
    }
    this.#forget(entry);
  }

  /** The sender's resource; when it is gone, whoever is there of her: a bounce to nobody is a lost message. */
  #whomToTell(sender: Jid, contact: Jid): readonly Jid[] {
    const resources = this.#ports.local
      .availability(sender.bare, contact.bare)
      .flatMap(({ from }) => (from === undefined ? [] : [from]));
    const isThere = resources.length === 0 || resources.some((resource) => resource.equals(sender));
    return isThere ? [sender] : resources;
  }

  #forget(entry: JournalEntry): void {
    this.#cutOff(entry);
    this.#ports.journal.remove(entry.id);
  }

  /** No longer under way; in the journal as before. */
  #cutOff({ id }: JournalEntry): void {
    const domain = this.#underWay.get(id);
    if (domain === undefined) return;
    this.#underWay.delete(id);
    this.#tally.leave(domain);
  }

  /** Only what a local user's client says of a message; true when that was all of the stanza. */
  #tells(message: Message): boolean {
    const { from, to } = message;
    if (from === undefined || to === undefined || !this.#isRunning) return false;
    const mayTell = this.#ports.local.isLocalDomain(from.domain) && this.#ports.peers.mayCarryMessages;
    return mayTell && this.#receipts.told(message);
  }

  #chatState(message: Message): void {
    const state = chatStateOf(message);
    const { from, to } = message;
    if (state === undefined || from === undefined || to === undefined) return;
    if (state === "gone") this.#sessions.gone(from.bare, to.bare);
    else this.#typing(from, to, state);
  }

  #typing(from: Jid, to: Jid, chatState: Exclude<ChatState, "gone">): void {
    const state = chatState === "composing" ? "active" : "idle";
    const peer = this.#ports.peers.of(to.domain);
    if (peer === undefined || !this.#ports.local.isLocalDomain(from.domain)) return;
    if (!this.#ports.peers.mayCarryMessages) return;
    const { messageMode, typing } = peer.dialect;
    if (messageMode === "session" || this.#sessions.hasSession(from.bare, to.bare)) {
      this.#sessions.typing(from.bare, to.bare, state);
    } else if (typing === "is-composing") this.#pages.typing(from.bare, to.bare, state);
  }

  #bounceStanza(message: Message, cause: FailureCause): void {
    const { from, to, id } = message;
    if (from === undefined || to === undefined || !mayBeAnswered(message)) return;
    const failure = failureOfCause(cause);
    this.#ports.meter.messages.add({ direction: "outbound", mode: "page", result: "refused" });
    this.#ports.decisions.record({
      kind: "message",
      direction: "outbound",
      user: from.bare.toString(),
      peer: to.bare.toString(),
      decisions: [{ rule: cause, outcome: "refuse", inputs: id === undefined ? {} : { stanzaId: id } }],
      result: `refused ${failure.status}`,
    });
    if (this.#ports.local.isLocalDomain(from.domain)) {
      this.#ports.local.deliver(errorMessage({ from: to, to: from, id, failure }), ignore);
    }
  }

  #record({ entry, from, to }: Unfinished, result: string, found: Readonly<Record<string, string | number>>): void {
    const inputs = entry.stanzaId === undefined ? found : { ...found, stanzaId: entry.stanzaId };
    this.#ports.decisions.record({
      id: entry.id,
      kind: "message",
      direction: "outbound",
      user: from.bare.toString(),
      peer: to.bare.toString(),
      decisions: [{ rule: "foreign-delivery", outcome: "done", inputs }],
      result,
    });
  }
}

function outboundOf({ entry, from, to }: Unfinished, peer: FederatedPeer): Outbound {
  const resource = from.kind === "full" ? from.resource : undefined;
  return { entry, user: from.bare, contact: to.bare, resource, peer };
}

function ignore(): void {
  return;
}
