import type { Clock, Logger } from "@interpres/runtime";
import type { BlockRepository } from "./block-repository.ts";
import { ContactBook } from "./contact-book.ts";
import type { OutsiderRepository } from "./outsider-policy.ts";
import type { RosterRepository } from "./roster-repository.ts";

/** Waiting for a book: one of the two is called, once. */
interface Reader {
  readonly use: (book: ContactBook) => void;
  readonly failed: (error: unknown) => void;
}

/** Readers that may wait for one book to be loaded; more are refused. */
const READERS_WAITING = 1000;

/**
 * The contact books in memory. Those of users with a session are pinned; of the others the latest `limit` are kept. Each
 * is loaded once; readers that come while it loads are served in the order they came.
 */
export class ContactBooks {
  readonly #rosters: RosterRepository;
  readonly #blocks: BlockRepository;
  readonly #outsiders: OutsiderRepository;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #limit: number;
  readonly #pinned = new Map<string, ContactBook>();
  readonly #idle = new Map<string, ContactBook>();
  readonly #loading = new Map<string, Reader[]>();
  /** Sessions per user. */
  readonly #pins = new Map<string, number>();

  constructor(init: {
    readonly rosters: RosterRepository;
    readonly blocks: BlockRepository;
    readonly outsiders: OutsiderRepository;
    readonly clock: Clock;
    readonly log: Logger;
    readonly limit: number;
  }) {
    this.#rosters = init.rosters;
    this.#blocks = init.blocks;
    this.#outsiders = init.outsiders;
    this.#clock = init.clock;
    this.#log = init.log;
    this.#limit = init.limit;
  }

  /** The book if it is in memory: always so for a user whose session has been served once. */
  loaded(user: string): ContactBook | undefined {
    return this.#pinned.get(user) ?? this.#idle.get(user);
  }

  /** Calls `use` now if the book is in memory, else when it is loaded; `failed` if it could not be. */
  read(user: string, use: Reader["use"], failed: Reader["failed"]): void {
    const book = this.loaded(user);
    if (book !== undefined) {
      if (this.#idle.delete(user)) this.#idle.set(user, book);
      use(book);
      return;
    }
    const waiting = this.#loading.get(user);
    if (waiting === undefined) {
      this.#loading.set(user, [{ use, failed }]);
      void this.#load(user);
    } else if (waiting.length < READERS_WAITING) {
      waiting.push({ use, failed });
    } else {
      failed(new Error("too many stanzas wait for one roster"));
    }
  }

  /** Keeps the user's book in memory until `unpin` was called as often. */
  pin(user: string): void {
    this.#pins.set(user, (this.#pins.get(user) ?? 0) + 1);
    const book = this.#idle.get(user);
    if (book === undefined) return;
    this.#idle.delete(user);
    this.#pinned.set(user, book);
  }

  unpin(user: string): void {
    const pins = (this.#pins.get(user) ?? 0) - 1;
    if (pins > 0) {
      this.#pins.set(user, pins);
      return;
    }
    this.#pins.delete(user);
    const book = this.#pinned.get(user);
    if (book === undefined) return;
    this.#pinned.delete(user);
    this.#keepIdle(book);
  }

  /** The account is gone: forgets the book here and where it is kept. */
  async removeAll(user: string): Promise<void> {
    this.#pinned.delete(user);
    this.#idle.delete(user);
    const kept = [this.#rosters, this.#blocks, this.#outsiders];
    await Promise.all(kept.map((repository) => repository.removeAll(user)));
  }

  async #load(user: string): Promise<void> {
    let book: ContactBook;
    try {
      book = await this.#fetch(user);
    } catch (error) {
      this.#log.error("roster.load-failed", { user, error: String(error) });
      for (const reader of this.#taken(user)) reader.failed(error);
      return;
    }
    this.#keep(book);
  }

  async #fetch(user: string): Promise<ContactBook> {
    const [rosters, blocks, outsiderRules] = [this.#rosters, this.#blocks, this.#outsiders];
    const loaded = Promise.all([rosters.load(user), blocks.load(user), outsiderRules.load(user)]);
    const [stored, blocked, outsiders] = await loaded;
    const repositories = { rosters, blocks, outsiderRules };
    return new ContactBook({ user, stored, blocked, outsiders, ...repositories, firstVersion: this.#clock.now() });
  }

  #keep(book: ContactBook): void {
    if (this.#pins.has(book.user)) this.#pinned.set(book.user, book);
    else this.#keepIdle(book);
    for (const reader of this.#taken(book.user)) reader.use(book);
  }

  #taken(user: string): readonly Reader[] {
    const readers = this.#loading.get(user) ?? [];
    this.#loading.delete(user);
    return readers;
  }

  #keepIdle(book: ContactBook): void {
    this.#idle.set(book.user, book);
    if (this.#idle.size <= this.#limit) return;
    for (const [user, oldest] of this.#idle) {
      if (oldest.isWriting) continue;
      this.#idle.delete(user);
      return;
    }
  }
}
