import type { Timer } from "@interpres/runtime";
import type { BareJid } from "../address/jid.ts";
import { PING_NS } from "../c2s/ping.ts";
import type { ForeignGateway } from "../router/gateway-domain.ts";
import type { DeliveryOutcome, RosterVerdict } from "../router/local-domain.ts";
import { answerToProblem, parseStanza } from "../stanza/parse-stanza.ts";
import { type Iq, type Message, makeIq, makePresence, type Presence, type Stanza } from "../stanza/stanza.ts";
import { mayBeAnswered, type StanzaErrorReason, stanzaError } from "../stanza/stanza-error.ts";
import { type Element, el } from "../xml/index.ts";
import { Barrier } from "./barrier.ts";
import type { ComponentAddress } from "./component-connection.ts";
import { answerForComponent } from "./component-iq.ts";
import { ComponentLink, type LinkOwner, type LinkPorts, type LinkStanding } from "./component-link.ts";
import { ContactPresence } from "./contact-presence.ts";

/** What an attached domain tells of itself and refuses. */
export interface AttachedDomainOwner {
  /** The link is up: what both sides missed is to be told again. */
  up(): void;
  /** What is known of this user's presence has become less, without her server having said so. */
  presenceLost(user: BareJid, contact: BareJid): void;
  /** The server passed on something of a domain that is not its own. */
  foreignSender(stanza: Stanza): void;
}

export interface AttachedDomainInit {
  readonly address: ComponentAddress;
  /** The domains whose users the server serves, prepared; the first is asked whether the server is there. */
  readonly localDomains: readonly [string, ...string[]];
  /** A bare JID of the component's own. */
  readonly component: BareJid;
  readonly host: BareJid;
  readonly gateway: ForeignGateway;
  readonly owner: AttachedDomainOwner;
}

/** A server that answers no ping in this time is not there. */
const ANSWER_MS = 10_000;
const KEEP_ALIVE_MS = 60_000;
/** After a loss: how long the last known presence of users counts until the server is back, and then until it is told anew. */
const LOSS_GRACE_MS = 30_000;
const RETURN_GRACE_MS = 5000;
const MAX_HANDED_OVER = 10_000;
const MAX_BOUNCES = 1000;
/** Messages of the server that are not on our disk yet; with more it is not read. */
const MAX_UNTAKEN = 1000;
/** What a disk has not taken by then it never will. */
const BEHIND_MS = 60_000;

const UNREACHABLE: DeliveryOutcome = {
  kind: "refused",
  type: "wait",
  condition: "recipient-unavailable",
  text: "Her server cannot be reached",
};
const NOT_FROM_HERE: StanzaErrorReason = {
  type: "auth",
  condition: "forbidden",
  text: "Only users of this server may use its gateway",
};

/** One foreign domain on one attached server: the users there as the gateway sees them, as far as this domain goes. */
export class AttachedDomain implements LinkOwner {
  readonly link: ComponentLink;
  readonly #init: AttachedDomainInit;
  readonly #ports: LinkPorts;
  #presence = new ContactPresence();
  readonly #barrier: Barrier;
  /** Errors for senders, kept while the link is down: without them a lost message would look delivered. */
  #bounces: Message[] = [];
  #pingId = "";
  /** Of the link as it is: what comes late of one that was lost does not count for the next. */
  #backlog = { untaken: 0 };
  #alive: Timer | undefined;
  #reckoning: Timer | undefined;

  constructor(init: AttachedDomainInit, ports: LinkPorts) {
    this.#init = init;
    this.#ports = ports;
    this.link = new ComponentLink(init.address, this, ports);
    this.#barrier = new Barrier(() => this.#ping());
  }

  get standing(): LinkStanding {
    return this.link.standing;
  }

  start(): void {
    this.link.start();
  }

  stop(): void {
    this.#alive?.cancel();
    this.#reckoning?.cancel();
    this.#barrier.lost(UNREACHABLE);
    this.link.stop();
  }

  /** Takes the place of a link that has been stopped: what that one knew counts as after a loss, what waited there waits. */
  succeed(before: AttachedDomain): void {
    this.#presence = before.#presence;
    this.#bounces = before.#bounces;
    this.#presence.doubt();
    this.#reckonIn(LOSS_GRACE_MS);
  }

  deliver(message: Message, settled: (outcome: DeliveryOutcome) => void): void {
    if (message.type === "error") {
      this.#bounce(message);
      settled({ kind: "stored" });
      return;
    }
    if (!this.link.isUp || this.#barrier.size >= MAX_HANDED_OVER) settled(UNREACHABLE);
    else this.#handOver(message, settled);
  }

  /** Presence and IQs are of the moment: without a link they are gone, and told again when it is back. */
  pass(stanza: Presence | Iq): void {
    if (this.link.isUp) this.#send(stanza.element);
  }

  availability(user: BareJid, contact: BareJid): readonly Presence[] {
    return this.#presence.of(user, contact);
  }

  /** Known to be away only where she lets the contact watch her. */
  isLooking(user: BareJid, contact: BareJid): boolean {
    return !this.#presence.isGranted(user, contact) || this.#presence.of(user, contact).length > 0;
  }

  verdict(contact: BareJid, user: BareJid): RosterVerdict {
    if (this.#presence.isGranted(user, contact)) return "granted";
    return this.link.isUp ? "undecided" : "unreachable";
  }

  up(): void {
    this.#backlog = { untaken: 0 };
    this.#keepAlive();
    this.#reckonIn(RETURN_GRACE_MS);
    const bounces = this.#bounces;
    this.#bounces = [];
    for (const bounce of bounces) this.#bounce(bounce);
    this.#init.owner.up();
  }

  down(): void {
    this.#alive?.cancel();
    this.#presence.doubt();
    this.#reckonIn(LOSS_GRACE_MS);
    this.#barrier.lost(UNREACHABLE);
  }

  stanza(element: Element): void {
    const stanza = parseStanza(element);
    if (stanza.kind === "stanza-problem") {
      const answer = answerToProblem(stanza);
      if (stanza.severity === "unsupported") this.link.fault("unsupported-stanza-type", "the server sent no stanza");
      else if (answer?.attributes.has("to") === true) this.#send(answer);
      return;
    }
    const { from, to } = stanza;
    if (from === undefined || to?.domain !== this.#init.component.domain) {
      // XEP-0114 §3: both are there, and we are one domain. A user cannot cause it.
      this.link.fault("improper-addressing", "the server sent a stanza that is not addressed to this component");
      return;
    }
    if (this.#init.localDomains.includes(from.domain)) this.#receive(stanza);
    else this.#refuse(stanza);
  }

  #receive(stanza: Stanza): void {
    if (stanza.kind === "presence") this.#receivePresence(stanza);
    else if (stanza.kind === "message") this.#receiveMessage(stanza);
    else this.#receiveIq(stanza);
  }

  #receivePresence(presence: Presence): void {
    const { from, to, type } = presence;
    if (from === undefined || to === undefined) return;
    const contact = to.bare;
    if (contact.local === "") return;
    if (type === "available") this.#presence.available(presence, from, contact);
    else if (type === "unavailable") this.#presence.unavailable(from, contact);
    else if (type === "unsubscribed") this.#presence.denied(from.bare, contact);
    else if (type === "subscribed") {
      this.#presence.granted(from.bare, contact);
      // Not every server tells of itself how she is (RFC 6121 §3.1.3 leaves it open where the roster allowed it before).
      this.#send(makePresence({ type: "probe", from: contact, to: from.bare }).element);
    }
    this.#init.gateway.presence(presence);
  }

  #receiveMessage(message: Message): void {
    if (message.type === "error" && this.#barrier.refused(message)) return;
    const backlog = this.#backlog;
    backlog.untaken += 1;
    if (backlog.untaken === MAX_UNTAKEN) this.#fallBehind();
    this.#init.gateway.message(message, () => {
      backlog.untaken -= 1;
      if (backlog === this.#backlog && backlog.untaken === MAX_UNTAKEN - 1 && this.link.isUp) this.#catchUp();
    });
  }

  /** Our disk does not keep up: the server is not read, nor is an answer to a ping, and that is not the server's fault. */
  #fallBehind(): void {
    this.link.pause();
    this.#alive?.cancel();
    this.#alive = this.#ports.clock.after(BEHIND_MS, () => this.link.abandon("what the server sent cannot be kept"));
  }

  #catchUp(): void {
    this.link.resume();
    if (this.#barrier.isAsked) this.#awaitAnswer();
    else this.#keepAlive();
  }

  #receiveIq(iq: Iq): void {
    if (!mayBeAnswered(iq)) {
      if (iq.id === this.#pingId) this.#answered();
    } else if (iq.to?.local === "") this.#send(answerForComponent(iq).element);
    else this.#init.gateway.iq(iq);
  }

  /** Servers pass on what their own peers send to their components. */
  #refuse(stanza: Stanza): void {
    this.#init.owner.foreignSender(stanza);
    if (mayBeAnswered(stanza)) this.#send(stanzaError(stanza, NOT_FROM_HERE).element);
  }

  #handOver(message: Message, settled: (outcome: DeliveryOutcome) => void): void {
    const { from, to } = message;
    if (from === undefined || to === undefined) throw new TypeError("a message for a user has both addresses");
    const id = message.id ?? this.#ports.random.token();
    this.#send({ ...message.element, attributes: new Map(message.element.attributes).set("id", id) });
    this.#barrier.add({ id, from: from.bare, to: to.bare, settled });
  }

  #bounce(message: Message): void {
    const keep = (): void => {
      if (this.#bounces.length < MAX_BOUNCES) this.#bounces.push(message);
      else this.#ports.log.warn("attachment.bounce-dropped", { component: this.#init.address.component });
    };
    if (!this.link.isUp) keep();
    else
      this.#handOver(message, (outcome) => {
        if (outcome === UNREACHABLE) keep();
      });
  }

  #ping(): void {
    const { component: from, host: to } = this.#init;
    this.#pingId = this.#ports.random.token();
    this.#send(makeIq({ type: "get", id: this.#pingId, from, to }, el("ping", PING_NS, {})).element);
    this.#awaitAnswer();
  }

  #awaitAnswer(): void {
    if (this.#backlog.untaken >= MAX_UNTAKEN) return;
    this.#alive?.cancel();
    this.#alive = this.#ports.clock.after(ANSWER_MS, () => this.link.abandon("the server answers no ping"));
  }

  #answered(): void {
    this.#pingId = "";
    this.#keepAlive();
    this.#barrier.answered();
  }

  #keepAlive(): void {
    this.#alive?.cancel();
    this.#alive = this.#ports.clock.after(KEEP_ALIVE_MS, () => this.#barrier.askNow());
  }

  #reckonIn(delayMs: number): void {
    this.#reckoning?.cancel();
    this.#reckoning = this.#ports.clock.after(delayMs, () => {
      for (const { user, contact } of this.#presence.forgetDoubtful()) this.#init.owner.presenceLost(user, contact);
    });
  }

  #send(element: Element): void {
    this.link.send(element);
  }
}
