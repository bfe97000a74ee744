/** Sessions that may be resumed, by the id their client was given; one entry for each live session at most. */
export class ResumableSessions<Session> {
  readonly #byId = new Map<string, Session>();

  get size(): number {
    return this.#byId.size;
  }

  find(id: string): Session | undefined {
    return this.#byId.get(id);
  }

  /** A copy, so that sessions may leave while it is walked. */
  all(): readonly Session[] {
    return [...this.#byId.values()];
  }

  add(id: string, session: Session): void {
    this.#byId.set(id, session);
  }

  remove(id: string): void {
    this.#byId.delete(id);
  }
}
