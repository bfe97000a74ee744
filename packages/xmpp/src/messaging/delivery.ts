import type { Clock, Counter } from "@interpres/runtime";
import { outsiderDecision } from "../presence/outsiders.ts";
import type { ContactBook } from "../roster/contact-book.ts";
import type { ContactBooks } from "../roster/contact-books.ts";
import type { FederatedDomains } from "../roster/federated-domains.ts";
import { isSubscribedFrom } from "../roster/subscription.ts";
import type { AccountDirectory } from "../router/account-directory.ts";
import type { Settlement } from "../router/client-session.ts";
import type { ConnectedResource } from "../router/connected-resource.ts";
import type { DeliveryOutcome } from "../router/local-domain.ts";
import type { SessionDirectory } from "../router/session-directory.ts";
import type { Message } from "../stanza/stanza.ts";
import { sendCarbons } from "./carbons.ts";
import { type Choice, chooseTargets } from "./delivery-targets.ts";
import type { OfflineQueue, StoreResult } from "./offline-queue.ts";
import { isEligibleForCarbons, isWorthStoring, withoutPrivate } from "./payload.ts";
import { type Place, type Waiting, WaitingList } from "./waiting-list.ts";

/** Whose message it is: foreign senders wait in a SIP transaction, local ones for their XEP-0198 acknowledgement. */
export type Origin = "local" | "foreign";

export interface DeliveryPorts {
  readonly accounts: AccountDirectory;
  readonly sessions: SessionDirectory;
  readonly books: ContactBooks;
  readonly federatedDomains: FederatedDomains;
  readonly offline: OfflineQueue;
  readonly clock: Clock;
  /** How long a client may take to acknowledge before the message is stored as well. */
  readonly acknowledgementMs: (origin: Origin) => number;
  /** Messages to local accounts by what became of them: labels `origin`, `outcome`. */
  readonly settled: Counter;
}

/** A message addressed to a local account. */
export type LocalMessage = Message & {
  readonly from: NonNullable<Message["from"]>;
  readonly to: NonNullable<Message["to"]>;
};

/** True where both addresses are there, as on every stanza that was routed. */
export function isAddressed(message: Message): message is LocalMessage {
  return message.from !== undefined && message.to !== undefined;
}

/** RFC 6121 §8.5.1 (no such account), XEP-0191 §3.3 (blocked): the same, so that neither can be told from the other. */
const UNAVAILABLE: DeliveryOutcome = { kind: "refused", type: "cancel", condition: "service-unavailable" };
/** Kept for somebody who may never be back it would be an answer of 202 to a message nobody reads (RFC 6120 §8.3.3.13). */
const DISABLED: DeliveryOutcome = {
  kind: "refused",
  type: "wait",
  condition: "recipient-unavailable",
  text: "The recipient's account is disabled.",
};
const FULL: DeliveryOutcome = { ...UNAVAILABLE, type: "wait", text: "The recipient's message store is full." };
const FAILED: DeliveryOutcome = { kind: "refused", type: "wait", condition: "internal-server-error" };
const NOBODY_KEEPS_IT: DeliveryOutcome = { kind: "stored" };

/** Delivers messages to local accounts (RFC 6121 §8.5) and stays with each until it is acknowledged, stored or refused. */
export class MessageDelivery {
  readonly #ports: DeliveryPorts;
  readonly #waiting: Readonly<Record<Origin, WaitingList>>;

  constructor(ports: DeliveryPorts) {
    this.#ports = ports;
    this.#waiting = { local: new WaitingList(ports.clock), foreign: new WaitingList(ports.clock) };
  }

  /** `done` is called once, within the acknowledgement time and that of one write; within this call where possible. */
  deliver(message: LocalMessage, origin: Origin, done: (outcome: DeliveryOutcome) => void): void {
    const settled = (outcome: DeliveryOutcome) => {
      this.#ports.settled.add({ origin, outcome: outcome.kind });
      done(outcome);
    };
    const account = this.#ports.accounts.find(message.to.bare);
    if (account?.enabled !== true) {
      settled(message.type === "headline" ? NOBODY_KEEPS_IT : account === undefined ? UNAVAILABLE : DISABLED);
      return;
    }
    const attempt = new Attempt(message, { settled, origin, owner: this });
    const read = (book: ContactBook) =>
      this.#isShutOut(attempt, book) ? attempt.settle(UNAVAILABLE) : this.#place(attempt);
    this.#ports.books.read(attempt.user, read, () => attempt.settle(FAILED));
  }

  /** The resource became able to get messages: gives it what is stored. What it loses is given to the next. */
  reachable(resource: ConnectedResource): void {
    const user = resource.jid.bare.toString();
    this.#ports.offline.flush(user, (element, { acknowledged, lost }) => {
      const passOn = () => {
        lost();
        this.#passOn(resource);
      };
      resource.deliver(element, { acknowledged, lost: passOn });
    });
  }

  /** No timer of ours is left running. */
  stop(): void {
    this.#waiting.local.stop();
    this.#waiting.foreign.stop();
  }

  /** Called by an attempt whose clients are all gone. */
  retry(attempt: Attempt): void {
    const account = this.#ports.accounts.find(attempt.message.to.bare);
    if (account?.enabled === true) this.#place(attempt);
    else attempt.settle(account === undefined ? UNAVAILABLE : DISABLED);
  }

  /** Called by an attempt whose time is up, or that found nobody. */
  store(attempt: Attempt): void {
    if (!isWorthStoring(attempt.message.element)) {
      attempt.settle(NOBODY_KEEPS_IT);
      return;
    }
    this.#ports.offline.store(attempt.user, attempt.message, (result) => attempt.stored(result));
  }

  /** Called by an attempt that was acknowledged after it had been stored. */
  unstore(attempt: Attempt, id: string): void {
    this.#ports.offline.remove(attempt.user, id);
  }

  #isShutOut({ message: { from }, origin }: Attempt, book: ContactBook): boolean {
    if (book.blocked.blocks(from)) return true;
    if (origin === "local" || isSubscribedFrom(book.state(from.bare.toString()))) return false;
    return outsiderDecision(book, from.bare, this.#ports.federatedDomains) === "block";
  }

  #place(attempt: Attempt): void {
    const { offline } = this.#ports;
    if (offline.isFlushing(attempt.user) && offline.afterFlush(attempt.user, () => this.#place(attempt))) return;
    const choice = this.#choose(attempt);
    switch (choice.kind) {
      case "deliver":
        this.#send(attempt, choice.targets);
        return;
      case "store":
        attempt.store();
        return;
      case "refuse":
        attempt.settle(UNAVAILABLE);
        return;
      case "ignore":
        attempt.settle(NOBODY_KEEPS_IT);
        return;
    }
  }

  /** After a loss the message counts as addressed to the account: the client it was for is gone. */
  #choose({ message, isFirst }: Attempt): Choice<ConnectedResource> {
    const { type, to } = message;
    const bound = this.#ports.sessions.of(to);
    if (isFirst && to.kind === "full") {
      const match = bound.find(({ jid }) => jid.resource === to.resource);
      return chooseTargets({ type, addressed: "full", match, resources: bound });
    }
    const resources = isFirst ? bound : bound.filter(({ session }) => session.facts.state !== "closed");
    return chooseTargets({ type, addressed: "bare", match: undefined, resources });
  }

  #send(attempt: Attempt, targets: readonly ConnectedResource[]): void {
    const { message, origin } = attempt;
    const { element } = message;
    attempt.sent(targets.length, this.#waiting[origin].enter(attempt, this.#ports.acknowledgementMs(origin)));
    const delivered = withoutPrivate(element);
    for (const target of targets) target.deliver(delivered, attempt);
    if (!attempt.isFirst || !isEligibleForCarbons(element, message.type)) return;
    sendCarbons("received", message, { resources: this.#ports.sessions.of(message.to), except: targets });
  }

  #passOn(lost: ConnectedResource): void {
    const others = this.#ports.sessions.of(lost.jid).filter((other) => other !== lost && (other.priority ?? -1) >= 0);
    const [next] = others;
    if (next !== undefined) this.reachable(next);
  }
}

/** One message on its way to one or several clients of an account. */
class Attempt implements Settlement, Waiting {
  readonly message: LocalMessage;
  readonly origin: Origin;
  /** The recipient's bare JID. */
  readonly user: string;
  readonly #owner: MessageDelivery;
  readonly #settled: (outcome: DeliveryOutcome) => void;
  #state: "open" | "storing" | "settled" = "open";
  #place: Place | undefined;
  #clients = 0;
  #losses = 0;
  #isAcknowledged = false;
  #storedId: string | undefined;

  constructor(
    message: LocalMessage,
    init: {
      readonly settled: (outcome: DeliveryOutcome) => void;
      readonly origin: Origin;
      readonly owner: MessageDelivery;
    },
  ) {
    this.message = message;
    this.origin = init.origin;
    this.user = message.to.bare.toString();
    this.#settled = init.settled;
    this.#owner = init.owner;
  }

  get isFirst(): boolean {
    return this.#losses === 0;
  }

  sent(clients: number, place: Place): void {
    this.#clients = clients;
    this.#place?.leave();
    this.#place = place;
  }

  settle(outcome: DeliveryOutcome): void {
    this.#place?.leave();
    this.#state = "settled";
    this.#settled(outcome);
  }

  store(): void {
    this.#place?.leave();
    this.#state = "storing";
    this.#owner.store(this);
  }

  stored(result: StoreResult): void {
    if (result.kind === "stored") this.#keep(result.id);
    if (this.#state === "settled") return;
    if (result.kind === "stored") this.settle({ kind: "stored" });
    else this.settle(result.kind === "full" ? FULL : FAILED);
  }

  acknowledged(): void {
    this.#isAcknowledged = true;
    if (this.#storedId !== undefined) this.#owner.unstore(this, this.#storedId);
    this.#storedId = undefined;
    if (this.#state !== "settled") this.settle({ kind: "delivered" });
  }

  lost(): void {
    this.#clients -= 1;
    if (this.#clients > 0 || this.#state !== "open") return;
    this.#losses += 1;
    this.#owner.retry(this);
  }

  expired(): void {
    if (this.#state === "open") this.store();
  }

  #keep(id: string): void {
    if (this.#isAcknowledged) this.#owner.unstore(this, id);
    else this.#storedId = id;
  }
}
