/** Where a listener of `interpres.yaml` shall listen; port 0 takes a free one. */
export interface ListenerAddress {
  readonly host: string;
  readonly port: number;
}

export interface OptionalListener extends ListenerAddress {
  readonly enabled: boolean;
}

/** Ports that were bound, by listener name of `interpres.yaml`. */
export type BoundPorts = Record<string, number>;
