import type { Clock, Logger, Metrics, Random } from "@interpres/runtime";
import type { BareJid } from "./address/jid.ts";
import type { AccountRequest } from "./c2s/account-request.ts";
import { Blocking } from "./c2s/blocking.ts";
import { carbonsSwitch } from "./c2s/carbons-iq.ts";
import { ClientHost } from "./c2s/client-host.ts";
import { ClientStanzas } from "./c2s/client-stanzas.ts";
import { commandHandler, type DomainRequest } from "./c2s/commands.ts";
import { accountDisco, serverDisco } from "./c2s/disco.ts";
import { FederatedDomainsPush } from "./c2s/federated-domains-push.ts";
import { type FederationCommandsPorts, federationCommands } from "./c2s/federation-commands.ts";
import { IqDelivery } from "./c2s/iq-delivery.ts";
import { type IqHandler, IqTable } from "./c2s/iq-table.ts";
import { LocalAccounts } from "./c2s/local-accounts.ts";
import { localStanzas } from "./c2s/local-stanzas.ts";
import { oldSession, ping } from "./c2s/ping.ts";
import { RosterIq } from "./c2s/roster-iq.ts";
import { softwareVersion } from "./c2s/version.ts";
import { MessageDelivery, type Origin } from "./messaging/delivery.ts";
import { OfflineQueue } from "./messaging/offline-queue.ts";
import type { OfflineRepository } from "./messaging/offline-repository.ts";
import { CatchUp } from "./presence/catch-up.ts";
import { InboundPresence } from "./presence/inbound-presence.ts";
import { OutboundPresence } from "./presence/outbound-presence.ts";
import { outsidersDecided } from "./presence/outsider-change.ts";
import type { PresencePorts } from "./presence/presence-ports.ts";
import { SubscriptionRequests } from "./presence/subscription-requests.ts";
import type { BlockRepository } from "./roster/block-repository.ts";
import { ContactBooks } from "./roster/contact-books.ts";
import { type FederatedDomains, noFederatedDomains } from "./roster/federated-domains.ts";
import type { OutsiderRepository } from "./roster/outsider-policy.ts";
import { RosterPush } from "./roster/roster-push.ts";
import type { RosterRepository } from "./roster/roster-repository.ts";
import { AccountDirectory } from "./router/account-directory.ts";
import type { AccountRepository } from "./router/account-repository.ts";
import type { SessionHost } from "./router/client-session.ts";
import type { LocalDomain } from "./router/local-domain.ts";
import { Router } from "./router/router.ts";
import { SessionDirectory } from "./router/session-directory.ts";
import { IDLE_BOOKS, type XmppSettings } from "./settings.ts";

/** Where the server keeps its promises. */
export interface XmppRepositories {
  readonly accounts: AccountRepository;
  readonly rosters: RosterRepository;
  readonly blocks: BlockRepository;
  readonly outsiders: OutsiderRepository;
  readonly offline: OfflineRepository;
}

export interface XmppCoreInit {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly repositories: XmppRepositories;
  /** Domains of local users, prepared; read at each use. */
  readonly localDomains: () => readonly string[];
  readonly settings: () => XmppSettings;
  /** The software's version, for XEP-0092. */
  readonly version: string;
  /** What users are shown of federation; without it there are no foreign domains to show. */
  readonly federatedDomains?: FederatedDomains;
}

/** The IM and presence server without its listeners: accounts, rosters, presence, messages, and the two doors to them. */
export class XmppCore {
  readonly accounts: AccountDirectory;
  readonly sessions: SessionDirectory;
  readonly router: Router;
  /** The gateway's door. */
  readonly local: LocalDomain;
  /** The client sessions' door. */
  readonly host: SessionHost;
  readonly #books: ContactBooks;
  readonly #offline: OfflineQueue;
  readonly #delivery: MessageDelivery;
  readonly #requests: SubscriptionRequests;
  readonly #federatedDomains: FederatedDomains;
  readonly #domainsPush: FederatedDomainsPush;
  readonly #log: Logger;

  constructor(init: XmppCoreInit) {
    const { clock, random, log, repositories, settings } = init;
    this.#log = log;
    this.#federatedDomains = init.federatedDomains ?? noFederatedDomains;
    this.accounts = new AccountDirectory(repositories.accounts);
    this.sessions = new SessionDirectory();
    this.#domainsPush = new FederatedDomainsPush({ sessions: this.sessions, clock });
    this.router = new Router({ isLocalDomain: (domain) => init.localDomains().includes(domain) });
    this.#books = new ContactBooks({ ...repositories, clock, log, limit: IDLE_BOOKS });
    const limit = () => ({ messages: settings().maxOfflineMessages, characters: settings().maxOfflineCharacters });
    this.#offline = new OfflineQueue({ repository: repositories.offline, clock, random, log, limit });
    const { accounts, sessions, router } = this;
    const books = this.#books;
    this.#delivery = this.#makeDelivery(init);
    const push = new RosterPush({ sessions, random });
    const reachable: PresencePorts["reachable"] = (resource) => this.#delivery.reachable(resource);
    const federatedDomains = this.#federatedDomains;
    const parts = { accounts, sessions, books, router };
    const ports: PresencePorts = { ...parts, push, federatedDomains, limits: settings, log, reachable };
    this.#requests = new SubscriptionRequests(ports);
    const server = new IqTable<DomainRequest>(this.#serverHandlers(init, ports));
    const iqs = new IqDelivery({ sessions, books, router, server });
    const inbound = new InboundPresence(ports, this.#requests);
    const delivery = this.#delivery;
    router.serveLocal(localStanzas({ router, delivery, presence: inbound, iqs }));
    const shared = { ...parts, delivery, presence: inbound, iqs, federatedDomains };
    this.local = new LocalAccounts({ ...shared, maxWatchers: () => settings().maxWatchers });
    const presence = new OutboundPresence(ports);
    const account = new IqTable<AccountRequest>(this.#accountHandlers(init, ports));
    const stanzas = new ClientStanzas({ sessions, router, presence, requests: this.#requests, account, server });
    const maxResources = () => settings().maxResources;
    const host = new ClientHost({ accounts, sessions, books, stanzas, presence, random, log, maxResources });
    this.host = host;
    accounts.listen({
      removing: (user) => this.#remember(user),
      barred: (user, reason) => this.#bar(user, reason, host),
    });
  }

  /** Reads the accounts; before the first client. */
  async load(): Promise<void> {
    await this.accounts.load();
  }

  /** After the last session has closed: settles when what they left behind is stored. */
  async stop(): Promise<void> {
    this.#delivery.stop();
    this.#domainsPush.stop();
    await this.#offline.settled();
  }

  /** The list of foreign domains is another one: clients that asked for it are told. */
  federatedDomainsChanged(): void {
    this.#domainsPush.toEverybody();
  }

  #makeDelivery({ clock, metrics, settings }: XmppCoreInit): MessageDelivery {
    const { accounts, sessions } = this;
    const acknowledgementMs = (origin: Origin) => secondsFor(origin, settings()) * 1000;
    const settled = metrics.counter(
      "interpres_xmpp_messages_total",
      "Messages to local accounts, by whose they were and what became of them",
      ["origin", "outcome"],
    );
    const stores = { books: this.#books, offline: this.#offline };
    const federatedDomains = this.#federatedDomains;
    return new MessageDelivery({ accounts, sessions, ...stores, federatedDomains, clock, acknowledgementMs, settled });
  }

  #accountHandlers({ random, settings }: XmppCoreInit, ports: PresencePorts): readonly IqHandler<AccountRequest>[] {
    const { sessions, router, push } = ports;
    const catchUp = new CatchUp(ports);
    const maxBlocked = () => settings().maxBlocked;
    const maxItems = () => settings().maxContactListSize;
    const roster = new RosterIq({ push, requests: this.#requests, maxItems });
    const blocking = new Blocking({ sessions, router, random, catchUp, maxBlocked });
    return [...roster.handlers, ...blocking.handlers, ...carbonsSwitch, ...accountDisco, ping, oldSession];
  }

  #serverHandlers({ random, version }: XmppCoreInit, ports: PresencePorts): readonly IqHandler<DomainRequest>[] {
    const decided: FederationCommandsPorts["decided"] = (book) => {
      outsidersDecided(book, this.#requests, ports);
      this.#domainsPush.toUser(book.user);
    };
    const commands = federationCommands({ domains: this.#federatedDomains, decided });
    return [...serverDisco(commands), commandHandler(commands, random), ping, oldSession, softwareVersion(version)];
  }

  #bar(user: BareJid, reason: "disabled" | "removed" | "credentials-changed", host: ClientHost): void {
    this.#log.info("account.barred", { user: user.toString(), reason });
    host.endSessions(user, reason === "credentials-changed" ? "reset" : "not-authorized");
    if (reason === "removed") this.#forget(user.toString());
  }

  /** Its contacts are told afterwards, when the repositories know nothing of it any more. */
  #remember(user: BareJid): Promise<void> {
    return new Promise((resolve, reject) => this.#books.read(user.toString(), () => resolve(), reject));
  }

  /** Ends the subscriptions of a removed account, then forgets what was kept for it. */
  #forget(user: string): void {
    const failed = (error: unknown) => this.#log.error("account.not-forgotten", { user, error: String(error) });
    const forget = async () => {
      await this.#offline.removeUser(user);
      await this.#books.removeAll(user);
    };
    this.#books.read(
      user,
      (book) => {
        this.#requests.removeAll(book);
        forget().catch(failed);
      },
      failed,
    );
  }
}

function secondsFor(origin: Origin, settings: XmppSettings): number {
  return origin === "local" ? settings.localAcknowledgementSeconds : settings.foreignAcknowledgementSeconds;
}
