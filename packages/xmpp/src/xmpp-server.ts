import type { SecureContext } from "node:tls";
import type { Broke, FlowTap } from "@interpres/runtime";
import type { BareJid, FullJid } from "./address/jid.ts";
import { type C2sAddress, C2sListener } from "./c2s/c2s-listener.ts";
import type { C2sServices } from "./c2s/c2s-services.ts";
import { type C2sSettings, defaultC2sSettings } from "./c2s/c2s-settings.ts";
import { ClientConnections } from "./c2s/client-connections.ts";
import { WebSocketListener } from "./c2s/websocket-listener.ts";
import type { AccountDirectory } from "./router/account-directory.ts";
import type { SessionFacts } from "./router/client-session.ts";
import type { ForeignGateway } from "./router/gateway-domain.ts";
import type { LocalDomain } from "./router/local-domain.ts";
import type { Router } from "./router/router.ts";
import { mechanisms, plainOnly } from "./stream/sasl.ts";
import { noPasswordKeeper, type PasswordKeeper } from "./stream/sasl-exchange.ts";
import { type Element, el } from "./xml/index.ts";
import { XmppCore, type XmppCoreInit } from "./xmpp-core.ts";

export interface XmppServerInit extends XmppCoreInit {
  readonly tap?: FlowTap;
  /** The server's certificate; asked for each handshake, so that a new one serves the next client. */
  readonly secureContext: () => SecureContext;
  /** Octets, the same for the life of the installation: makes the salts of users who do not exist. */
  readonly decoySecret: Uint8Array;
  readonly clientLimits?: Partial<C2sSettings>;
  /** Checks the passwords of accounts without verifiers; without one those cannot sign in. */
  readonly keeper?: PasswordKeeper;
  /** Origins of web pages beside our own whose clients may connect; read at each use. Without it none may. */
  readonly allowedOrigins?: () => readonly string[];
}

/** One bound client, for the administrator. */
export interface SessionInfo extends SessionFacts {
  readonly jid: FullJid;
  /** Undefined for a client without a presence session. */
  readonly priority: number | undefined;
}

/** RFC 6121 §2.6.1, §3.4 */
const FEATURES: readonly Element[] = [
  el("ver", "urn:xmpp:features:rosterver", {}),
  el("sub", "urn:xmpp:features:pre-approval", {}),
];

/**
 * The IM and presence server: `load`, give it its gateway, then `listen`. `stop` ends every session and settles when what
 * they left behind is stored; the repositories must outlive it, and `listen` may follow.
 */
export class XmppServer {
  readonly local: LocalDomain;
  readonly router: Router;
  readonly accounts: AccountDirectory;
  /** Clients over WebSocket come in here once it is open; `stop` closes it. */
  readonly webSockets: WebSocketListener;
  readonly #core: XmppCore;
  readonly #listener: C2sListener;

  constructor(init: XmppServerInit) {
    const { clock, random, log, tap, secureContext, decoySecret, keeper = noPasswordKeeper } = init;
    this.#core = new XmppCore(init);
    const { accounts, router, host } = this.#core;
    this.local = this.#core.local;
    this.router = router;
    this.accounts = accounts;
    const credentials = { credentials: (user: BareJid) => accounts.find(user) };
    const offered = (domain: string) => (accounts.hasPasswordsElsewhere(domain) ? plainOnly : mechanisms);
    const authentication = { credentials, keeper, mechanisms: offered, decoySecret };
    const isLocalDomain = (domain: string) => router.isLocal(domain);
    const settings = { ...defaultC2sSettings, ...init.clientLimits };
    const doors = { ...authentication, secureContext, isLocalDomain, sessionFeatures: () => FEATURES };
    const clients: C2sServices = { clock, random, log, tap, ...doors, host, settings };
    const connections = new ClientConnections(clients, init.metrics);
    this.#listener = new C2sListener(clients, connections);
    this.webSockets = new WebSocketListener(clients, connections, init.allowedOrigins ?? (() => []));
    init.metrics.gauge("interpres_xmpp_sessions", "Clients with a bound resource", () => this.#core.sessions.size);
  }

  /** Reads the accounts, again where they were read before. Before `listen`. */
  load(): Promise<void> {
    return this.#core.load();
  }

  /** Who serves foreign domains from now on. */
  serveForeign(gateway: ForeignGateway): void {
    this.router.serveForeign(gateway);
  }

  /** The list of foreign domains, or a description, is another one. */
  federatedDomainsChanged(): void {
    this.#core.federatedDomainsChanged();
  }

  /**
   * Accepts clients; may be called for several addresses. Rejects where the address cannot be had. A listener that breaks
   * says so to `broke`, and is to be stopped.
   */
  listen(address: C2sAddress, broke: Broke): Promise<{ readonly port: number }> {
    return this.#listener.listen(address, broke);
  }

  sessions(): readonly SessionInfo[] {
    return [...this.#core.sessions.all()].map(({ jid, priority, session }) => {
      const { remoteAddress, transport, boundAt, state, streamManagement, unacknowledged } = session.facts;
      return { jid, priority, remoteAddress, transport, boundAt, state, streamManagement, unacknowledged };
    });
  }

  /** Accepts no more clients over TCP and ends the sessions of those that are there; `listen` may follow. */
  stopListening(): Promise<void> {
    return this.#listener.close();
  }

  async stop(): Promise<void> {
    await Promise.all([this.stopListening(), this.webSockets.close()]);
    await this.#core.stop();
  }
}
