import { hash } from "node:crypto";
import type { Dialect } from "@interpres/federation";
import type { Notification } from "@interpres/sip";
import type { BareJid, Jid, Presence } from "@interpres/xmpp";
import { readdress } from "@interpres/xmpp";
import { isPresenceProblem, readPresenceDocument } from "../payload/presence-document.ts";
import { presenceOf, stateOfDocument, unavailableOf } from "./pidf-to-presence.ts";

/** Shared by all who are shown nothing. */
const NOTHING: ReadonlyMap<string, Shown> = new Map();

interface Shown {
  readonly presence: Presence;
  /** What is told of, but not since when: a later time alone is no news. */
  readonly text: string;
}

type Notified = Pick<Notification, "body" | "request">;

export type Showing =
  | { readonly kind: "changed"; readonly presences: readonly Presence[] }
  | { readonly kind: "repeated" }
  | { readonly kind: "unreadable"; readonly fault: string };

/** What a local user was told of one contact, so that each change is told once and a late resource can be told all. */
export class ShownPresence {
  readonly #contact: BareJid;
  readonly #user: BareJid;
  #resources = NOTHING;
  #bodyHash = "";

  constructor(pair: { readonly contact: BareJid; readonly user: BareJid }) {
    this.#contact = pair.contact;
    this.#user = pair.user;
  }

  get isEmpty(): boolean {
    return this.#resources.size === 0;
  }

  /** The body of a new NOTIFY: what changed against the last one. One that cannot be read leaves everything as it was. */
  document({ body, request }: Notified, dialect: Dialect): Showing {
    const bodyHash = hash("sha1", body, "base64");
    if (bodyHash === this.#bodyHash) return { kind: "repeated" };
    const document = readPresenceDocument(body);
    if (isPresenceProblem(document)) return { kind: "unreadable", fault: document.fault };
    this.#bodyHash = bodyHash;
    const next = new Map<string, Shown>();
    const [lang] = request.values("Content-Language");
    for (const state of stateOfDocument(document, { dialect, lang }).resources) {
      const presence = presenceOf(this.#contact, this.#user, state);
      const { since: _, ...what } = state;
      next.set(state.resource, { presence, text: JSON.stringify(what) });
    }
    return { kind: "changed", presences: this.#replace(next) };
  }

  /** Nothing is known any more: unavailable for each resource. */
  forget(): readonly Presence[] {
    this.#bodyHash = "";
    return this.#replace(NOTHING);
  }

  /** The next document is read even if it is the last one again: it may mean something else now. */
  reread(): void {
    this.#bodyHash = "";
  }

  /** What is shown stays, and the next document is told whole, for those who came meanwhile too. */
  doubt(): void {
    this.#bodyHash = "";
    this.#resources = new Map(
      [...this.#resources].map(([resource, { presence }]) => [resource, { presence, text: "" }]),
    );
  }

  /** Everything again, for one who comes late. */
  replay(to: Jid): readonly Presence[] {
    return [...this.#resources.values()].map(({ presence }) => readdress(presence, { to }));
  }

  #replace(next: ReadonlyMap<string, Shown>): readonly Presence[] {
    const changed: Presence[] = [];
    for (const [resource, shown] of next) {
      if (this.#resources.get(resource)?.text !== shown.text) changed.push(shown.presence);
    }
    for (const resource of this.#resources.keys()) {
      if (!next.has(resource)) changed.push(unavailableOf(this.#contact, this.#user, resource));
    }
    this.#resources = next.size === 0 ? NOTHING : next;
    return changed;
  }
}
