import { Tally } from "@interpres/runtime";
import type { IncomingInvite, SipRequest } from "@interpres/sip";
import type { BareJid } from "@interpres/xmpp";
import { type FailureCause, onTheWire } from "../failure/failure.ts";
import { asKnown, type InboundParties, inboundParties, namesOf } from "../failure/inbound-parties.ts";
import { refusedInvitation } from "../failure/refused-invitation.ts";
import type { Composing } from "../model/composing.ts";
import { readInvitation } from "../payload/invitation.ts";
import type { UsersMeant } from "../presence/watch-ports.ts";
import { Conversation, type SessionOutcome } from "./conversation.ts";
import type { InboundDelivery } from "./inbound-delivery.ts";
import type { ImSessionView, MessagePorts } from "./message-ports.ts";
import type { Outbound } from "./page-mode.ts";
import type { TypingIn } from "./typing-in.ts";

/** Messages in INVITE sessions that both sides use (facts of Microsoft's dialect §3): the conversations that stand. */
export class SessionMode {
  readonly #ports: MessagePorts;
  readonly #inbound: InboundDelivery;
  readonly #typing: TypingIn;
  readonly #conversations = new Map<string, Conversation>();
  /** By the contact's domain. */
  readonly #tally: Tally;

  constructor(ports: MessagePorts, inbound: InboundDelivery, typing: TypingIn) {
    this.#ports = ports;
    const { maxSessions: maximum, maxSessionsWithOneDomain: maximumOfOne } = ports.settings;
    this.#tally = new Tally({ maximum, maximumOfOne });
    this.#inbound = inbound;
    this.#typing = typing;
  }

  get size(): number {
    let sessions = 0;
    for (const conversation of this.#conversations.values()) sessions += conversation.sessionCount;
    return sessions;
  }

  /** Says a message in the session of the pair, calling first when there is none. */
  send(outbound: Outbound, done: (fate: SessionOutcome) => void): void {
    this.#conversation(outbound.user, outbound.contact).submit(outbound, done);
  }

  hasSession(user: BareJid, contact: BareJid): boolean {
    // Asked twice for each message: where nobody has a session no key need be made.
    if (this.#conversations.size === 0) return false;
    return this.#conversations.get(`${user} ${contact}`)?.hasSession ?? false;
  }

  typing(user: BareJid, contact: BareJid, state: Composing["state"]): void {
    this.#conversations.get(`${user} ${contact}`)?.typingOut(state);
  }

  gone(user: BareJid, contact: BareJid): void {
    this.#conversations.get(`${user} ${contact}`)?.gone();
  }

  /** An INVITE outside a dialog: 200 at once for instant messages between two, 488 for everything else. */
  receive(incoming: IncomingInvite): void {
    const { request } = incoming;
    const parties = inboundParties(request, this.#ports);
    if (parties.kind === "refused") {
      this.#refuse(incoming, parties.cause);
      return;
    }
    const { user, peer } = parties;
    const localUri = this.#ports.addresses.localUriIn({ localUri: request.to.uri }, user);
    if (localUri === undefined || !this.#ports.local.accountEnabled(user)) {
      this.#refuse(incoming, localUri === undefined ? "unknown-user" : "user-disabled");
      return;
    }
    const invitation = readInvitation(request);
    if (invitation !== "instant-messages") {
      const { status, ...options } = refusedInvitation(invitation, this.#ports.peers.hostTowards(peer.domain));
      incoming.refuse(status, options);
      this.#record(request, { result: `refused ${status}`, rule: "media-not-supported", invitation });
      return;
    }
    if (!this.#tally.hasRoomFor(parties.contact.domain)) {
      this.#refuse(incoming, "too-many-waiting");
      return;
    }
    const use = ({ contact }: InboundParties): void => {
      this.#conversation(user, contact).invited(incoming, localUri);
      this.#record(request, { user: user.toString(), result: "accepted 200", rule: "im-offer" });
    };
    const talking = namesOf(parties).find((name) => this.#conversations.has(`${user} ${name}`));
    if (talking !== undefined) use({ ...parties, contact: talking });
    else asKnown(parties, this.#ports, { use, failed: () => incoming.refuse(500) });
  }

  /** Addresses for federation of some users changed. */
  readdressed(isConcerned: (user: BareJid) => boolean): void {
    for (const conversation of [...this.#conversations.values()])
      if (isConcerned(conversation.user)) conversation.readdressed();
  }

  /** Contacts of these domains are no longer federated with: their sessions are ended. */
  withdraw(isGone: (domain: string) => boolean): void {
    for (const conversation of [...this.#conversations.values()]) {
      if (isGone(conversation.contact.domain)) conversation.end();
    }
  }

  usersWithdrawn(isMeant: UsersMeant): void {
    for (const conversation of [...this.#conversations.values()]) {
      if (isMeant(conversation.user, conversation.contact)) conversation.end();
    }
  }

  views(): readonly ImSessionView[] {
    return [...this.#conversations.values()].flatMap((conversation) => conversation.views());
  }

  /** Ends all sessions: the peers' next message then comes with a new INVITE. */
  endAll(): void {
    for (const [key, conversation] of [...this.#conversations]) {
      conversation.end();
      if (this.#conversations.has(key)) this.#remove(key, conversation.contact);
    }
  }

  /** Ends all sessions; what waited for one is told as not sent. */
  stop(): void {
    for (const [key, conversation] of [...this.#conversations]) {
      conversation.stop();
      if (this.#conversations.has(key)) this.#remove(key, conversation.contact);
    }
  }

  #conversation(user: BareJid, contact: BareJid): Conversation {
    const key = `${user} ${contact}`;
    const known = this.#conversations.get(key);
    if (known !== undefined) return known;
    const silent = (conversation: Conversation): void => {
      if (this.#conversations.get(key) === conversation) this.#remove(key, contact);
    };
    const made = new Conversation({
      ports: this.#ports,
      user,
      contact,
      inbound: this.#inbound,
      typing: this.#typing,
      silent,
    });
    this.#conversations.set(key, made);
    this.#tally.add(contact.domain);
    return made;
  }

  #remove(key: string, contact: BareJid): void {
    this.#conversations.delete(key);
    this.#tally.leave(contact.domain);
  }

  #refuse(incoming: IncomingInvite, cause: FailureCause): void {
    const { status, reason } = onTheWire[cause];
    incoming.refuse(status, { reason });
    this.#record(incoming.request, { result: `refused ${status}`, rule: cause });
  }

  #record(request: SipRequest, { user, result, rule, invitation }: SessionDecision): void {
    const inputs = { callId: request.callId, ...(invitation === undefined ? {} : { invitation }) };
    this.#ports.decisions.record({
      kind: "session",
      direction: "inbound",
      // Calls and the like are refused whatever becomes of messages.
      ...(invitation === undefined ? { traffic: "im" } : {}),
      peer: request.from.uri,
      decisions: [{ rule, outcome: user === undefined ? "refuse" : "admit", inputs }],
      result,
      ...(user === undefined ? {} : { user }),
    });
  }
}

interface SessionDecision {
  readonly user?: string;
  readonly result: string;
  readonly rule: string;
  readonly invitation?: string;
}
