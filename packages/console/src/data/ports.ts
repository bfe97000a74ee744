import { createContext, useContext } from "react";

/** What comes from the browser and no test can foresee: the present moment and chance. */
export interface Ports {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
  /** That many octets which nobody can guess. */
  randomOctets(length: number): Uint8Array;
}

export const PortsContext = createContext<Ports | undefined>(undefined);

/** What `main.tsx` has given. */
export function usePorts(): Ports {
  const ports = useContext(PortsContext);
  if (ports === undefined) throw new Error("used outside PortsContext");
  return ports;
}
