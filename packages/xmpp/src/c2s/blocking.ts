import type { Random } from "@interpres/runtime";
import { type BareJid, type Jid, parseJid } from "../address/jid.ts";
import { audienceOf } from "../presence/broadcast.ts";
import type { CatchUp } from "../presence/catch-up.ts";
import type { ContactBook } from "../roster/contact-book.ts";
import { contactJid } from "../roster/contact-jid.ts";
import type { Router } from "../router/router.ts";
import type { SessionDirectory } from "../router/session-directory.ts";
import { makeIq, makePresence, readdress } from "../stanza/stanza.ts";
import { childrenNamed, type Element, el } from "../xml/index.ts";
import { type AccountHandler, type AccountRequest, notSaved } from "./account-request.ts";
import { done, type IqAnswer } from "./iq-table.ts";

export const BLOCKING_NS = "urn:xmpp:blocking";

type Answer = (answer: IqAnswer) => void;

/** Blocking (XEP-0191): takes effect at once, is told when durable. Blocked contacts see the user leave, unblocked ones see her come. */
export class Blocking {
  readonly #sessions: SessionDirectory;
  readonly #router: Router;
  readonly #random: Random;
  readonly #catchUp: CatchUp;
  readonly #maxBlocked: () => number;

  constructor(init: {
    readonly sessions: SessionDirectory;
    readonly router: Router;
    readonly random: Random;
    readonly catchUp: CatchUp;
    /** JIDs one user may block. */
    readonly maxBlocked: () => number;
  }) {
    this.#sessions = init.sessions;
    this.#router = init.router;
    this.#random = init.random;
    this.#catchUp = init.catchUp;
    this.#maxBlocked = init.maxBlocked;
  }

  get handlers(): readonly AccountHandler[] {
    const namespace = BLOCKING_NS;
    return [
      { type: "get", name: "blocklist", namespace, handle: (request, answer) => this.#list(request, answer) },
      { type: "set", name: "block", namespace, handle: (request, answer) => this.#block(request, answer) },
      { type: "set", name: "unblock", namespace, handle: (request, answer) => this.#unblock(request, answer) },
    ];
  }

  #list({ resource, book }: AccountRequest, answer: Answer): void {
    resource.interests.add("blocking");
    answer({ kind: "result", payload: el("blocklist", BLOCKING_NS, {}, ...book.blocked.list().map(itemElement)) });
  }

  #block({ book, payload }: AccountRequest, answer: Answer): void {
    const jids = jidsIn(payload);
    const problem = this.#refusal(jids, book);
    if (problem !== undefined || jids === undefined) {
      answer(problem ?? malformed);
      return;
    }
    const before = audienceOf(book);
    const durable = book.block(jids.map(String));
    this.#hide(book, before);
    const told = () => {
      this.#told(book, payload, answer);
      this.#router.permissionsChanged(contactJid(book.user));
    };
    durable.then(told, () => answer(notSaved));
  }

  #unblock({ book, payload }: AccountRequest, answer: Answer): void {
    const jids = jidsIn(payload);
    if (jids === undefined) {
      answer(malformed);
      return;
    }
    const before = new Set(audienceOf(book).map(String));
    const sight = new Set([...book.entries()].filter((entry) => book.blocked.blocks(contactJid(entry.jid))));
    const durable = jids.length === 0 ? book.unblockAll() : book.unblock(jids.map(String));
    const told = () => {
      this.#told(book, payload, answer);
      this.#show(book, before);
      this.#router.permissionsChanged(contactJid(book.user));
      for (const entry of sight) {
        if (book.blocked.blocks(contactJid(entry.jid))) continue;
        for (const resource of this.#sessions.availableOf(contactJid(book.user))) this.#catchUp.probe(resource, entry);
      }
    };
    durable.then(told, () => answer(notSaved));
  }

  #refusal(jids: readonly Jid[] | undefined, book: ContactBook): IqAnswer | undefined {
    if (jids === undefined) return malformed;
    if (jids.length === 0) return { kind: "error", type: "modify", condition: "bad-request" };
    if (jids.some((jid) => jid.toString() === book.user))
      return { kind: "error", type: "cancel", condition: "not-allowed" };
    if (book.blocked.size + jids.length > this.#maxBlocked())
      return { kind: "error", type: "wait", condition: "resource-constraint" };
    return undefined;
  }

  /** The result, and the push to all who asked for the list (§3.3, §3.4). */
  #told(book: ContactBook, payload: Element, answer: Answer): void {
    answer(done);
    for (const { interests, jid, session } of this.#sessions.of(contactJid(book.user))) {
      if (!interests.has("blocking")) continue;
      const head = { type: "set", id: this.#random.token(), from: jid.bare, to: jid } as const;
      session.deliver(makeIq(head, payload).element);
    }
  }

  #hide(book: ContactBook, before: readonly BareJid[]): void {
    for (const { jid, presence, directed } of this.#sessions.of(contactJid(book.user))) {
      const told = presence === undefined ? [] : before;
      const lost: readonly Jid[] = [...told, ...directed.values()].filter((contact) => book.blocked.blocks(contact));
      for (const to of lost) {
        directed.delete(to.toString());
        this.#router.route(makePresence({ type: "unavailable", from: jid, to }));
      }
    }
  }

  #show(book: ContactBook, before: ReadonlySet<string>): void {
    const gained = audienceOf(book).filter((contact) => !before.has(contact.toString()));
    for (const { presence } of this.#sessions.availableOf(contactJid(book.user))) {
      if (presence === undefined) continue;
      for (const to of gained) this.#router.route(readdress(presence, { to }));
    }
  }
}

const malformed: IqAnswer = { kind: "error", type: "modify", condition: "jid-malformed" };

function itemElement(jid: string): Element {
  return el("item", BLOCKING_NS, { jid });
}

/** Undefined where one is no JID. */
function jidsIn(payload: Element): readonly Jid[] | undefined {
  const jids: Jid[] = [];
  for (const item of childrenNamed(payload, "item")) {
    const jid = parseJid(item.attributes.get("jid") ?? "");
    if (jid === undefined) return undefined;
    jids.push(jid);
  }
  return jids;
}
