import type { DecisionEvent } from "@interpres/runtime";

/** Tells each decision, as it is made, to whoever wants to hear of it. */
export class DecisionFeed {
  readonly #listeners = new Set<(event: DecisionEvent) => void>();

  tell(event: DecisionEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** Returns what ends it. */
  listen(listener: (event: DecisionEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
