import type { Timer } from "@interpres/runtime";
import type { BareJid } from "../address/jid.ts";
import { errorReply } from "../stanza/stanza-error.ts";
import { beginExchange } from "../stream/sasl.ts";
import type { SaslExchange, SaslStep } from "../stream/sasl-exchange.ts";
import { type StreamErrorCondition, streamError } from "../stream/stream-error.ts";
import { streamFeatures } from "../stream/stream-features.ts";
import type { HeaderFault, StreamHeader } from "../stream/stream-header.ts";
import { handledCountTooHigh, managementFailed, readManagement } from "../stream/stream-management.ts";
import { type StreamEffect, type StreamInput, type StreamState, step } from "../stream/stream-state.ts";
import { attribute, type Element, el, NS, type XmlLimits } from "../xml/index.ts";
import type { C2sServices } from "./c2s-services.ts";
import { C2sSession, type SessionConnection } from "./c2s-session.ts";
import type { ClientTransport, TransportOwner } from "./client-transport.ts";
import { type FlowLine, flowEvent } from "./flow-event.ts";
import type { ResumableSessions } from "./resumable-sessions.ts";

/** What the listener wants to know of a connection. */
export interface ConnectionObserver {
  /** A resource was bound or a session resumed. */
  bound(connection: C2sConnection): void;
  authenticated(mechanism: string, result: "success" | "failure"): void;
  closed(connection: C2sConnection): void;
}

/** Makes the transport that tells its owner what comes. */
export type OpenTransport = (owner: TransportOwner) => ClientTransport;

/** One connection of a client: runs the stream machine over a transport, and serves a session once one is bound. */
export class C2sConnection implements SessionConnection {
  readonly #services: C2sServices;
  readonly #resumable: ResumableSessions<C2sSession>;
  readonly #observer: ConnectionObserver;
  readonly #transport: ClientTransport;
  readonly #timeout: Timer;
  #state: StreamState;
  #exchange: { readonly mechanism: string; readonly run: SaslExchange } | undefined;
  #session: C2sSession | undefined;
  /** `xml:lang` of the client's stream header (RFC 6120 §4.7.4). */
  #lang: string | undefined;

  constructor(
    open: OpenTransport,
    observer: ConnectionObserver,
    ports: { readonly services: C2sServices; readonly resumable: ResumableSessions<C2sSession> },
  ) {
    this.#services = ports.services;
    this.#resumable = ports.resumable;
    this.#observer = observer;
    const { clock, settings } = this.#services;
    this.#timeout = clock.after(settings.negotiationTimeoutMs, () => this.#timedOut());
    this.#transport = open(this.#transportOwner());
    this.#state = { name: "opening", security: this.#transport.secure === undefined ? "tls" : "none" };
  }

  get remoteAddress(): string {
    return this.#transport.remoteAddress;
  }

  get transport(): ClientTransport["kind"] {
    return this.#transport.kind;
  }

  send(element: Element): void {
    this.#services.tap?.flow(flowEvent(element, "outbound", this.#line()));
    this.#transport.send(element);
  }

  /** Direct TLS: the handshake comes before the first stream header (XEP-0368 §2). */
  secureNow(): void {
    this.#state = { name: "securing" };
    this.#startTls();
  }

  close(condition?: StreamErrorCondition, application?: Element): void {
    const before = this.#state.name;
    if (before === "closed") return;
    this.#session = undefined;
    this.#state = { name: "closed" };
    if (before === "securing") {
      this.#transport.destroy();
      return;
    }
    if (before === "opening") this.#open({});
    this.#closeStream(condition, application);
  }

  /** The server goes down: ends the session, or the stream that has none yet. */
  shutDown(): void {
    if (this.#session === undefined) this.close("system-shutdown");
    else this.#session.close("system-shutdown");
  }

  abandon(): void {
    this.#transport.destroy();
  }

  pause(): void {
    this.#transport.pause();
  }

  resume(): void {
    this.#transport.resume();
  }

  /** A fault of ours costs this client its stream, and nobody else theirs. */
  #contained(run: () => void): void {
    try {
      run();
    } catch (error) {
      const { log } = this.#services;
      log.error("stream.broken", {
        address: this.remoteAddress,
        cause: error instanceof Error ? error.stack : String(error),
      });
      this.#input({ kind: "fault", condition: "internal-server-error" });
    }
  }

  #transportOwner(): TransportOwner {
    return {
      contain: (run) => this.#contained(run),
      opened: (header) => this.#opened(header),
      element: (element) => {
        this.#services.tap?.flow(flowEvent(element, "inbound", this.#line()));
        this.#input({ kind: "element", element });
      },
      ended: () => this.#input({ kind: "ended" }),
      failed: (condition) => this.#input({ kind: "fault", condition }),
      flushing: () => this.#session?.flushing(),
      flushed: () => this.#session?.flushed(),
      closed: () => this.#lost(),
    };
  }

  #opened(header: StreamHeader | HeaderFault): void {
    this.#lang = "kind" in header ? undefined : header.lang;
    this.#input({ kind: "opened", header });
  }

  /** More may be said by those who have shown who they are. */
  #xmlLimits(): XmlLimits {
    const { settings } = this.#services;
    const isAuthenticated = this.#state.name === "opening" && this.#state.authenticated !== undefined;
    return isAuthenticated ? settings.xml : settings.unauthenticatedXml;
  }

  #input(input: StreamInput): void {
    const { isLocalDomain, mechanisms, settings } = this.#services;
    const rules = { isLocalDomain, mechanisms, maxFailures: settings.maxAuthenticationFailures };
    const { state, effects } = step(this.#state, input, rules);
    this.#state = state;
    for (const effect of effects) this.#do(effect);
  }

  #do(effect: StreamEffect): void {
    switch (effect.kind) {
      case "send-header":
        this.#open(effect);
        break;
      case "send-features":
        this.send(streamFeatures(effect, this.#services.sessionFeatures()));
        break;
      case "send":
        this.send(effect.element);
        break;
      case "start-tls":
        this.send(el("proceed", NS.tls, {}));
        this.#startTls();
        break;
      case "restart":
        this.#transport.restart(this.#xmlLimits());
        break;
      case "begin-exchange":
        this.#beginExchange(effect);
        break;
      case "continue-exchange":
        this.#exchangeMessage(effect.message);
        break;
      case "abandon-exchange":
        this.#exchange = undefined;
        break;
      case "bind":
        this.#bind(effect);
        break;
      case "manage":
        this.#manage(effect.element, effect.user);
        break;
      case "stanza":
        this.#session?.receive(effect.element, this.#lang);
        break;
      case "close":
        this.#closeStream(effect.condition);
        this.#leaveSession("ended");
        break;
    }
  }

  #startTls(): void {
    this.#transport.secure?.(this.#services.secureContext(), () => this.#input({ kind: "secured" }));
  }

  #beginExchange(effect: Extract<StreamEffect, { kind: "begin-exchange" }>): void {
    const { credentials, keeper, decoySecret, random } = this.#services;
    const { mechanism, domain, initial } = effect;
    const context = { source: credentials, keeper, domain, decoySecret, nonce: () => random.token() };
    this.#exchange = { mechanism, run: beginExchange(mechanism, context) };
    if (initial !== undefined) this.#exchangeMessage(initial);
  }

  #exchangeMessage(message: string): void {
    const exchange = this.#exchange;
    if (exchange === undefined) return;
    const answer = exchange.run.respond(message);
    if (!(answer instanceof Promise)) {
      this.#judged(answer, exchange.mechanism);
      return;
    }
    const failed = (error: unknown): SaslStep => {
      this.#services.log.error("authentication.failed", { mechanism: exchange.mechanism, cause: String(error) });
      return { kind: "failure", condition: "temporary-auth-failure" };
    };
    void answer.catch(failed).then((answered) => {
      if (this.#exchange === exchange) this.#contained(() => this.#judged(answered, exchange.mechanism));
    });
  }

  #judged(answer: SaslStep, mechanism: string): void {
    if (answer.kind === "challenge") {
      this.#input({ kind: "challenged", data: answer.data });
      return;
    }
    const { log } = this.#services;
    const address = this.remoteAddress;
    this.#exchange = undefined;
    this.#observer.authenticated(mechanism, answer.kind);
    if (answer.kind === "failure") {
      log.info("client.refused", { address, mechanism, condition: answer.condition });
      this.#input({ kind: "refused", condition: answer.condition });
      return;
    }
    const { user, data } = answer;
    log.debug("client.authenticated", { address, mechanism, user: user.toString() });
    this.#input({ kind: "authenticated", user, ...(data === undefined ? {} : { data }) });
  }

  #bind({ request, user, resource }: Extract<StreamEffect, { kind: "bind" }>): void {
    const result = this.#services.host.bind(
      user,
      resource,
      (jid) => new C2sSession({ jid, connection: this, services: this.#services, resumable: this.#resumable }),
    );
    if (!(result instanceof C2sSession)) {
      if ("kind" in result) this.send(errorReply(request, result));
      return;
    }
    const jid = el("jid", NS.bind, {}, result.jid.toString());
    const id = attribute(request, "id");
    this.send(el("iq", NS.client, { type: "result", id }, el("bind", NS.bind, {}, jid)));
    this.#serve(result);
  }

  #manage(element: Element, user: BareJid): void {
    const request = readManagement(element);
    if (this.#session !== undefined) this.#session.manage(request);
    else if (request.kind === "resume") this.#resume(request.previousId, { user, h: request.h });
    else this.send(managementFailed("unexpected-request"));
  }

  /** XEP-0198 §5: only for the user whose session it was; anything else looks like an id never given out. */
  #resume(previousId: string, { user, h }: { readonly user: BareJid; readonly h: number }): void {
    const session = this.#resumable.find(previousId);
    if (session === undefined || !session.jid.bare.equals(user)) {
      this.send(managementFailed("item-not-found"));
      return;
    }
    const result = session.resume(this, h);
    if (result.kind === "too-high") {
      this.close("undefined-condition", handledCountTooHigh(h, result.sendCount));
      return;
    }
    this.#services.log.debug("session.resumed", { user: user.toString(), address: this.remoteAddress });
    this.#serve(session);
  }

  #serve(session: C2sSession): void {
    this.#session = session;
    this.#timeout.cancel();
    this.#input({ kind: "bound" });
    this.#observer.bound(this);
  }

  #open({ domain, to }: { readonly domain?: string; readonly to?: string }): void {
    const id = this.#services.random.token();
    this.#transport.open({ id, version: "1.0", "xml:lang": "en", from: domain, to });
  }

  #closeStream(condition: StreamErrorCondition | undefined, application?: Element): void {
    this.#timeout.cancel();
    this.#exchange = undefined;
    if (condition !== undefined) {
      this.#services.log.debug("stream.failed", { address: this.remoteAddress, condition });
      this.send(streamError(condition, application));
    }
    this.#transport.end();
  }

  #timedOut(): void {
    // Nothing can be said before or during a handshake.
    if (this.#state.name === "securing") this.#transport.destroy();
    else this.#input({ kind: "fault", condition: "connection-timeout" });
  }

  /** The socket is gone. */
  #lost(): void {
    this.#timeout.cancel();
    this.#exchange = undefined;
    this.#state = { name: "closed" };
    this.#leaveSession("lost");
    this.#observer.closed(this);
  }

  #leaveSession(how: "ended" | "lost"): void {
    const session = this.#session;
    this.#session = undefined;
    session?.disconnected(this, how);
  }

  #line(): FlowLine {
    const { path, remote } = this.#transport;
    return { path, remote: this.#session?.jid.toString() ?? remote };
  }
}
