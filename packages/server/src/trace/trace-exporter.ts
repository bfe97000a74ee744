import { type TraceCollectorSettings, wholeMessage } from "@interpres/admin-api";
import {
  type Clock,
  type Counter,
  type DecisionEvent,
  Fifo,
  type FlowEvent,
  type FlowTap,
  type Logger,
  type Metrics,
  type Timer,
} from "@interpres/runtime";
import type { CollectorLine, OpenLine } from "./collector-line.ts";
import { Correlations } from "./correlations.ts";
import type { DecisionFeed } from "./decision-feed.ts";
import { type FlowPeers, peerAmong } from "./flow-history.ts";
import { type HepPacket, hepPacket } from "./hep.ts";
import { withoutBodies, withoutSecrets } from "./mask.ts";

/** Messages that wait to be written; what comes beyond is left out and counted. */
const MOST_WAITING = 4000;
/** How many are written before traffic has its turn again. */
const AT_ONCE = 500;
const BATCH_MS = 20;
/** How long a client's stanza waits for the decision that says to which interaction it belongs. */
const PATIENCE_MS = 2000;
const REOPEN_MS = 10_000;
/** How long trouble is told of after it was seen last. */
const TOLD_MS = 5 * 60_000;

/** What one line is opened for. */
interface Access {
  readonly settings: TraceCollectorSettings;
  readonly authKey: string | undefined;
}

interface Ports {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly peers: FlowPeers;
  readonly decisionFeed: DecisionFeed;
  /** The decisions made so far, newest first: they say which watch presence belongs to. */
  readonly decided: () => readonly DecisionEvent[];
  readonly openLine: OpenLine;
  /** Those in force, read at each use. */
  readonly settings: () => TraceCollectorSettings;
  readonly authKey: (settings: TraceCollectorSettings) => Promise<string | undefined>;
  /** Authorities, PEM. */
  readonly trustedPem: () => readonly string[];
}

interface Waiting {
  readonly event: FlowEvent;
  readonly at: number;
}

/** The line of what passes, with what it was opened for. */
interface Open {
  readonly access: Access;
  readonly line: CollectorLine;
  readonly correlations: Correlations;
  readonly endHearing: () => void;
}

/**
 * Sends the flow between local users and foreign domains to a collector as HEPv3, as it passes: SIP, and the stanzas that
 * concern a federated domain. Off, it costs one comparison a message. On, a message is put into a queue; it is written
 * later, a few at a time. What does not fit is left out, counted and told.
 */
export class TraceExporter implements FlowTap {
  readonly #ports: Ports;
  readonly #packets: Counter;
  readonly #waiting = new Fifo<Waiting>();
  #open: Open | undefined;
  #timer: Timer | undefined;
  #trouble: { readonly at: number; readonly text: string } | undefined;
  /** Counts openings; what was awaited for an earlier one is of no interest. */
  #generation = 0;

  constructor(ports: Ports) {
    this.#ports = ports;
    this.#packets = ports.metrics.counter(
      "interpres_trace_collector_packets_total",
      "Messages for the trace collector by what became of them",
      ["result"],
    );
  }

  flow(event: FlowEvent): void {
    if (this.#open === undefined) return;
    if (this.#waiting.length >= MOST_WAITING) {
      this.#leftOut("more passes than can be written");
      return;
    }
    this.#waiting.add({ event, at: this.#ports.clock.now() });
    this.#timer ??= this.#ports.clock.after(BATCH_MS, () => this.#write());
  }

  /** In force now. */
  get settings(): TraceCollectorSettings {
    return this.#ports.settings();
  }

  /** What went wrong lately, for the administrator. */
  get trouble(): string | undefined {
    const { clock } = this.#ports;
    return this.#trouble !== undefined && clock.now() - this.#trouble.at < TOLD_MS ? this.#trouble.text : undefined;
  }

  /** Takes up the settings as they are now; a line for other ones is closed. Never rejects. */
  async start(): Promise<void> {
    await this.stop();
    const generation = this.#generation;
    try {
      const access = await this.#access();
      if (!access.settings.enabled || generation !== this.#generation) return;
      const line = await this.#line(access, (error) => this.#broken(error));
      if (generation === this.#generation) this.#opened(access, line);
      else await line.close();
    } catch (error) {
      if (generation === this.#generation) this.#lost(String(error));
    }
  }

  async stop(): Promise<void> {
    this.#generation += 1;
    this.#timer?.cancel();
    this.#timer = undefined;
    while (this.#waiting.take() !== undefined) this.#packets.add({ result: "dropped" });
    const open = this.#open;
    this.#open = undefined;
    open?.endHearing();
    await open?.line.close();
  }

  /** Sends these now, whether or not what passes is sent; rejects when the collector cannot be reached. */
  async send(packets: readonly HepPacket[]): Promise<number> {
    const access = await this.#access();
    const line = await this.#line(access, ({ message }) => this.#note(message));
    try {
      return packets.filter((packet) => this.#sent(line, packet, access)).length;
    } finally {
      await line.close();
    }
  }

  async #access(): Promise<Access> {
    const settings = this.settings;
    return { settings, authKey: await this.#ports.authKey(settings) };
  }

  #line({ settings }: Access, broken: (error: Error) => void): Promise<CollectorLine> {
    return this.#ports.openLine({ ...settings, trustedPem: this.#ports.trustedPem() }, broken);
  }

  #opened(access: Access, line: CollectorLine): void {
    const correlations = new Correlations();
    for (const event of this.#ports.decided().toReversed()) correlations.saw(event);
    const endHearing = this.#ports.decisionFeed.listen((event) => correlations.saw(event));
    this.#open = { access, line, correlations, endHearing };
    const { host, port, protocol } = access.settings;
    this.#ports.log.info("trace-collector.opened", { host, port, protocol });
  }

  /** A datagram that was refused may be the only one; a connection that broke is gone. */
  #broken(error: Error): void {
    this.#note(error.message);
    if (this.#open !== undefined && this.#open.access.settings.protocol !== "udp") this.#lost(error.message);
  }

  #lost(reason: string): void {
    this.#note(reason);
    this.#ports.log.warn("trace-collector.lost", { reason });
    void this.stop();
    this.#timer = this.#ports.clock.after(REOPEN_MS, () => void this.start());
  }

  #note(text: string): void {
    this.#trouble = { at: this.#ports.clock.now(), text };
  }

  #leftOut(reason: string): void {
    this.#packets.add({ result: "dropped" });
    this.#note(reason);
  }

  #write(): void {
    this.#timer = undefined;
    const open = this.#open;
    if (open === undefined) return;
    const later: Waiting[] = [];
    for (let written = 0; written < AT_ONCE; written += 1) {
      const next = this.#waiting.take();
      if (next === undefined) break;
      const packet = this.#packetOf(next, open);
      if (packet === "unknown-yet") later.push(next);
      else if (packet !== "local") this.#sent(open.line, packet, open.access);
    }
    for (const each of later) this.#waiting.add(each);
    if (this.#waiting.length > 0) this.#timer = this.#ports.clock.after(BATCH_MS, () => this.#write());
  }

  #packetOf({ event, at }: Waiting, { access, correlations }: Open): HepPacket | "local" | "unknown-yet" {
    const { leg, direction, summary } = event;
    const parties = event.parties();
    const peer = peerAmong(parties, this.#ports.peers);
    if (leg === "xmpp" && peer === "") return "local";
    const whole = event.text();
    const correlationId = correlations.of({ leg, direction, peer, parties, summary, text: whole });
    const mayWait = correlationId === undefined && leg === "xmpp" && direction === "inbound";
    if (mayWait && this.#ports.clock.now() - at < PATIENCE_MS) return "unknown-yet";
    const safe = withoutSecrets(leg, whole);
    const text = access.settings.bodies === "shown" ? safe : withoutBodies(leg, safe);
    return { at, leg, direction, path: event.path(), payload: wholeMessage({ leg, text }), correlationId };
  }

  #sent(line: CollectorLine, packet: HepPacket, { settings, authKey }: Access): boolean {
    const outcome = line.send(hepPacket(packet, { captureId: settings.captureId, authKey }));
    if (outcome === "full") this.#leftOut("the collector takes less than passes");
    else this.#packets.add({ result: "sent" });
    return outcome === "sent";
  }
}
