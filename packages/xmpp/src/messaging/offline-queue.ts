import type { Clock, Logger, Random } from "@interpres/runtime";
import type { Settlement } from "../router/client-session.ts";
import type { Message } from "../stanza/stanza.ts";
import { type Element, el, isXmlProblem, parseDocument, serializeElement, withChildren } from "../xml/index.ts";
import type { OfflineLimit, OfflineMessage, OfflineRepository } from "./offline-repository.ts";

export type StoreResult = { readonly kind: "stored"; readonly id: string } | { readonly kind: "full" | "failed" };

/** Gives one stored message to a client; its settlement says whether the store may forget it. */
export type DeliverStored = (message: Element, settlement: Settlement) => void;

/** XEP-0203 */
const DELAY_NS = "urn:xmpp:delay";
/** Live messages that may wait for a flush of stored ones. */
const WAITING = 1000;

/** Messages that wait for their recipient (XEP-0160). A message leaves the store only when a client acknowledged it. */
export class OfflineQueue {
  readonly #repository: OfflineRepository;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #log: Logger;
  readonly #limit: () => OfflineLimit;
  /** Per user: settles when all writes asked for so far have. */
  readonly #writes = new Map<string, Promise<unknown>>();
  /** Per user whose store is being read: what is to run afterwards. */
  readonly #flushing = new Map<string, (() => void)[]>();
  /** Per user: ids given to a client and not acknowledged yet. */
  readonly #inFlight = new Map<string, Set<string>>();
  readonly #removals = new Map<string, string[]>();

  constructor(init: {
    readonly repository: OfflineRepository;
    readonly clock: Clock;
    readonly random: Random;
    readonly log: Logger;
    readonly limit: () => OfflineLimit;
  }) {
    this.#repository = init.repository;
    this.#clock = init.clock;
    this.#random = init.random;
    this.#log = init.log;
    this.#limit = init.limit;
  }

  /** Stores for the user (bare JID); `done` once it is durable, or will not be. */
  store(user: string, message: Message, done: (result: StoreResult) => void): void {
    const id = this.#random.token();
    const stored = { id, storedAt: this.#clock.now(), stanza: serializeElement(message.element) };
    const append = this.#repository.append(user, stored, this.#limit()).then(
      (result) => done(result === "stored" ? { kind: "stored", id } : { kind: "full" }),
      (error: unknown) => {
        this.#log.error("offline-message.not-stored", { user, error: String(error) });
        done({ kind: "failed" });
      },
    );
    this.#track(user, append);
  }

  /** A client acknowledged a stored message, or has it in another way. */
  remove(user: string, id: string): void {
    const waiting = this.#removals.get(user);
    if (waiting !== undefined) {
      waiting.push(id);
      return;
    }
    this.#removals.set(user, [id]);
    queueMicrotask(() => this.#removeAll(user));
  }

  /** Delivers what is stored, oldest first, but for what another client of the user was given already. */
  flush(user: string, deliver: DeliverStored): void {
    if (this.#flushing.has(user)) return;
    this.#flushing.set(user, []);
    void this.#flush(user, deliver).finally(() => this.#release(user));
  }

  /** While true, live messages to the user have to wait behind the stored ones. */
  isFlushing(user: string): boolean {
    return this.#flushing.has(user);
  }

  /** False where too many wait already. */
  afterFlush(user: string, run: () => void): boolean {
    const waiting = this.#flushing.get(user);
    if (waiting === undefined || waiting.length >= WAITING) return false;
    waiting.push(run);
    return true;
  }

  /** The account is gone. */
  async removeUser(user: string): Promise<void> {
    await this.#repository.removeAll(user);
  }

  /** Settles when every write asked for has settled. */
  async settled(): Promise<void> {
    while (this.#writes.size > 0) await Promise.all(this.#writes.values());
  }

  async #flush(user: string, deliver: DeliverStored): Promise<void> {
    await this.#writes.get(user);
    let messages: readonly OfflineMessage[];
    try {
      messages = await this.#repository.load(user);
    } catch (error) {
      this.#log.error("offline-messages.not-read", { user, error: String(error) });
      return;
    }
    for (const message of messages) this.#give(user, message, deliver);
  }

  #give(user: string, { id, storedAt, stanza }: OfflineMessage, deliver: DeliverStored): void {
    const inFlight = this.#inFlight.get(user) ?? new Set();
    if (inFlight.has(id)) return;
    const element = parseDocument(stanza);
    if (isXmlProblem(element)) {
      this.#log.error("offline-message.unreadable", { user, id });
      return;
    }
    this.#inFlight.set(user, inFlight.add(id));
    const settlement: Settlement = {
      acknowledged: () => this.remove(user, id),
      lost: () => this.#landed(user, [id]),
    };
    deliver(stamped(element, storedAt, user), settlement);
  }

  #release(user: string): void {
    const waiting = this.#flushing.get(user) ?? [];
    this.#flushing.delete(user);
    for (const run of waiting) run();
  }

  #removeAll(user: string): void {
    const ids = this.#removals.get(user) ?? [];
    this.#removals.delete(user);
    const removal = this.#repository.remove(user, ids).then(
      () => this.#landed(user, ids),
      // They stay in flight: nobody gets them twice while this process lives.
      (error: unknown) => this.#log.error("offline-messages.not-removed", { user, error: String(error) }),
    );
    this.#track(user, removal);
  }

  #landed(user: string, ids: readonly string[]): void {
    const inFlight = this.#inFlight.get(user);
    if (inFlight === undefined) return;
    for (const id of ids) inFlight.delete(id);
    if (inFlight.size === 0) this.#inFlight.delete(user);
  }

  #track(user: string, write: Promise<unknown>): void {
    const all = Promise.all([this.#writes.get(user), write]).finally(() => {
      if (this.#writes.get(user) === all) this.#writes.delete(user);
    });
    this.#writes.set(user, all);
  }
}

/** Says since when the message waited (XEP-0203 §3); `from` is the domain that kept it. */
function stamped(message: Element, storedAt: number, user: string): Element {
  const from = user.slice(user.indexOf("@") + 1);
  const delay = el("delay", DELAY_NS, { from, stamp: new Date(storedAt).toISOString() });
  return withChildren(message, [...message.children, delay]);
}
