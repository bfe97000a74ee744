import type { Logger, Random } from "@interpres/runtime";
import type { BareJid, FullJid } from "../address/jid.ts";
import { prepareResource } from "../address/prepare.ts";
import type { OutboundPresence } from "../presence/outbound-presence.ts";
import type { ContactBooks } from "../roster/contact-books.ts";
import type { AccountDirectory } from "../router/account-directory.ts";
import type { BindRefusal, ClientSession, SessionHost } from "../router/client-session.ts";
import { ConnectedResource } from "../router/connected-resource.ts";
import type { SessionDirectory } from "../router/session-directory.ts";
import type { Stanza } from "../stanza/stanza.ts";
import { mayBeAnswered, stanzaError } from "../stanza/stanza-error.ts";
import type { StreamErrorCondition } from "../stream/stream-error.ts";
import type { ClientStanzas } from "./client-stanzas.ts";

export interface ClientHostPorts {
  readonly accounts: AccountDirectory;
  readonly sessions: SessionDirectory;
  readonly books: ContactBooks;
  readonly stanzas: ClientStanzas;
  readonly presence: OutboundPresence;
  readonly random: Random;
  readonly log: Logger;
  readonly maxResources: () => number;
}

/** The core behind the client sessions: binds, hands stanzas on, and tells the world when one is over. */
export class ClientHost implements SessionHost {
  readonly #ports: ClientHostPorts;
  readonly #resources = new Map<ClientSession, ConnectedResource>();

  constructor(ports: ClientHostPorts) {
    this.#ports = ports;
  }

  /** RFC 6120 §7.7.2.2: of two sessions with one full JID the newer stays. */
  bind(
    user: BareJid,
    requestedResource: string | undefined,
    open: (jid: FullJid) => ClientSession,
  ): ClientSession | BindRefusal {
    const { accounts, sessions, books, maxResources, random } = this.#ports;
    if (accounts.find(user)?.enabled !== true) return refusal("auth", "not-authorized");
    const wanted = requestedResource === undefined ? undefined : prepareResource(requestedResource);
    const jid = user.withResource(wanted ?? random.token());
    const older = sessions.find(jid);
    if (older === undefined && sessions.of(user).length >= maxResources())
      return refusal("wait", "resource-constraint");
    books.pin(user.toString());
    if (older !== undefined) this.#end(older, "conflict");
    const resource = new ConnectedResource(open(jid));
    this.#resources.set(resource.session, resource);
    sessions.add(resource);
    return resource.session;
  }

  handle(session: ClientSession, stanza: Stanza, taken: () => void): void {
    const resource = this.#resources.get(session);
    if (resource === undefined) {
      taken();
      return;
    }
    this.#ports.books.read(
      resource.jid.bare.toString(),
      (book) => this.#ports.stanzas.handle({ resource, book }, stanza, taken),
      () => {
        if (mayBeAnswered(stanza))
          resource.deliver(stanzaError(stanza, { type: "wait", condition: "internal-server-error" }).element);
        taken();
      },
    );
  }

  /** Messages have settlements of their own; what else was not acknowledged is worth nothing without its session. */
  closed(session: ClientSession): void {
    const resource = this.#resources.get(session);
    if (resource !== undefined) this.#retire(resource);
  }

  suspended(session: ClientSession): void {
    const resource = this.#resources.get(session);
    if (resource !== undefined) resource.connection = "suspended";
  }

  resumed(session: ClientSession): void {
    const resource = this.#resources.get(session);
    if (resource !== undefined) resource.connection = "connected";
  }

  /** Ends every session of the user; nothing they still send is heard. */
  endSessions(user: BareJid, error: StreamErrorCondition): void {
    for (const resource of this.#ports.sessions.of(user)) this.#end(resource, error);
  }

  /** Out of the directory at once: nothing is delivered to it while its `closed` is on the way. */
  #end(resource: ConnectedResource, error: StreamErrorCondition): void {
    this.#ports.log.info("session.ended", { jid: resource.jid.toString(), error });
    this.#retire(resource);
    resource.session.close(error);
  }

  #retire(resource: ConnectedResource): void {
    this.#resources.delete(resource.session);
    this.#ports.sessions.remove(resource);
    this.#ports.presence.ended(resource);
    this.#ports.books.unpin(resource.jid.bare.toString());
  }
}

function refusal(type: BindRefusal["type"], condition: BindRefusal["condition"]): BindRefusal {
  return { kind: "bind-refusal", type, condition };
}
