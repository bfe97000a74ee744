import type { ServiceName, ServiceState } from "@interpres/admin-api";
import type { ObjectChange } from "./restart-areas.ts";

/** One supervised service of this node. */
export interface ServiceStanding {
  readonly name: ServiceName;
  readonly state: ServiceState;
  /** Milliseconds since 1970, while it runs. */
  readonly startedAt: number | undefined;
}

/**
 * What came of an order. `missing`: what does not run and is needed first. What failed to start is tried again until it
 * is stopped.
 */
export type Obeyed =
  | { readonly kind: "done" }
  | { readonly kind: "refused"; readonly missing: readonly string[] }
  | { readonly kind: "failed"; readonly reason: string };

/** The services of this node, under orders. */
export interface ServiceControl {
  /** Those this release has, in the order they start. */
  standings(): readonly ServiceStanding[];
  /** What was saved and waits for the service to restart. */
  waitingFor(name: ServiceName): readonly ObjectChange[];
  start(name: ServiceName): Promise<Obeyed>;
  /** Answers with all it stopped. */
  stop(name: ServiceName): Promise<readonly ServiceName[]>;
  restart(name: ServiceName): Promise<Obeyed>;
  /** Told of each that has started, stopped or failed. Returns what ends it. */
  onChange(listener: (standing: { readonly name: string; readonly state: ServiceState }) => void): () => void;
  /** All of them, as when the node starts. */
  restartAll(): Promise<Obeyed>;
}
