import type { KnownNames, Looked } from "./watched-names.ts";

/**
 * The answers that others watch, and beside them those for names nobody watches, each asked for once. It renews nothing: it lives as long as
 * the question it was made for.
 */
export class BorrowedNames<Value> implements KnownNames<Value> {
  readonly #watched: KnownNames<Value>;
  readonly #look: (name: string) => Promise<Looked<Value>>;
  readonly #own = new Map<string, Looked<Value>>();

  constructor(watched: KnownNames<Value>, look: (name: string) => Promise<Looked<Value>>) {
    this.#watched = watched;
    this.#look = look;
  }

  known(name: string): Looked<Value> | undefined {
    return this.#watched.known(name) ?? this.#own.get(name);
  }

  async ask(name: string): Promise<void> {
    if (this.known(name) !== undefined) return;
    await this.#watched.ask(name);
    if (this.#watched.known(name) === undefined) this.#own.set(name, await this.#look(name));
  }
}
