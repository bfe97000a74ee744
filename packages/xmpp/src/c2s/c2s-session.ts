import type { Timer } from "@interpres/runtime";
import { type FullJid, parseJid } from "../address/jid.ts";
import type { ClientSession, SessionFacts, Settlement } from "../router/client-session.ts";
import { answerToProblem, parseStanza } from "../stanza/parse-stanza.ts";
import { iqResult, type Stanza } from "../stanza/stanza.ts";
import { stanzaError } from "../stanza/stanza-error.ts";
import type { StreamErrorCondition } from "../stream/stream-error.ts";
import {
  type AckResult,
  HandledCounter,
  handledCountTooHigh,
  type ManagementRequest,
  management,
  managementFailed,
  UnacknowledgedQueue,
} from "../stream/stream-management.ts";
import { attribute, type Element, NS, withAttributes } from "../xml/index.ts";
import type { C2sServices } from "./c2s-services.ts";
import type { ResumableSessions } from "./resumable-sessions.ts";

/** The connection a session speaks through; it tells the session when it ends. */
export interface SessionConnection {
  readonly remoteAddress: string;
  readonly transport: SessionFacts["transport"];
  send(element: Element): void;
  /** Ends the stream; the session is not told. */
  close(condition?: StreamErrorCondition, application?: Element): void;
  /** Cuts the socket; the session is told as of a lost connection. */
  abandon(): void;
  pause(): void;
  resume(): void;
}

interface Sent {
  readonly element: Element;
  readonly settlement: Settlement | undefined;
}

/** Off until the client enables it; "resumable" sessions outlive their connection (XEP-0198 §3). */
type Management =
  | { readonly kind: "off" }
  | { readonly kind: "acknowledging" }
  | { readonly kind: "resumable"; readonly id: string; readonly maxSeconds: number };

/**
 * One bound resource over one connection, or over several with XEP-0198: counts what the client sent until it is safe,
 * and keeps what it was sent until it says so.
 */
export class C2sSession implements ClientSession {
  readonly jid: FullJid;
  readonly facts: SessionFacts;
  readonly #services: C2sServices;
  readonly #resumable: ResumableSessions<C2sSession>;
  readonly #boundAt: number;
  #connection: SessionConnection | undefined;
  /** Of the connection at hand, or of the last one. */
  #remoteAddress: string;
  #transport: SessionFacts["transport"];
  #management: Management = { kind: "off" };
  #isClosed = false;
  readonly #inbound = new HandledCounter();
  readonly #outbound = new UnacknowledgedQueue<Sent>();
  /** Without stream management: settlements of stanzas not yet flushed. */
  #unflushed: Settlement[] = [];
  #isPaused = false;
  /** An `<a/>` was sent that did not cover all that had come. */
  #owesAnswer = false;
  #expiry: Timer | undefined;
  #answerDue: Timer | undefined;

  constructor(init: {
    readonly jid: FullJid;
    readonly connection: SessionConnection;
    readonly services: C2sServices;
    readonly resumable: ResumableSessions<C2sSession>;
  }) {
    this.jid = init.jid;
    this.#services = init.services;
    this.#resumable = init.resumable;
    this.#connection = init.connection;
    this.#remoteAddress = init.connection.remoteAddress;
    this.#transport = init.connection.transport;
    this.#boundAt = init.services.clock.now();
    this.facts = this.#factsView();
  }

  deliver(element: Element, settlement?: Settlement): void {
    if (this.#isClosed) {
      if (settlement !== undefined) queueMicrotask(() => settlement.lost());
      return;
    }
    if (this.#management.kind === "off") {
      if (settlement !== undefined) this.#unflushed.push(settlement);
      this.#connection?.send(element);
      return;
    }
    this.#outbound.sent({ element, settlement });
    this.#connection?.send(element);
    if (this.#outbound.size > this.#services.settings.maxUnacknowledged) this.close("resource-constraint");
  }

  close(error?: StreamErrorCondition): void {
    if (this.#isClosed) return;
    this.#connection?.close(error);
    this.#finish();
  }

  /** A first-level stanza from the client, in the order it came. `lang` is the stream's (RFC 6120 §4.7.4). */
  receive(written: Element, lang: string | undefined): void {
    if (!this.#isOwnAddress(attribute(written, "from"))) {
      this.close("invalid-from");
      return;
    }
    const safe = this.#inbound.receive();
    const taken = (): void => {
      safe();
      this.#handledMore();
    };
    const language = attribute(written, "xml:lang") ?? lang;
    const stanza = parseStanza(withAttributes(written, { from: this.jid.toString(), "xml:lang": language }));
    if (stanza.kind === "stanza-problem") {
      const answer = answerToProblem(stanza);
      if (answer !== undefined) this.deliver(answer);
      taken();
    } else {
      this.#handle(stanza, taken);
    }
    this.#holdBack();
  }

  /** An element of XEP-0198 from the client, other than `<resume/>`. */
  manage(request: ManagementRequest): void {
    switch (request.kind) {
      case "enable":
        this.#enable(request);
        return;
      case "request":
        this.#answer();
        return;
      case "answer":
        this.#acknowledged(request.h);
        return;
      case "resume":
        this.#connection?.send(managementFailed("unexpected-request"));
        return;
      case "malformed":
        this.close("policy-violation");
    }
  }

  /**
   * Continues on another connection of the same user (XEP-0198 §5): "too-high" where the client claims stanzas it was
   * never sent, and then nothing changes.
   */
  resume(connection: SessionConnection, h: number): AckResult<unknown> {
    if (this.#management.kind !== "resumable" || this.#isClosed) throw new Error("session cannot be resumed");
    const result = this.#outbound.acknowledge(h);
    if (result.kind === "too-high") return result;
    const wasSuspended = this.#connection === undefined;
    this.#connection?.close("conflict");
    this.#expiry?.cancel();
    this.#answerDue?.cancel();
    this.#answerDue = undefined;
    this.#connection = connection;
    this.#remoteAddress = connection.remoteAddress;
    this.#transport = connection.transport;
    connection.send(management("resumed", { previd: this.#management.id, h: String(this.#inbound.handled) }));
    for (const sent of this.#outbound.stanzas) connection.send(sent.element);
    if (this.#isPaused) connection.pause();
    settle(result.stanzas);
    if (wasSuspended) this.#services.host.resumed?.(this);
    return result;
  }

  /** Called by the connection before it flushes: asks for an acknowledgement where one is due and none is awaited. */
  flushing(): void {
    if (this.#management.kind === "off" || this.#outbound.size === 0 || this.#answerDue !== undefined) return;
    this.#connection?.send(management("r", {}));
    const { clock, settings } = this.#services;
    this.#answerDue = clock.after(settings.acknowledgementTimeoutMs, () => this.#connection?.abandon());
  }

  /** Called by the connection after it flushed. */
  flushed(): void {
    if (this.#unflushed.length === 0) return;
    const flushed = this.#unflushed;
    this.#unflushed = [];
    for (const settlement of flushed) settlement.acknowledged();
  }

  /** The connection is over: "ended" by `</stream:stream>` or a stream error, or "lost" without one. */
  disconnected(connection: SessionConnection, how: "ended" | "lost"): void {
    if (this.#isClosed || this.#connection !== connection) return;
    this.#connection = undefined;
    this.#answerDue?.cancel();
    this.#answerDue = undefined;
    if (how === "ended" || this.#management.kind !== "resumable") {
      this.#finish();
      return;
    }
    this.#expiry = this.#services.clock.after(this.#management.maxSeconds * 1000, () => this.#finish());
    this.#services.host.suspended?.(this);
  }

  #factsView(): SessionFacts {
    const session = this;
    return {
      get transport() {
        return session.#transport;
      },
      boundAt: this.#boundAt,
      get remoteAddress() {
        return session.#remoteAddress;
      },
      get state() {
        if (session.#isClosed) return "closed";
        return session.#connection === undefined ? "suspended" : "connected";
      },
      get streamManagement() {
        return session.#management.kind !== "off";
      },
      get unacknowledged() {
        return session.#outbound.size;
      },
    };
  }

  /**
   * RFC 6120 §8.1.2.1: a client may name its account and nobody else. The resource it names is overridden: who resumes a
   * session may not know that it has an older one.
   */
  #isOwnAddress(from: string | undefined): boolean {
    if (from === undefined || from === this.jid.toString() || from === this.jid.bare.toString()) return true;
    return parseJid(from)?.bare.equals(this.jid.bare) ?? false;
  }

  #handle(stanza: Stanza, taken: () => void): void {
    const payload = stanza.kind === "iq" && stanza.type === "set" ? stanza.payload : undefined;
    const isForUs = stanza.to === undefined || stanza.to.toString() === this.jid.domain;
    if (stanza.kind !== "iq" || payload === undefined || !isForUs) {
      this.#services.host.handle(this, stanza, taken);
    } else if (payload.namespace === NS.session) {
      this.deliver(iqResult(stanza).element);
      taken();
    } else if (payload.namespace === NS.bind) {
      this.deliver(stanzaError(stanza, { type: "cancel", condition: "not-allowed" }).element);
      taken();
    } else {
      this.#services.host.handle(this, stanza, taken);
    }
  }

  #holdBack(): void {
    if (this.#isPaused || this.#inbound.pending < this.#services.settings.maxUnhandled) return;
    this.#isPaused = true;
    this.#connection?.pause();
  }

  #handledMore(): void {
    if (this.#isPaused && this.#inbound.pending <= this.#services.settings.maxUnhandled / 2) {
      this.#isPaused = false;
      this.#connection?.resume();
    }
    if (this.#owesAnswer && this.#inbound.pending === 0) this.#answer();
  }

  #enable(request: Extract<ManagementRequest, { kind: "enable" }>): void {
    if (this.#management.kind !== "off") {
      this.#connection?.send(managementFailed("unexpected-request"));
      return;
    }
    this.#inbound.reset();
    if (request.resume === "unwanted") {
      this.#management = { kind: "acknowledging" };
      this.#connection?.send(management("enabled", {}));
      return;
    }
    const limit = this.#services.settings.maxResumeSeconds;
    const maxSeconds = Math.min(request.maxSeconds ?? limit, limit);
    const id = this.#services.random.token();
    this.#management = { kind: "resumable", id, maxSeconds };
    this.#resumable.add(id, this);
    this.#connection?.send(management("enabled", { id, resume: "true", max: String(maxSeconds) }));
  }

  /** Says how far we are; where that does not cover all that came, says it again once it does. */
  #answer(): void {
    if (this.#management.kind === "off" || this.#connection === undefined) return;
    this.#owesAnswer = this.#inbound.pending > 0;
    this.#connection.send(management("a", { h: String(this.#inbound.handled) }));
  }

  #acknowledged(h: number): void {
    if (this.#management.kind === "off") return;
    this.#answerDue?.cancel();
    this.#answerDue = undefined;
    const result = this.#outbound.acknowledge(h);
    if (result.kind === "acknowledged") {
      settle(result.stanzas);
      // What was sent since the request was not asked about yet.
      this.flushing();
      return;
    }
    this.#connection?.close("undefined-condition", handledCountTooHigh(h, result.sendCount));
    this.#finish();
  }

  /** The end, once; those who wait for stanzas hear of it after the caller has returned. */
  #finish(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#connection = undefined;
    this.#expiry?.cancel();
    this.#answerDue?.cancel();
    if (this.#management.kind === "resumable") this.#resumable.remove(this.#management.id);
    const unsettled = this.#outbound.drain();
    const unflushed = this.#unflushed.splice(0);
    queueMicrotask(() => {
      for (const settlement of unflushed) settlement.lost();
      for (const { settlement } of unsettled) settlement?.lost();
      const unacknowledged = unsettled.filter(({ settlement }) => settlement === undefined);
      this.#services.host.closed(
        this,
        unacknowledged.map(({ element }) => element),
      );
    });
  }
}

function settle(stanzas: readonly Sent[]): void {
  for (const { settlement } of stanzas) settlement?.acknowledged();
}
