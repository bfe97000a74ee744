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

/** The same place at a second start: a free port, once taken, is known to others. */
export function again({ host, port }: ListenerAddress, bound: number | undefined): ListenerAddress {
  return { host, port: bound ?? port };
}
