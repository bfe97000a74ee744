import { isFederated } from "@interpres/federation";
import { type FederationAddressing, MailAddresses, MailIdentities } from "@interpres/interworking";
import type { Clock, Metrics, Timer } from "@interpres/runtime";
import { type AccountDirectory, type AccountRecord, parseBareJid, unescapeLocal } from "@interpres/xmpp";
import { EmailDropList, type EmailDropListPorts } from "../admin/identity/email-drop-list.ts";
import type { PresenceSection } from "../admin/identity/presence-section.ts";
import type { ClusterSettings } from "../admin/node/cluster-settings.ts";

/** A timer cannot wait longer than some weeks. */
const LONGEST_WAIT_MS = 24 * 3600 * 1000;

export interface FederationIdentitiesPorts {
  readonly accounts: AccountDirectory;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly emailDrops: EmailDropListPorts["table"];
  /** The settings in force, read at each use. */
  readonly presence: () => PresenceSection;
  /** Whether a domain is a SIP federated one now. */
  readonly isForeign: (domain: string) => boolean;
  /** Whether a domain's accounts are kept by an attached server. */
  readonly isAttached: (domain: string) => boolean;
}

/** Told when users may be known by other addresses than before: these (bare JIDs as text), or all. */
export type IdentitiesListener = (users?: ReadonlySet<string>) => void;

/** By which address foreign domains know each user now: from the directory, the settings and the time. */
export class FederationIdentities {
  readonly mail: MailAddresses;
  readonly map: MailIdentities;
  /** Requests by addresses that are not in use. */
  readonly drops: EmailDropList;
  readonly #ports: FederationIdentitiesPorts;
  readonly #listeners: IdentitiesListener[] = [];
  #graceEnd: Timer | undefined;

  constructor(ports: FederationIdentitiesPorts) {
    const { accounts, isForeign, isAttached } = ports;
    this.#ports = ports;
    this.drops = new EmailDropList({ ...ports, table: ports.emailDrops });
    this.mail = new MailAddresses({ accounts, isForeign });
    this.map = new MailIdentities({ accounts, mail: this.mail, isAttached, addressing: () => this.addressing });
    accounts.listen({
      changed: (changes) => {
        const users = this.mail.changed(changes);
        if (users.size > 0 && this.addressing !== "jid") this.#tell(users);
      },
    });
  }

  get addressing(): FederationAddressing {
    const { useEmailAddressWhenFederating, acceptJidUntil } = this.#ports.presence();
    if (!useEmailAddressWhenFederating) return "jid";
    return (acceptJidUntil ?? 0) > this.#ports.clock.now() ? "mail-and-jid" : "mail";
  }

  /** Plain `name@domain`, as it stands in what peers receive. */
  addressOf({ jid }: AccountRecord): string {
    const user = parseBareJid(jid);
    if (user === undefined) return jid;
    return this.map.federationAddress(user) ?? `${unescapeLocal(user.local)}@${user.domain}`;
  }

  onChange(listener: IdentitiesListener): void {
    this.#listeners.push(listener);
  }

  /**
   * Other settings are in force. Where they wait for a restart, that restart stops the gateway now and looks for outdated
   * names when it starts it again: what was begun meanwhile would be left behind.
   */
  settingsChanged(next: ClusterSettings, previous: ClusterSettings): void {
    if (next.cluster.changeControl === "on-restart") return;
    if (!this.#mayMoveAddresses(next, previous)) return;
    this.#tell();
    if (this.#graceEnd !== undefined) this.start();
  }

  /** Reads what earlier runs have seen; before the first request. */
  load(): Promise<void> {
    return this.drops.load();
  }

  /** Waits for the end of the time in which JIDs are accepted. */
  start(): void {
    this.#graceEnd?.cancel();
    const { clock, presence } = this.#ports;
    const leftMs = (presence().acceptJidUntil ?? 0) - clock.now();
    this.#graceEnd = clock.after(leftMs > 0 ? Math.min(leftMs, LONGEST_WAIT_MS) : LONGEST_WAIT_MS, () => {
      if (leftMs > 0) this.#tell();
      this.start();
    });
  }

  stop(): void {
    this.#graceEnd?.cancel();
    this.#graceEnd = undefined;
    this.drops.stop();
  }

  #mayMoveAddresses(next: ClusterSettings, previous: ClusterSettings): boolean {
    const [now, before] = [next.presence, previous.presence];
    if (now.useEmailAddressWhenFederating !== before.useEmailAddressWhenFederating) return true;
    if (!now.useEmailAddressWhenFederating) return false;
    return now.acceptJidUntil !== before.acceptJidUntil || this.#hasMovedForeignMail(next, previous);
  }

  /** A federated domain came or went in which users of ours have addresses. */
  #hasMovedForeignMail(next: ClusterSettings, previous: ClusterSettings): boolean {
    const [now, before] = [next.federation.sipFederatedDomains, previous.federation.sipFederatedDomains];
    return [...this.mail.domains().keys()].some((domain) => isFederated(domain, now) !== isFederated(domain, before));
  }

  #tell(users?: ReadonlySet<string>): void {
    for (const listener of this.#listeners) listener(users);
  }
}
