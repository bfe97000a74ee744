import type { FullJid, Jid } from "../address/jid.ts";
import type { ConnectedResource } from "./connected-resource.ts";

const NONE: readonly ConnectedResource[] = [];

/** All bound resources of this node, by user. The lists it hands out never change; a new one is made. */
export class SessionDirectory {
  readonly #byUser = new Map<string, readonly ConnectedResource[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The connected resources of the user (any resource in `user` is ignored), in the order they were bound. */
  of(user: Jid): readonly ConnectedResource[] {
    return this.#byUser.get(user.bare.toString()) ?? NONE;
  }

  /** Those in a presence session (RFC 6121 §4.1). */
  availableOf(user: Jid): readonly ConnectedResource[] {
    return this.of(user).filter((resource) => resource.isAvailable);
  }

  find(jid: FullJid): ConnectedResource | undefined {
    return this.of(jid).find((resource) => resource.jid.resource === jid.resource);
  }

  *all(): Iterable<ConnectedResource> {
    for (const resources of this.#byUser.values()) yield* resources;
  }

  add(resource: ConnectedResource): void {
    this.#byUser.set(resource.jid.bare.toString(), [...this.of(resource.jid), resource]);
    this.#size += 1;
  }

  /** Takes out exactly this resource; a newer one of the same JID stays. */
  remove(resource: ConnectedResource): void {
    const user = resource.jid.bare.toString();
    const before = this.of(resource.jid);
    const left = before.filter((other) => other !== resource);
    if (left.length === before.length) return;
    this.#size -= 1;
    if (left.length === 0) this.#byUser.delete(user);
    else this.#byUser.set(user, left);
  }
}
