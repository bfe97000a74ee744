import type { LampName } from "@interpres/admin-api";
import { normalName, type PeerDirectory } from "@interpres/federation";
import { type DecisionEvent, peerDomain } from "@interpres/runtime";
import { type LampFailure, type LampSuccess, type Reading, readingOf } from "./reading.ts";

/** One lamp; times in milliseconds since 1970. */
export interface LampView {
  readonly state: "ok" | "failing" | "idle";
  readonly lastSuccess: LampSuccess | null;
  readonly lastFailure: LampFailure | null;
}

export type Lamps = Readonly<Record<LampName, LampView>>;

const IDLE: LampView = { state: "idle", lastSuccess: null, lastFailure: null };
const DARK: Lamps = { presenceIn: IDLE, presenceOut: IDLE, imIn: IDLE, imOut: IDLE };

/**
 * Whether presence and messages pass, of each federated domain and each way, by the decision events alone: one last success
 * and one last failure per lamp, and no more domains than are federated. What passed before a restart it learns from events kept in the
 * store, as many as whoever seeds it gives; a domain that is removed takes its lamps along.
 */
export class FederationLamps {
  readonly #byDomain = new Map<string, Lamps>();
  #peers: PeerDirectory;

  constructor(peers: PeerDirectory) {
    this.#peers = peers;
  }

  /** The federated domains from now on. */
  take(peers: PeerDirectory): void {
    this.#peers = peers;
    for (const domain of this.#byDomain.keys()) if (peers.get(domain) === undefined) this.#byDomain.delete(domain);
  }

  /** Events come in the order they happened. */
  saw(event: DecisionEvent): void {
    const domain = event.peer === undefined ? undefined : this.#peers.get(peerDomain(event.peer))?.domain;
    const reading = domain === undefined ? undefined : readingOf(event);
    if (domain === undefined || reading === undefined) return;
    const lamps = this.#byDomain.get(domain) ?? DARK;
    this.#byDomain.set(domain, { ...lamps, [reading.lamp]: after(lamps[reading.lamp], reading) });
  }

  /** By name of the domain in any of its spellings; undefined for one that is not federated. */
  of(name: string): { readonly domain: string; readonly lamps: Lamps } | undefined {
    const domain = this.#peers.get(normalName(name))?.domain;
    return domain === undefined ? undefined : { domain, lamps: this.#byDomain.get(domain) ?? DARK };
  }
}

function after(lamp: LampView, reading: Reading): LampView {
  return reading.kind === "success"
    ? { ...lamp, state: "ok", lastSuccess: reading.success }
    : { ...lamp, state: "failing", lastFailure: reading.failure };
}
