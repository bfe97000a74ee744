import type { FullJid } from "../address/jid.ts";
import type { ContactBook } from "../roster/contact-book.ts";
import type { ContactBooks } from "../roster/contact-books.ts";
import { ROSTER_NS } from "../roster/roster-query.ts";
import { isSubscribedFrom } from "../roster/subscription.ts";
import type { ConnectedResource } from "../router/connected-resource.ts";
import type { Router } from "../router/router.ts";
import type { SessionDirectory } from "../router/session-directory.ts";
import { type Iq, iqResult } from "../stanza/stanza.ts";
import { mayBeAnswered, type StanzaErrorReason } from "../stanza/stanza-error.ts";
import type { DomainRequest } from "./commands.ts";
import type { IqAnswer, IqTable } from "./iq-table.ts";

/** The same for "no such account", "no such resource", "blocked" and "no business of yours": nothing leaks. */
const UNAVAILABLE: StanzaErrorReason = { type: "cancel", condition: "service-unavailable" };
const FORBIDDEN: StanzaErrorReason = { type: "auth", condition: "forbidden" };

/** IQs from others, local or foreign, for a local domain, account or client (RFC 6121 §8.4, §8.5.2.1.3, §8.5.3). */
export class IqDelivery {
  readonly #sessions: SessionDirectory;
  readonly #books: ContactBooks;
  readonly #router: Router;
  readonly #server: IqTable<DomainRequest>;

  constructor(init: {
    readonly sessions: SessionDirectory;
    readonly books: ContactBooks;
    readonly router: Router;
    /** What the domain itself answers. */
    readonly server: IqTable<DomainRequest>;
  }) {
    this.#sessions = init.sessions;
    this.#books = init.books;
    this.#router = init.router;
    this.#server = init.server;
  }

  /** `from` is proven, and is not the account asked: that is served where its stanza came in. */
  receive(iq: Iq): void {
    const { to, payload } = iq;
    if (to === undefined) return;
    if (!mayBeAnswered(iq)) {
      if (to.kind === "full") this.#answered(iq, to);
    } else if (payload?.namespace === ROSTER_NS) this.#router.bounce(iq, FORBIDDEN);
    else if (to.kind === "full" && to.local !== "") this.#toClient(iq, to);
    else if (to.kind === "bare" && to.local === "" && payload !== undefined) this.#toServer(iq, { iq, payload });
    else this.#router.bounce(iq, UNAVAILABLE);
  }

  #toServer(iq: Iq, request: DomainRequest): void {
    this.#server.answer(request, (answer) => this.#reply(iq, answer));
  }

  #reply(iq: Iq, answer: IqAnswer): void {
    if (answer.kind === "error") this.#router.bounce(iq, answer);
    else if (iq.from !== undefined) this.#router.route(iqResult(iq, answer.payload));
  }

  /** A request reaches a client only if its user shares presence with the sender (§8.5.3.1). */
  #toClient(iq: Iq, to: FullJid): void {
    const resource = this.#sessions.find(to);
    const book = this.#books.loaded(to.bare.toString());
    if (resource === undefined || book === undefined || !mayAsk(iq, resource, book)) {
      this.#router.bounce(iq, UNAVAILABLE);
      return;
    }
    resource.deliver(iq.element, { acknowledged: () => undefined, lost: () => this.#router.bounce(iq, UNAVAILABLE) });
  }

  /** Only what the client asked for, from whom it asked. */
  #answered(iq: Iq, to: FullJid): void {
    const resource = this.#sessions.find(to);
    if (resource === undefined || iq.from === undefined) return;
    if (resource.awaited.answered(iq.id, iq.from)) resource.deliver(iq.element);
  }
}

function mayAsk({ from }: Iq, { jid, directed }: ConnectedResource, book: ContactBook): boolean {
  if (from === undefined || book.blocked.blocks(from)) return false;
  if (from.bare.equals(jid.bare) || isSubscribedFrom(book.state(from.bare.toString()))) return true;
  return directed.has(from.toString()) || directed.has(from.bare.toString());
}
