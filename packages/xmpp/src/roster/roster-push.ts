import type { Random } from "@interpres/runtime";
import type { ConnectedResource } from "../router/connected-resource.ts";
import type { SessionDirectory } from "../router/session-directory.ts";
import { makeIq } from "../stanza/stanza.ts";
import { contactJid } from "./contact-jid.ts";
import { rosterElement } from "./roster-query.ts";
import type { RosterEntry } from "./roster-repository.ts";

/** Tells clients of a changed roster item (RFC 6121 §2.1.6). */
export class RosterPush {
  readonly #sessions: SessionDirectory;
  readonly #random: Random;

  constructor({ sessions, random }: { readonly sessions: SessionDirectory; readonly random: Random }) {
    this.#sessions = sessions;
    this.#random = random;
  }

  /** To all interested resources of the user (bare JID as text). */
  toInterested(user: string, entry: RosterEntry): void {
    for (const resource of this.#sessions.of(contactJid(user))) {
      if (resource.interests.has("roster")) this.toOne(resource, entry);
    }
  }

  /** To one resource: an interim push (RFC 6121 §2.6.3). Its answer tells nothing and is not awaited. */
  toOne(resource: ConnectedResource, entry: RosterEntry): void {
    const query = rosterElement([entry], String(entry.version));
    const head = { type: "set", id: this.#random.token(), from: resource.jid.bare, to: resource.jid } as const;
    resource.deliver(makeIq(head, query).element);
  }
}
