import type { SubscriptionRequests } from "../presence/subscription-requests.ts";
import type { RosterPush } from "../roster/roster-push.ts";
import { isRefusedSet, parseRosterSet, ROSTER_NS, type RosterSet, rosterElement } from "../roster/roster-query.ts";
import { type AccountHandler, type AccountRequest, notSaved } from "./account-request.ts";
import { done, type IqAnswer } from "./iq-table.ts";

type Answer = (answer: IqAnswer) => void;

/** The roster of the requesting account (RFC 6121 §2). */
export class RosterIq {
  readonly #push: RosterPush;
  readonly #requests: SubscriptionRequests;
  readonly #maxItems: () => number;

  constructor(init: {
    readonly push: RosterPush;
    readonly requests: SubscriptionRequests;
    /** Items a roster may have. */
    readonly maxItems: () => number;
  }) {
    this.#push = init.push;
    this.#requests = init.requests;
    this.#maxItems = init.maxItems;
  }

  get handlers(): readonly AccountHandler[] {
    const query = { name: "query", namespace: ROSTER_NS };
    return [
      { type: "get", ...query, handle: (request, answer) => this.#get(request, answer) },
      { type: "set", ...query, handle: (request, answer) => this.#set(request, answer) },
    ];
  }

  /** §2.2; with a version we can go on from, only what changed since, as pushes (§2.6.3). */
  #get({ resource, book, payload }: AccountRequest, answer: Answer): void {
    resource.interests.add("roster");
    const known = payload.attributes.get("ver");
    const changed = known === undefined ? undefined : book.changedSince(known);
    if (changed === undefined) {
      answer({ kind: "result", payload: rosterElement(book.items(), book.version) });
      return;
    }
    answer(done);
    for (const entry of changed) this.#push.toOne(resource, entry);
  }

  #set(request: AccountRequest, answer: Answer): void {
    const set = parseRosterSet(request.payload);
    if (isRefusedSet(set)) answer({ kind: "error", ...set });
    else if (set.jid.toString() === request.book.user)
      answer({ kind: "error", type: "cancel", condition: "not-allowed" });
    else if (set.kind === "remove") this.#remove(request, set, answer);
    else this.#update(request, set, answer);
  }

  /** §2.3, §2.4: the subscription state is not the client's to set. */
  #update({ book }: AccountRequest, set: RosterSet & { readonly kind: "update" }, answer: Answer): void {
    const { jid, kind: _kind, ...shown } = set;
    const entry = book.entry(jid.toString());
    if (entry?.kind !== "item" && book.count("item") >= this.#maxItems()) {
      answer({ kind: "error", type: "wait", condition: "resource-constraint", text: "The contact list is full." });
      return;
    }
    // Who is admitted with his domain becomes a contact of her own.
    const { name: _name, version: _version, admission: _admission, ...kept } = entry ?? blank;
    const { durable, visibility, after } = book.put({ ...kept, ...shown, jid: jid.toString(), kind: "item" });
    const told = () => {
      if (visibility === "push") this.#push.toInterested(book.user, after);
      answer(done);
    };
    durable.then(told, () => answer(notSaved));
  }

  /** §2.5 */
  #remove({ book }: AccountRequest, { jid }: RosterSet, answer: Answer): void {
    const entry = book.entry(jid.toString());
    if (entry?.kind !== "item") answer({ kind: "error", type: "modify", condition: "item-not-found" });
    else
      this.#requests.remove(book, entry).then(
        () => answer(done),
        () => answer(notSaved),
      );
  }
}

const blank = {
  state: "none",
  approval: "not-approved",
  name: undefined,
  admission: undefined,
  version: 0,
} as const;
