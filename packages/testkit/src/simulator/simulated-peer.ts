import type { SecureContextOptions } from "node:tls";
import { type Clock, systemClock, type Timer } from "@interpres/runtime";
import { reasonPhrase, type SipRequest } from "@interpres/sip";
import { type Deviation, Observer } from "../observer/observer.ts";
import type { Expectations, ObservingPeer } from "../observer/rule.ts";
import { type PeerLink, SipPeer, type WireEvent } from "../sip-peer.ts";
import type { SimulatorEvent } from "./events.ts";
import type { FaultSet } from "./fault-set.ts";
import { type CertificateFault, FAULTS, type FaultName } from "./faults.ts";
import { type Incoming, type PeerDialog, PeerDialogs } from "./peer-dialogs.ts";
import type { PeerStyle } from "./peer-style.ts";
import { PeerWire } from "./peer-wire.ts";
import { PresenceUsage } from "./presence-usage.ts";
import { SessionUsage } from "./session-usage.ts";

/** What a simulator shows and trusts, as it is or with something wrong. */
export type PeerKeys = (fault: CertificateFault | undefined) => SecureContextOptions;

export interface SimulatedPeerOptions {
  readonly kind: ObservingPeer;
  /** How it writes, once it is known where it listens. */
  readonly style: (port: () => number) => PeerStyle;
  readonly faults: FaultSet;
  readonly keys: PeerKeys;
  readonly port?: number;
  readonly host?: string;
  /** The other side: where it is called, and the name its certificate must have. */
  readonly nodePort: () => number;
  readonly node?: { readonly host: string; readonly name?: string };
  readonly waitMs?: number;
  readonly grantSeconds?: number;
  readonly clock?: Clock;
  readonly expected?: () => Expectations;
  /** Rules of the observer that are not applied. */
  readonly allowed?: ReadonlySet<string>;
  readonly limit?: RequestLimit;
  readonly onEvent: (event: SimulatorEvent) => void;
  readonly onRequest?: (request: SipRequest, link: PeerLink) => void;
}

/** What a simulator takes of the other side in a time. */
export interface RequestLimit {
  /** Asked about every request before it is acted on: what is wrong with their number, and whether this one is refused. */
  judge(request: SipRequest): { readonly deviation?: Deviation; readonly refusal?: string };
  /** Told of every final answer. */
  answered?(status: number): void;
  /** Ends its timers. */
  stop?(): void;
}

/** The engine of every simulator: takes requests and answers them as its style and its faults have it, and observes. */
export class SimulatedPeer {
  readonly dialogs = new PeerDialogs();
  readonly presence: PresenceUsage;
  readonly sessions: SessionUsage;
  readonly wire: PeerWire;
  readonly #options: SimulatedPeerOptions;
  readonly #sip: SipPeer;
  readonly #clock: Clock;
  readonly #style: PeerStyle;
  readonly #observer: Observer;
  /** Answers that are put off, by the request they answer. */
  readonly #delayed = new Map<string, { readonly timer: Timer; readonly incoming: Incoming }>();
  /** What the message that is being read does wrong. */
  #found: readonly Deviation[] = [];

  private constructor(options: SimulatedPeerOptions, sip: SipPeer) {
    this.#options = options;
    this.#sip = sip;
    this.#clock = options.clock ?? systemClock;
    const { kind, faults, nodePort, allowed, expected, onEvent } = options;
    const style = options.style(() => sip.port);
    this.#style = style;
    this.#observer = new Observer({
      peer: kind,
      ...(allowed === undefined ? {} : { allowed }),
      ...(expected === undefined ? {} : { expected }),
    });
    this.wire = new PeerWire({ sip, style, faults, nodePort });
    const parts = { wire: this.wire, dialogs: this.dialogs, clock: this.#clock, tell: onEvent };
    this.presence = new PresenceUsage(parts, options.grantSeconds);
    this.sessions = new SessionUsage(parts);
    faults.onChange((name) => this.#faultChanged(name));
  }

  static async start(options: SimulatedPeerOptions): Promise<SimulatedPeer> {
    const { faults, keys, port, host, node, waitMs } = options;
    // Nothing comes before this function has returned.
    let peer: SimulatedPeer;
    const sip = await SipPeer.start({
      tls: keys(certificateFault(faults)),
      ...(port === undefined ? {} : { port }),
      ...(host === undefined ? {} : { host }),
      ...(node === undefined ? {} : { node }),
      ...(waitMs === undefined ? {} : { waitMs }),
      pieceOctets: () => faults.number("pieces"),
      onRequest: (request, link) => peer.#request({ request, link }),
      tap: {
        message: (event) => peer.#observe(event),
        mistake: (detail) => options.onEvent({ event: "deviation", rule: "malformed", detail }),
      },
    });
    peer = new SimulatedPeer(options, sip);
    return peer;
  }

  get port(): number {
    return this.#sip.port;
  }

  /** What the other side still owes, as things stand. */
  unfinished(): readonly Deviation[] {
    const late = { rule: "late-answer-kept", detail: "the second 200 of a fork has no BYE" };
    return [...this.#observer.unfinished(), ...(this.sessions.openForks > 0 ? [late] : [])];
  }

  /** Breaks every connection without a word. */
  dropConnections(): void {
    this.#sip.dropConnections();
  }

  /** Loses every dialog and connection, as a process that is killed. */
  crash(): void {
    this.#stopTimers();
    this.dialogs.forget();
    this.dropConnections();
  }

  async close(): Promise<void> {
    this.#options.limit?.stop?.();
    this.#stopTimers();
    await this.#sip.close();
  }

  #observe({ direction, message, link }: WireEvent): void {
    const summary = message.kind === "request" ? `${message.method} ${message.requestUri}` : statusOf(message);
    this.#options.onEvent({ event: direction, summary, callId: message.callId });
    this.#found = this.#observer.observe({ direction, message, link, at: this.#clock.now() });
    if (direction === "sent" && message.kind === "response" && message.status >= 200)
      this.#options.limit?.answered?.(message.status);
    for (const deviation of this.#found) this.#options.onEvent({ event: "deviation", ...deviation });
  }

  #request(incoming: Incoming): void {
    const { request, link } = incoming;
    const { faults, limit, onRequest } = this.#options;
    const isAltered = this.#found.some(({ rule }) => rule === "route-altered");
    const { deviation, refusal } = limit?.judge(request) ?? {};
    if (deviation !== undefined) this.#options.onEvent({ event: "deviation", ...deviation });
    onRequest?.(request, link);
    const { method } = request;
    if (faults.of("drop", method) !== undefined) link.close();
    else if (method === "ACK" || method === "BENOTIFY" || faults.of("silent", method) !== undefined) return;
    else if (refusal !== undefined) this.wire.refuse(incoming, refusal);
    else if (isAltered) this.wire.refuse(incoming, "403 Forbidden");
    else this.#admit(incoming);
  }

  #admit(incoming: Incoming): void {
    const { request, link } = incoming;
    const { faults } = this.#options;
    const refusal = this.#style.refusalOf(request, link);
    const status = faults.of("answer", request.method);
    if (refusal === "close") link.close();
    else if (refusal !== undefined) this.wire.refuse(incoming, refusal);
    else if (status !== undefined && !status.startsWith("2")) this.wire.refuse(incoming, statusLine(status));
    else this.#delay(incoming);
  }

  #delay(incoming: Incoming): void {
    const { request } = incoming;
    const seconds = this.#options.faults.of("delay", request.method);
    if (seconds === undefined) {
      this.#handle(incoming);
      return;
    }
    if (request.method === "INVITE") this.sessions.ring(incoming);
    const branch = request.topVia.branch ?? "";
    const timer = this.#clock.after(Number(seconds) * 1000, () => {
      this.#delayed.delete(branch);
      this.#handle(incoming);
    });
    this.#delayed.set(branch, { timer, incoming });
  }

  #handle(incoming: Incoming): void {
    const { request } = incoming;
    const { allow } = this.#style;
    if (this.sessions.isForkEnded(incoming)) return;
    if (request.method === "CANCEL") this.#cancelled(incoming);
    else if (request.to.tag !== undefined) this.#within(incoming, this.dialogs.of(request));
    else if (request.method === "OPTIONS")
      this.wire.answer(incoming, { status: "200 OK", headers: [`Allow: ${allow}`] });
    else this.#outside(incoming, userIn(request.requestUri));
  }

  #outside(incoming: Incoming, user: string): void {
    const { request } = incoming;
    switch (request.method) {
      case "SUBSCRIBE":
        this.presence.subscribed(incoming, user);
        break;
      case "INVITE":
        if (this.#options.faults.has("block")) this.wire.refuse(incoming, "480 Temporarily Unavailable");
        else this.sessions.invited(incoming, user);
        break;
      case "MESSAGE":
        this.sessions.told(incoming, { user, from: request.from.uri });
        break;
      default:
        this.wire.refuse(incoming, "405 Method Not Allowed");
    }
  }

  #within(incoming: Incoming, dialog: PeerDialog | undefined): void {
    if (dialog === undefined) {
      this.wire.answer(incoming, { status: "481 Call/Transaction Does Not Exist" });
      return;
    }
    const { user, remoteUri } = dialog;
    switch (incoming.request.method) {
      case "SUBSCRIBE":
        this.presence.subscribed(incoming, user);
        break;
      case "NOTIFY":
        this.wire.answer(incoming, { status: "200 OK" });
        this.presence.notified(incoming, dialog);
        break;
      case "INVITE":
      case "UPDATE":
        this.sessions.invited(incoming, user);
        break;
      case "MESSAGE":
      case "INFO":
        this.sessions.told(incoming, { user, from: remoteUri });
        break;
      case "BYE":
        this.sessions.closed(incoming, dialog);
        break;
      default:
        this.wire.refuse(incoming, "405 Method Not Allowed");
    }
  }

  /** RFC 3261 §9.2: the CANCEL is answered, and the INVITE it found waiting with 487. */
  #cancelled(incoming: Incoming): void {
    const branch = incoming.request.topVia.branch ?? "";
    const waiting = this.#delayed.get(branch);
    waiting?.timer.cancel();
    this.#delayed.delete(branch);
    const isKnown = waiting !== undefined || this.dialogs.of(incoming.request) !== undefined;
    this.wire.answer(incoming, { status: isKnown ? "200 OK" : "481 Call/Transaction Does Not Exist" });
    if (waiting !== undefined) this.wire.answer(waiting.incoming, { status: "487 Request Terminated" });
  }

  #faultChanged(name: FaultName): void {
    const { faults, keys } = this.#options;
    if (name === "certificate") this.#sip.useKeys(keys(certificateFault(faults)));
  }

  #stopTimers(): void {
    this.presence.stop();
    this.sessions.stop();
    for (const { timer } of this.#delayed.values()) timer.cancel();
    this.#delayed.clear();
  }
}

function statusLine(status: string): string {
  return `${status} ${reasonPhrase(Number(status))}`;
}

function statusOf({ status, cseq }: { readonly status: number; readonly cseq: { readonly method: string } }): string {
  return `${status} (${cseq.method})`;
}

/** `bob@contoso.example` of a SIP URI. */
function userIn(uri: string): string {
  return /^sips?:([^;?]+)/.exec(uri)?.[1] ?? "";
}

function certificateFault(faults: FaultSet): CertificateFault | undefined {
  const value = faults.value("certificate");
  return FAULTS.certificate.value.words.find((word) => word === value);
}
