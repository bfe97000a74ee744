import type { AfterStop } from "@interpres/runtime";
import { type BareJid, type Jid, parseBareJid } from "@interpres/xmpp";
import type { Authorization } from "./authorization.ts";
import { OutboundWatch, type OutboundWatchInit, type OutboundWatchOwner } from "./outbound-watch.ts";
import { poll } from "./poll.ts";
import { ShownPresence } from "./shown-presence.ts";
import { pairKey, type UsersMeant, type WatchPorts, type WatchView } from "./watch-ports.ts";
import type { OutboundWatchRow } from "./watch-repository.ts";

/** Our users watch foreign contacts: one watch for each pair, however many others watch the same contact. */
export class OutboundWatches implements OutboundWatchOwner {
  readonly #ports: WatchPorts;
  readonly #watches = new Map<string, OutboundWatch>();
  /** Between a stop and the start that follows at once: what users go on seeing, by pair. */
  readonly #kept = new Map<string, ShownPresence>();

  constructor(ports: WatchPorts) {
    this.#ports = ports;
  }

  get size(): number {
    return this.#watches.size;
  }

  /** `subscribe` from a user (RFC 8048 §5.2.1). */
  subscribe(user: BareJid, contact: BareJid): void {
    this.#ensure(user, contact, "none").asked();
  }

  /** `unsubscribe` from a user (RFC 8048 §5.2.3). Without a watch there is nothing to end. */
  unsubscribe(user: BareJid, contact: BareJid): void {
    this.#watches.get(pairKey(user, contact))?.gaveUp();
  }

  /** A probe: a resource of the user came, or she looks once (RFC 8048 §5.2.2, §7.1). */
  probe(by: Jid, contact: BareJid): void {
    const watch = this.#watches.get(pairKey(by.bare, contact));
    if (watch !== undefined) {
      watch.probed(by);
      return;
    }
    this.#ports.local.isWatching(by.bare, contact).then(
      (isWatching) => {
        if (isWatching) this.#watchAgain(by, contact);
        else poll(this.#ports, by, contact);
      },
      (error: unknown) =>
        this.#ports.log.error("roster.unreadable", { user: by.bare.toString(), error: String(error) }),
    );
  }

  /** The dialogs of the last run. */
  restore(rows: readonly OutboundWatchRow[]): void {
    for (const row of rows) {
      const user = parseBareJid(row.local);
      const contact = parseBareJid(row.foreign);
      if (user === undefined || contact === undefined) continue;
      this.#add({ id: row.id, user, contact, authorization: row.authorization }).restore(row.snapshot);
    }
    this.#forgetKept();
  }

  /** True when the contact's dialog with the user stands: what she is shown then comes from there. */
  isActive(user: BareJid, contact: BareJid): boolean {
    return this.#watches.get(pairKey(user, contact))?.dialog === "active";
  }

  /** The contacts of these domains are no longer federated with. */
  withdraw(isGone: (domain: string) => boolean): void {
    for (const watch of [...this.#watches.values()]) if (isGone(watch.contact.domain)) watch.withdrawn();
  }

  /** The contacts of these domains are spoken to differently from now on: each dialog is refreshed in that way. */
  renew(isChanged: (domain: string) => boolean): void {
    for (const watch of [...this.#watches.values()]) if (isChanged(watch.contact.domain)) watch.refresh();
  }

  retryNow(): void {
    for (const watch of [...this.#watches.values()]) watch.retryNow();
  }

  usersWithdrawn(isMeant: UsersMeant): void {
    for (const watch of [...this.#watches.values()]) if (isMeant(watch.user, watch.contact)) watch.withdrawn();
  }

  /** The server of these users is there again: it is told everything, and news is asked for. */
  usersReturned(isMeant: UsersMeant): void {
    for (const watch of [...this.#watches.values()]) if (isMeant(watch.user, watch.contact)) watch.probed(watch.user);
  }

  readdressed(isConcerned: (user: BareJid) => boolean): void {
    for (const watch of [...this.#watches.values()]) if (isConcerned(watch.user)) watch.readdressed();
  }

  /** False when there is no such watch. */
  refresh(id: string): boolean {
    for (const watch of this.#watches.values()) {
      if (watch.id !== id) continue;
      watch.refresh();
      return true;
    }
    return false;
  }

  views(): readonly WatchView[] {
    return [...this.#watches.values()].map((watch) => watch.view);
  }

  /** Who is there sees the contacts no more, unless the next start follows at once. */
  stop(next: AfterStop): void {
    for (const [key, watch] of this.#watches) {
      const shown = watch.stop();
      if (shown !== undefined) this.#kept.set(key, shown);
    }
    this.#watches.clear();
    if (next === "rest") this.#forgetKept();
  }

  #forgetKept(): void {
    for (const shown of this.#kept.values())
      for (const presence of shown.forget()) this.#ports.local.presence(presence);
    this.#kept.clear();
  }

  /** The roster knows a subscription of which no row tells: it was made before, or the row was lost. */
  #watchAgain(by: Jid, contact: BareJid): void {
    const watch = this.#ensure(by.bare, contact, "granted");
    watch.persist();
    watch.probed(by);
  }

  #ensure(user: BareJid, contact: BareJid, authorization: Authorization): OutboundWatch {
    const known = this.#watches.get(pairKey(user, contact));
    return known ?? this.#add({ id: this.#ports.random.token(), user, contact, authorization });
  }

  finished(watch: OutboundWatch): void {
    const key = pairKey(watch.user, watch.contact);
    if (this.#watches.get(key) === watch) this.#watches.delete(key);
  }

  #add(init: Omit<OutboundWatchInit, "owner" | "shown">): OutboundWatch {
    const key = pairKey(init.user, init.contact);
    const shown = this.#kept.get(key) ?? new ShownPresence(init);
    this.#kept.delete(key);
    const watch = new OutboundWatch(this.#ports, { ...init, shown, owner: this });
    this.#watches.set(key, watch);
    return watch;
  }
}
