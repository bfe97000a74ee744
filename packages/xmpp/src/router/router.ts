import type { BareJid } from "../address/jid.ts";
import type { Iq, Message, Presence, Stanza } from "../stanza/stanza.ts";
import { mayBeAnswered, type StanzaErrorReason, stanzaError } from "../stanza/stanza-error.ts";
import type { ForeignGateway } from "./gateway-domain.ts";

/** Stanzas for the local domains end here: implemented above, by the server's composition. All calls are synchronous. */
export interface LocalStanzas {
  /** `taken` once delivered, stored or refused; the router has answered a refusal by then. */
  message(message: Message, taken: () => void): void;
  presence(presence: Presence): void;
  iq(iq: Iq): void;
}

/** RFC 6120 §10.4: neither ours nor behind the gateway. */
const NOT_FOUND: StanzaErrorReason = { type: "cancel", condition: "remote-server-not-found" };

/** Decides by the domain of `to` where a stanza goes (RFC 6120 §10): local accounts, the gateway, or back as an error. */
export class Router {
  readonly #isLocalDomain: (domain: string) => boolean;
  #local: LocalStanzas = nowhere;
  #gateway: ForeignGateway = noGateway;

  constructor({ isLocalDomain }: { readonly isLocalDomain: (domain: string) => boolean }) {
    this.#isLocalDomain = isLocalDomain;
  }

  /** Who serves local domains; before the first stanza. */
  serveLocal(local: LocalStanzas): void {
    this.#local = local;
  }

  /** Who serves foreign domains; until then there are none. */
  serveForeign(gateway: ForeignGateway): void {
    this.#gateway = gateway;
  }

  isLocal(domain: string): boolean {
    return this.#isLocalDomain(domain);
  }

  /** True where the gateway reaches the domain. */
  isForeign(domain: string): boolean {
    return !this.#isLocalDomain(domain) && this.#gateway.takes(domain);
  }

  /** What the user allows her foreign watchers changed. */
  permissionsChanged(user: BareJid): void {
    this.#gateway.permissionsChanged(user);
  }

  /** Passes on a stanza whose `from` is proven; one without `to` is a mistake of ours. `taken` is called once. */
  route(stanza: Stanza, taken: () => void = ignore): void {
    const domain = stanza.to?.domain;
    if (domain === undefined) throw new TypeError(`cannot route a ${stanza.kind} without 'to'`);
    if (this.#isLocalDomain(domain)) this.#toLocal(stanza, taken);
    else if (this.#gateway.takes(domain)) this.#toGateway(stanza, taken);
    else {
      if (!isBroadcast(stanza) && mayBeAnswered(stanza)) this.#refuse(stanza);
      taken();
    }
  }

  /** Answers with an error, unless an answer could loop. */
  bounce(stanza: Stanza, reason: StanzaErrorReason): void {
    if (mayBeAnswered(stanza) && stanza.from !== undefined) this.route(stanzaError(stanza, reason));
  }

  #refuse(stanza: Stanza): void {
    this.#gateway.refuse(stanza, (text) => this.bounce(stanza, { ...NOT_FOUND, text }));
  }

  #toLocal(stanza: Stanza, taken: () => void): void {
    if (stanza.kind === "message") {
      this.#local.message(stanza, taken);
      return;
    }
    if (stanza.kind === "presence") this.#local.presence(stanza);
    else this.#local.iq(stanza);
    taken();
  }

  #toGateway(stanza: Stanza, taken: () => void): void {
    if (stanza.kind === "message") {
      this.#gateway.message(stanza, taken);
      return;
    }
    if (stanza.kind === "presence") this.#gateway.presence(stanza);
    else this.#gateway.iq(stanza);
    taken();
  }
}

/** Presence the user did not address herself is not answered when its domain went away. */
function isBroadcast(stanza: Stanza): boolean {
  if (stanza.kind !== "presence") return false;
  return stanza.type === "available" || stanza.type === "unavailable" || stanza.type === "probe";
}

const noGateway: ForeignGateway = {
  takes: () => false,
  refuse: (_stanza, answer) => answer("There is no way to other domains here"),
  message: (_message, taken) => taken(),
  presence: ignore,
  iq: ignore,
  permissionsChanged: ignore,
};

const nowhere: LocalStanzas = { message: (_message, taken) => taken(), presence: ignore, iq: ignore };

function ignore(): void {
  return;
}
