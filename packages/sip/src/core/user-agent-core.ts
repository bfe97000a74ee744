import type { Clock, Logger, Metrics, Random } from "@interpres/runtime";
import { DialogTable } from "../dialog/dialog-table.ts";
import { domainOf } from "../dialog/party.ts";
import type { UsagePorts } from "../dialog/usage-ports.ts";
import { Notifier } from "../event/notifier.ts";
import { Subscriber } from "../event/subscriber.ts";
import { Sessions } from "../session/sessions.ts";
import type { HeaderLine } from "../transaction/answer.ts";
import type { LocalIdentity } from "../transaction/local-identity.ts";
import { allowValue } from "../transaction/methods.ts";
import { overloadOf } from "../transaction/overload.ts";
import { answerOnce, reply } from "../transaction/reply.ts";
import type { RequestOutcome } from "../transaction/request-outcome.ts";
import { RequestRouter } from "../transaction/request-router.ts";
import type { TransactionLayer } from "../transaction/transaction-layer.ts";
import type { ServerTransaction } from "../transaction/transaction-user.ts";
import type { NextHopSelector } from "../transport/next-hop-selector.ts";
import { type CoreSettings, defaultCoreSettings } from "./core-settings.ts";
import type { PageMessage, PageMessageHandler } from "./page-message.ts";
import { PageMode } from "./page-mode.ts";
import { checkRequest, supportedValue } from "./request-checks.ts";
import type { UserAgent } from "./user-agent.ts";

export interface UserAgentCoreParts {
  readonly transactions: TransactionLayer;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly selector: NextHopSelector;
  readonly identity: LocalIdentity;
  readonly settings?: Partial<CoreSettings>;
}

/** The UAC and UAS core of RFC 3261 §8: checks a request, finds its dialog or usage, and hands it there. */
export class UserAgentCore implements UserAgent {
  readonly subscriber: Subscriber;
  readonly notifier: Notifier;
  readonly sessions: Sessions;
  readonly #transactions: TransactionLayer;
  readonly #dialogs: DialogTable;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #pages: PageMode;
  readonly #optionsHeaders: readonly HeaderLine[];
  readonly #invitationTypes: readonly string[];
  #pageHandler: PageMessageHandler | undefined;

  constructor(parts: UserAgentCoreParts) {
    const { transactions, clock, random, log, selector, identity } = parts;
    const settings = { ...defaultCoreSettings, ...parts.settings };
    const router = new RequestRouter({ clock, transactions, selector, log });
    this.#transactions = transactions;
    this.#clock = clock;
    this.#log = log;
    this.#dialogs = new DialogTable({ maximum: settings.maxDialogs, maximumOfOne: settings.maxDialogsOfOneDomain });
    const ports: UsagePorts = { clock, random, log, router, dialogs: this.#dialogs, identity, timers: settings.timers };
    this.subscriber = new Subscriber(ports);
    this.notifier = new Notifier(ports, settings.packages);
    this.sessions = new Sessions(ports);
    const { maxQueuedMessages: maximum, maxQueuedMessagesForOneDomain: maximumOfOne } = settings;
    this.#pages = new PageMode({ random, router, limits: { maximum, maximumOfOne } });
    this.#invitationTypes = settings.invitationTypes;
    this.#optionsHeaders = [
      ["Allow", allowValue],
      ["Accept", settings.acceptedTypes.join(", ")],
      ["Accept-Encoding", "identity"],
      ["Allow-Events", this.notifier.allowEvents],
      ["Supported", supportedValue],
    ];
    parts.metrics.gauge("interpres_sip_dialogs", "SIP dialogs alive", () => this.#dialogs.size);
    transactions.onRequest((transaction) => this.#request(transaction));
    transactions.onAcknowledgement((request) => this.#dialogs.find(request)?.acknowledged?.(request));
  }

  /** Dialogs alive now. */
  get dialogs(): number {
    return this.#dialogs.size;
  }

  /** Forgets every dialog and transaction without a word; those that were persisted can be restored. */
  stop(): void {
    this.#dialogs.clear();
    this.#transactions.stop();
  }

  sendMessage(message: PageMessage, done: (outcome: RequestOutcome) => void): void {
    this.#pages.send(message, done);
  }

  onPageMessage(handler: PageMessageHandler): void {
    this.#pageHandler = handler;
  }

  /** A fault of ours costs the one request, not the service. */
  #request(transaction: ServerTransaction): void {
    try {
      this.#handle(transaction);
    } catch (error) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      const { method, callId: correlationId } = transaction.request;
      this.#log.error("request.handler-failed", { correlationId, method, reason });
      reply(transaction, 500);
    }
  }

  #handle(transaction: ServerTransaction): void {
    const { request } = transaction;
    const isMerged = this.#transactions.isMerged(transaction);
    const refusal = checkRequest(request, { isMerged, invitationTypes: this.#invitationTypes });
    if (refusal !== undefined) reply(transaction, refusal.status, refusal);
    else if (request.method === "OPTIONS") reply(transaction, 200, { headers: this.#optionsHeaders });
    else if (request.to.tag !== undefined) this.#withinDialog(transaction);
    else this.#outsideDialogs(transaction);
  }

  /** RFC 3261 §12.2.2: 481 when we know no such dialog. */
  #withinDialog(transaction: ServerTransaction): void {
    const owner = this.#dialogs.find(transaction.request);
    if (owner === undefined) reply(transaction, 481);
    else owner.receive(transaction);
  }

  #outsideDialogs(transaction: ServerTransaction): void {
    switch (transaction.request.method) {
      case "MESSAGE":
        this.#pageMessage(transaction);
        break;
      case "SUBSCRIBE":
        if (this.#hasRoomFor(transaction)) this.notifier.receive(transaction);
        break;
      case "INVITE":
        if (this.#hasRoomFor(transaction)) this.sessions.receive(transaction);
        break;
      default:
        // NOTIFY nobody asked for (RFC 6665 §4.1.3), and BYE, INFO, UPDATE, which live in dialogs only.
        reply(transaction, 481);
    }
  }

  /** For the dialog that a request would begin. */
  #hasRoomFor(transaction: ServerTransaction): boolean {
    const peer = domainOf(transaction.request.from.uri);
    const { tally } = this.#dialogs;
    if (tally.hasRoomFor(peer)) return true;
    const overload = overloadOf(tally, { bound: "dialogs", peer, now: this.#clock.now() });
    this.#transactions.overloaded(transaction, overload);
    return false;
  }

  #pageMessage(transaction: ServerTransaction): void {
    const answer = answerOnce(transaction);
    if (this.#pageHandler === undefined) answer(503);
    else this.#pageHandler(transaction.request, answer);
  }
}
