import type { AfterStop, Clock, DecisionLog, Logger, Metrics, Random } from "@interpres/runtime";
import type { UserAgent } from "@interpres/sip";
import {
  type BareJid,
  type ForeignGateway,
  type Iq,
  type LocalDomain,
  type Message,
  mayBeAnswered,
  type Presence,
  type Stanza,
  stanzaError,
} from "@interpres/xmpp";
import { AddressBook } from "./address/address-book.ts";
import { type BothForms, bothForms } from "./address/both-forms.ts";
import type { IdentityMap } from "./address/identity-map.ts";
import { onTheWire } from "./failure/failure.ts";
import { InboundDelivery } from "./messaging/inbound-delivery.ts";
import { type ImSessionView, type MessagePorts, messageMeter } from "./messaging/message-ports.ts";
import type { OutboundJournal } from "./messaging/outbound-journal.ts";
import { OutboundMessages } from "./messaging/outbound-messages.ts";
import { PageMode } from "./messaging/page-mode.ts";
import type { ReceiptRepository } from "./messaging/receipt-repository.ts";
import { Receipts } from "./messaging/receipts.ts";
import { SessionMode } from "./messaging/session-mode.ts";
import { TypingIn } from "./messaging/typing-in.ts";
import { FederatedPeers, type PeerSource } from "./model/federated-peers.ts";
import { type TrailEnd, Trails } from "./model/trail.ts";
import { trailOfStanza } from "./payload/trail-marker.ts";
import { InboundWatches } from "./presence/inbound-watches.ts";
import { MissedRequests } from "./presence/missed-requests.ts";
import { OutboundWatches } from "./presence/outbound-watches.ts";
import { type UsersMeant, type WatchPorts, type WatchView, watchMeter } from "./presence/watch-ports.ts";
import type { InboundWatchRow, OutboundWatchRow, WatchRepository } from "./presence/watch-repository.ts";
import { defaultInterworkingSettings, type InterworkingSettings } from "./settings.ts";

/** What the gateway stands on. */
export interface GatewayPorts {
  readonly agent: UserAgent;
  readonly local: LocalDomain;
  readonly federation: PeerSource;
  readonly identities: IdentityMap;
  readonly watches: WatchRepository;
  readonly journal: OutboundJournal;
  readonly receipts: ReceiptRepository;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly decisions: DecisionLog;
  readonly settings?: Partial<InterworkingSettings>;
}

/** The door both worlds knock on: stanzas for foreign domains on one side, SIP requests for local users on the other. */
export class Gateway implements ForeignGateway {
  readonly #ports: GatewayPorts;
  readonly #peers: FederatedPeers;
  readonly #outbound: OutboundWatches;
  readonly #inbound: InboundWatches;
  readonly #typing: TypingIn;
  readonly #pages: PageMode;
  readonly #sessions: SessionMode;
  readonly #messages: OutboundMessages;
  readonly #missed = new MissedRequests();
  readonly #trails: Trails;
  readonly #addresses: AddressBook;
  readonly #receipts: Receipts;
  #isRunning = false;

  constructor(ports: GatewayPorts) {
    this.#ports = ports;
    const { agent, local, watches, journal, clock, random, log, metrics, decisions } = ports;
    const settings = { ...defaultInterworkingSettings, ...ports.settings };
    const peers = new FederatedPeers({ source: ports.federation, clock });
    this.#peers = peers;
    const addresses = new AddressBook(ports.identities, (domain) => peers.naming(domain));
    this.#addresses = addresses;
    this.#trails = new Trails({ clock, random });
    const shared = { agent, local, addresses, peers, trails: this.#trails, clock, random, log, decisions };
    const watching: WatchPorts = { ...shared, watches, meter: watchMeter(metrics) };
    this.#outbound = new OutboundWatches(watching);
    this.#inbound = new InboundWatches({
      ...watching,
      settings,
      isWatched: (user, contact) => this.#outbound.isActive(user, contact),
    });
    const messaging: MessagePorts = {
      ...shared,
      journal,
      receipts: ports.receipts,
      settings,
      meter: messageMeter(metrics),
    };
    this.#typing = new TypingIn({ clock, local });
    const receipts = new Receipts(messaging);
    this.#receipts = receipts;
    const delivery = new InboundDelivery(messaging, this.#typing, receipts);
    this.#pages = new PageMode(messaging, delivery, receipts);
    this.#sessions = new SessionMode(messaging, delivery, this.#typing);
    this.#messages = new OutboundMessages(messaging, { pages: this.#pages, sessions: this.#sessions, receipts });
    this.#listen();
    this.#gauge(metrics);
  }

  /**
   * Takes up the watches and messages of the last run, and lets requests in. To be awaited before the first listener; may
   * follow a `stop`.
   */
  async start(): Promise<void> {
    const { watches, journal, receipts, log } = this.#ports;
    const loading = Promise.all([watches.load(), journal.load(), receipts.load()]);
    const [rows, entries, awaited] = await loading.catch((error: unknown) => {
      // It rests after all: contacts that were to come back at once do not.
      this.#outbound.stop("rest");
      throw error;
    });
    this.#isRunning = true;
    this.#receipts.restore(awaited);
    // Before the watches, whose refreshes take all the room that the peers give at first.
    this.#messages.start(entries);
    this.#outbound.restore(rows.filter((row): row is OutboundWatchRow => row.direction === "outbound"));
    this.#inbound.restore(rows.filter((row): row is InboundWatchRow => row.direction === "inbound"));
    // A change of addresses may have been cut off by the end of the last run.
    this.identitiesChanged();
    for (const request of this.#missed.take()) this.presence(request);
    log.info("gateway.started", { watches: rows.length, unfinishedMessages: entries.length });
  }

  /**
   * Ends the sessions; dialogs and unfinished messages are kept for the next start. Until then users get an error for what
   * they send, and see none of their contacts. Where that start follows at once, what they see stays: the dialogs go on.
   */
  stop(next: AfterStop): void {
    this.#isRunning = false;
    this.#messages.stop();
    this.#sessions.stop();
    this.#outbound.stop(next);
    this.#inbound.stop();
    this.#typing.stop();
    this.#peers.stop();
  }

  takes(domain: string): boolean {
    return this.#peers.of(domain) !== undefined;
  }

  /** The domain was not added: the sender learns which network it is in (RFC 7247 §5), and so does the administrator. */
  refuse(stanza: Stanza, answer: (text: string) => void): void {
    const { from, to, kind: carries } = stanza;
    void this.#peers.networkOf(to?.domain ?? "").then(({ kind, text }) => {
      if (carries !== "iq") {
        this.#ports.decisions.record({
          kind: carries === "message" ? "message" : "subscription",
          direction: "outbound",
          user: from?.bare.toString() ?? "",
          peer: to?.bare.toString() ?? "",
          decisions: [{ rule: "not-federated", outcome: "refuse", inputs: { network: kind, detail: text } }],
          result: `refused ${onTheWire["not-federated"].status}`,
        });
      }
      answer(text);
    });
  }

  message(message: Message, taken: () => void): void {
    this.#messages.submit(message, taken);
  }

  presence(presence: Presence): void {
    const { from, to, type } = presence;
    // What did not begin with a local user must not leave: it would be sent back where it came from (RFC 7247 §8).
    if (from === undefined || to === undefined || !this.#ports.local.isLocalDomain(from.domain)) return;
    if (!this.#isRunning) {
      this.#notNow(presence);
      return;
    }
    switch (type) {
      case "subscribe": {
        const end = this.#trails.endOf(trailOfStanza(presence.element));
        if (end === undefined) this.#outbound.subscribe(from.bare, to.bare);
        else this.#refuseSubscribe(presence, end);
        break;
      }
      case "unsubscribe":
        this.#outbound.unsubscribe(from.bare, to.bare);
        break;
      case "probe":
        this.#outbound.probe(from, to.bare);
        break;
      case "unsubscribed":
        this.#inbound.denied(from.bare, to.bare);
        break;
      case "subscribed":
      case "available":
      case "unavailable":
        this.#inbound.stateChanged(from.bare, to.bare);
        break;
      case "error":
        break;
    }
  }

  permissionsChanged(user: BareJid): void {
    if (this.#isRunning) this.#inbound.permissionsChanged(user);
  }

  /** SIP has no such thing: a request is answered, an answer is dropped. */
  iq(iq: Iq): void {
    if (!mayBeAnswered(iq) || iq.from === undefined || !this.#ports.local.isLocalDomain(iq.from.domain)) return;
    this.#ports.local.iq(stanzaError(iq, { type: "cancel", condition: "service-unavailable" }));
  }

  /**
   * Addresses for federation changed, of all users or of some (bare JIDs as text): what goes on under an old one is ended,
   * paced, and begun anew under the new one where our side began it.
   */
  identitiesChanged(users?: ReadonlySet<string>): void {
    const isConcerned = (user: BareJid): boolean => users?.has(user.toString()) ?? true;
    this.#outbound.readdressed(isConcerned);
    this.#inbound.readdressed(isConcerned);
    this.#sessions.readdressed(isConcerned);
  }

  /**
   * Domains are about to leave the federation, or to belong to another peer: their dialogs are ended with proper SIP and
   * their contacts shown as unavailable. To be called while requests still find their way. `next` is the peer of a domain
   * from then on.
   */
  federationChanging(next: (domain: string) => { readonly domain: string } | undefined): void {
    const isGone = this.#peers.leaving(next);
    this.#outbound.withdraw(isGone);
    this.#inbound.withdraw(isGone);
    this.#sessions.withdraw(isGone);
  }

  /** Peers, by domain, are spoken to in another way from now on: standing dialogs are told so, paced. */
  peersChanged(peers: ReadonlySet<string>): void {
    if (peers.size === 0) return;
    const isChanged = (domain: string): boolean => peers.has(this.#peers.wireDomain(domain));
    this.#outbound.renew(isChanged);
    this.#inbound.retell(isChanged);
  }

  /** Instant messages are no longer carried: the sessions end with BYE. */
  endSessions(): void {
    this.#sessions.endAll();
  }

  /**
   * The account may not be used any more, or is gone: ends the dialogs her contacts' presence comes by, and her sessions.
   * Permissions stay, and so do her watchers' dialogs: they see her offline.
   */
  userBarred(user: BareJid): void {
    const isMeant = (each: BareJid): boolean => each.equals(user);
    this.#outbound.usersWithdrawn(isMeant);
    this.#sessions.usersWithdrawn(isMeant);
  }

  /**
   * The server of these users is there, or there again: what it missed is told, and what we missed is asked for. Permission
   * and dialogs have stayed.
   */
  usersReturned(isMeant: UsersMeant): void {
    if (!this.#isRunning) return;
    this.#outbound.usersReturned(isMeant);
    this.#inbound.usersReturned(isMeant);
  }

  /** These users are no longer ours to speak for: their dialogs and sessions end, and they see their contacts no more. */
  usersWithdrawn(isMeant: UsersMeant): void {
    this.#outbound.usersWithdrawn(isMeant);
    this.#inbound.usersWithdrawn(isMeant);
    this.#sessions.usersWithdrawn(isMeant);
  }

  /** What was known of a user's presence towards a contact is known no more, without a stanza that said so. */
  presenceLost(user: BareJid, contact: BareJid): void {
    this.#inbound.stateChanged(user, contact);
  }

  /** Requests find their way again, or for the first time: watches that wait to be tried again begin now, paced. */
  wayOpened(): void {
    this.#outbound.retryNow();
  }

  /** The watches of both directions. */
  subscriptions(): readonly WatchView[] {
    return [...this.#outbound.views(), ...this.#inbound.views()];
  }

  /** Refreshes ours, or tells a foreign watcher everything again; false when there is no such watch. */
  refresh(id: string): boolean {
    return this.#outbound.refresh(id) || this.#inbound.refresh(id);
  }

  /** Runs `run` when a further request to a domain may leave; false where nobody federates with it, or too many wait. */
  inTurn(domain: string, run: () => void): boolean {
    return this.#peers.of(domain)?.line.pass("refresh", run) === "accepted";
  }

  /** An address as a JID and as SIP requests write it; undefined for what is none, such as a domain. */
  bothForms(text: string): BothForms | undefined {
    const { local } = this.#ports;
    return bothForms(text, { addresses: this.#addresses, isLocal: (domain) => local.isLocalDomain(domain) });
  }

  imSessions(): readonly ImSessionView[] {
    return this.#sessions.views();
  }

  /** A request is taken up at the next start, but she must know that it waits. The rest, that start asks for itself. */
  #notNow(presence: Presence): void {
    if (presence.type !== "subscribe" && presence.type !== "unsubscribe") return;
    this.#missed.note(presence);
    if (presence.type === "unsubscribe") return;
    const { stanza, reason } = onTheWire["service-stopped"];
    const [type, condition] = stanza;
    this.#ports.local.presence(stanzaError(presence, { type, condition, text: reason }));
  }

  #refuseSubscribe(presence: Presence, cause: TrailEnd): void {
    const { stanza, status, reason } = onTheWire[cause];
    const [type, condition] = stanza;
    this.#ports.decisions.record({
      kind: "subscription",
      direction: "outbound",
      user: presence.from?.bare.toString() ?? "",
      peer: presence.to?.bare.toString() ?? "",
      decisions: [{ rule: cause, outcome: "refuse", inputs: {} }],
      result: `refused ${status}`,
    });
    this.#ports.local.presence(stanzaError(presence, { type, condition, text: reason }));
  }

  /** While it rests nobody is left without an answer. */
  #listen(): void {
    const { agent } = this.#ports;
    const { status, reason } = onTheWire["service-stopped"];
    agent.notifier.onSubscribe((incoming) => {
      if (this.#isRunning) this.#inbound.receive(incoming);
      else incoming.refuse(status, { reason });
    });
    agent.sessions.onInvite((incoming) => {
      if (this.#isRunning) this.#sessions.receive(incoming);
      else incoming.refuse(status, { reason });
    });
    agent.onPageMessage((request, answer) => {
      if (this.#isRunning) this.#pages.receive(request, answer);
      else answer(status, { reason });
    });
  }

  #gauge(metrics: Metrics): void {
    metrics.gauge("interpres_watches_outbound", "Foreign contacts watched by local users.", () => this.#outbound.size);
    metrics.gauge("interpres_watches_inbound", "Dialogs of foreign watchers.", () => this.#inbound.size);
    metrics.gauge("interpres_im_sessions", "IM sessions.", () => this.#sessions.size);
    metrics.gauge("interpres_im_unfinished", "Accepted messages whose fate is open.", () => this.#messages.unfinished);
    metrics.gauge("interpres_peer_requests_waiting", "Requests held back by pacing.", () => this.#peers.waiting);
  }
}
