import type { Clock } from "@interpres/runtime";
import type { ConnectionFacts } from "@interpres/sip";
import { comparableName } from "./certificate-name.ts";
import type { TlsPeerSubject } from "./tls-settings.ts";

/** A peer with a trusted certificate that was refused for one thing only: its subject is defined but not selected. */
export interface UnselectedSighting {
  readonly subject: string;
  readonly direction: "inbound" | "outbound";
  readonly remoteAddress: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The latest sighting of each defined subject: there are never more of them than subjects were defined. */
export class UnselectedSightings {
  readonly #clock: Clock;
  readonly #bySubject = new Map<string, UnselectedSighting>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  saw({ name }: TlsPeerSubject, { direction, remoteAddress }: ConnectionFacts): void {
    this.#bySubject.set(comparableName(name), { subject: name, direction, remoteAddress, at: this.#clock.now() });
  }

  /** Subjects that are gone, or selected by now, are nothing to tell of any more. */
  keepOnly(unselected: readonly TlsPeerSubject[]): void {
    const names = new Set(unselected.map(({ name }) => comparableName(name)));
    for (const name of this.#bySubject.keys()) if (!names.has(name)) this.#bySubject.delete(name);
  }

  list(): readonly UnselectedSighting[] {
    return [...this.#bySubject.values()];
  }
}
