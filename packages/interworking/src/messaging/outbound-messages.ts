import type { RequestOutcome } from "@interpres/sip";
import { type Jid, type Message, mayBeAnswered, parseJid } from "@interpres/xmpp";
import type { FailureCause } from "../failure/failure.ts";
import {
  diagnosisOf,
  errorMessage,
  failureOfCause,
  failureOfOutcome,
  type SendFailure,
} from "../failure/outcome-failure.ts";
import type { MessagePorts } from "./message-ports.ts";
import { bodyOf, type ChatState, chatStateOf, entryOf } from "./message-to-sip.ts";
import type { JournalEntry } from "./outbound-journal.ts";
import type { Outbound, PageMode } from "./page-mode.ts";
import type { SessionMode } from "./session-mode.ts";

/** What the request line, header lines and addresses of a MESSAGE take at most in practice. */
const HEAD_BYTES = 700;

/** Messages of our users: kept until their fate is known, sent the way the peer wants, bounced when they fail. */
export class OutboundMessages {
  readonly #ports: MessagePorts;
  readonly #pages: PageMode;
  readonly #sessions: SessionMode;
  /** Under way in the SIP stack, by id. */
  readonly #underWay = new Set<string>();
  /** Accepted while nothing is sent; in the journal too. */
  readonly #held = new Map<string, JournalEntry>();
  #isRunning = false;

  constructor(ports: MessagePorts, pages: PageMode, sessions: SessionMode) {
    this.#ports = ports;
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
      if (message.type !== "error") this.#chatState(message);
      taken();
      return;
    }
    const refusal = this.#refusal(message, body);
    if (refusal !== undefined) {
      this.#bounceStanza(message, refusal);
      taken();
      return;
    }
    const { clock, random, journal } = this.#ports;
    const entry = entryOf(message, body, { id: random.token(), callId: random.token(), acceptedAt: clock.now() });
    journal.append(entry, () => {
      taken();
      this.#send(entry);
    });
  }

  /** Sends the journal's messages in their order, then what was accepted meanwhile; from now on each at once. */
  start(journal: readonly JournalEntry[]): void {
    this.#isRunning = true;
    const held = [...this.#held.values()];
    const unsent = journal.filter(({ id }) => !this.#held.has(id) && !this.#underWay.has(id));
    this.#held.clear();
    for (const entry of [...unsent, ...held]) this.#send(entry);
  }

  /** From now on nothing is sent and nothing given up: what is cut off stays in the journal for the next start. */
  stop(): void {
    this.#isRunning = false;
  }

  #refusal(message: Message, body: string): FailureCause | undefined {
    const { from, to, type } = message;
    if (from === undefined || to === undefined || !this.#ports.local.isLocalDomain(from.domain)) return "loop";
    if (type === "groupchat") return "media-not-supported";
    const peer = this.#ports.peers.of(to.domain);
    if (peer === undefined) return "not-federated";
    if (this.#ports.addresses.foreignUri(to.bare) === undefined) return "bad-address";
    const { messageMode, maxMessageBytes } = peer.dialect;
    // RFC 7572 §6: a page has one size; a session can say it in pieces.
    if (messageMode === "page" && isLonger(body, maxMessageBytes - HEAD_BYTES)) return "too-long";
    return this.unfinished >= this.#ports.settings.maxUnfinished ? "too-many-waiting" : undefined;
  }

  #send(entry: JournalEntry): void {
    if (!this.#isRunning) {
      this.#held.set(entry.id, entry);
      return;
    }
    this.#underWay.add(entry.id);
    const from = parseJid(entry.from);
    const to = parseJid(entry.to);
    if (from === undefined || to === undefined) {
      this.#forget(entry);
      return;
    }
    const peer = this.#ports.peers.of(to.domain);
    if (peer === undefined) {
      this.#fail(entry, failureOfCause("not-federated"), { rule: "sip-federated-domain" });
      return;
    }
    const resource = from.kind === "full" ? from.resource : undefined;
    const outbound: Outbound = { entry, user: from.bare, contact: to.bare, resource, peer };
    if (peer.dialect.messageMode === "session" || this.#sessions.hasSession(from.bare, to.bare)) {
      this.#sessions.send(outbound, (outcome) => this.#finished(entry, "session", outcome));
      return;
    }
    const sending = this.#pages.send(outbound, (outcome) => this.#finished(entry, "page", outcome));
    if (sending === "full") this.#fail(entry, failureOfCause("too-many-waiting"), { rule: "peer-line" });
    if (sending === "unaddressable") this.#fail(entry, failureOfCause("bad-address"), { rule: "address-mapping" });
  }

  #finished(entry: JournalEntry, mode: "page" | "session", outcome: RequestOutcome): void {
    const isSent = outcome.kind === "answered" && outcome.status < 300;
    this.#ports.meter.messages.add({ direction: "outbound", mode, result: isSent ? "delivered" : "failed" });
    if (!isSent) {
      // What our own stop cut off is not the peer's refusal.
      if (!this.#isRunning && outcome.kind === "failed") {
        this.#underWay.delete(entry.id);
        return;
      }
      this.#fail(entry, failureOfOutcome(outcome), diagnosisOf(outcome));
      return;
    }
    this.#record(entry, `delivered ${outcome.status}`, { mode });
    this.#forget(entry);
  }

  #fail(entry: JournalEntry, failure: SendFailure, inputs: Readonly<Record<string, string | number>>): void {
    this.#record(entry, `refused ${failure.status}`, { ...inputs, text: failure.text });
    const sender = parseJid(entry.from);
    const contact = parseJid(entry.to);
    if (sender === undefined || contact === undefined) {
      this.#forget(entry);
      return;
    }
    for (const to of this.#whomToTell(sender)) {
      this.#ports.local.deliver(errorMessage({ from: contact, to, id: entry.stanzaId, failure }), ignore);
    }
    this.#forget(entry);
  }

  /** The sender's resource; when it is gone, whoever is there of her: a bounce to nobody is a lost message. */
  #whomToTell(sender: Jid): readonly Jid[] {
    const resources = this.#ports.local
      .availability(sender.bare)
      .flatMap(({ from }) => (from === undefined ? [] : [from]));
    const isThere = resources.length === 0 || resources.some((resource) => resource.equals(sender));
    return isThere ? [sender] : resources;
  }

  #forget(entry: JournalEntry): void {
    this.#underWay.delete(entry.id);
    this.#ports.journal.remove(entry.id);
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
      decisions: [{ rule: cause, outcome: "refuse", inputs: {} }],
      result: `refused ${failure.status}`,
    });
    if (this.#ports.local.isLocalDomain(from.domain)) {
      this.#ports.local.deliver(errorMessage({ from: to, to: from, id, failure }), ignore);
    }
  }

  #record(entry: JournalEntry, result: string, inputs: Readonly<Record<string, string | number>>): void {
    this.#ports.decisions.record({
      id: entry.id,
      kind: "message",
      direction: "outbound",
      user: bareOf(entry.from),
      peer: bareOf(entry.to),
      decisions: [{ rule: "foreign-delivery", outcome: "done", inputs: { callId: entry.callId, ...inputs } }],
      result,
    });
  }
}

function bareOf(address: string): string {
  return parseJid(address)?.bare.toString() ?? address;
}

function isLonger(words: string, maxBytes: number): boolean {
  return words.length * 3 > maxBytes && Buffer.byteLength(words) > maxBytes;
}

function ignore(): void {
  return;
}
