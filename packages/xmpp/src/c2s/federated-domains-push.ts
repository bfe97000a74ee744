import type { Clock, Timer } from "@interpres/runtime";
import { contactJid } from "../roster/contact-jid.ts";
import type { ConnectedResource } from "../router/connected-resource.ts";
import type { SessionDirectory } from "../router/session-directory.ts";
import { makeMessage } from "../stanza/stanza.ts";
import { el } from "../xml/index.ts";
import { FEDERATED_DOMAINS_NS } from "./federation-commands.ts";

/** Changes that come within this time are told together: an administrator rarely makes only one. */
const GATHER_MS = 1000;

/**
 * Tells clients that asked for the foreign domains that these are not what they were. The word is short: with many domains
 * and many clients, whoever still shows the list asks for it.
 */
export class FederatedDomainsPush {
  readonly #sessions: SessionDirectory;
  readonly #clock: Clock;
  #gathering: Timer | undefined;

  constructor({ sessions, clock }: { readonly sessions: SessionDirectory; readonly clock: Clock }) {
    this.#sessions = sessions;
    this.#clock = clock;
  }

  /** The list changed: for everybody, a moment later. */
  toEverybody(): void {
    this.#gathering ??= this.#clock.after(GATHER_MS, () => {
      this.#gathering = undefined;
      tell([...this.#sessions.all()]);
    });
  }

  /** The user (bare JID as text) decided otherwise. */
  toUser(user: string): void {
    tell(this.#sessions.of(contactJid(user)));
  }

  stop(): void {
    this.#gathering?.cancel();
    this.#gathering = undefined;
  }
}

function tell(resources: readonly ConnectedResource[]): void {
  for (const resource of resources) {
    if (!resource.interests.has("federated-domains")) continue;
    const from = contactJid(resource.jid.domain);
    const changed = el("changed", FEDERATED_DOMAINS_NS, {});
    resource.deliver(makeMessage({ type: "headline", from, to: resource.jid }, changed).element);
  }
}
