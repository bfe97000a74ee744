import type { Notification, SubscriberUser } from "@interpres/sip";
import type { BareJid, Jid } from "@interpres/xmpp";
import { ShownPresence } from "./shown-presence.ts";
import type { WatchPorts } from "./watch-ports.ts";

/** One look at a contact nobody watches: SUBSCRIBE with Expires 0 in a dialog of its own (RFC 8048 §7.1). */
export function poll(ports: WatchPorts, by: Jid, contact: BareJid): void {
  const { agent, addresses, peers } = ports;
  const peer = peers.of(contact.domain);
  const localUri = addresses.localUri(by.bare);
  const remoteUri = addresses.foreignUri(contact);
  if (peer === undefined || localUri === undefined || remoteUri === undefined) return;
  const accept = peer.dialect.presenceAcceptTypes;
  const user = new PollUser(ports, by, contact);
  peer.line.pass("refresh", () => {
    agent.subscriber.subscribe({ localUri, remoteUri, event: "presence", accept, expiresSeconds: 0 }, user);
  });
}

/** Tells the one who asked, and only her. */
class PollUser implements SubscriberUser {
  readonly #ports: WatchPorts;
  readonly #by: Jid;
  readonly #contact: BareJid;

  constructor(ports: WatchPorts, by: Jid, contact: BareJid) {
    this.#ports = ports;
    this.#by = by;
    this.#contact = contact;
  }

  notified(notification: Notification): void {
    const dialect = this.#ports.peers.of(this.#contact.domain)?.dialect;
    if (dialect === undefined || notification.body.length === 0) return;
    const shown = new ShownPresence({ contact: this.#contact, user: this.#by.bare });
    shown.document(notification, dialect);
    for (const presence of shown.replay(this.#by)) this.#ports.local.presence(presence);
  }

  accepted(): void {
    return;
  }

  /** Nothing is known: the one who asked sees nothing, as before. */
  refused(): void {
    return;
  }

  changed(): void {
    return;
  }

  ended(): void {
    return;
  }
}
