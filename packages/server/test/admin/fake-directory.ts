import {
  type DirectoryAccess,
  type DirectoryEntry,
  DirectoryError,
  type DirectorySource,
} from "../../src/directory/directory-source.ts";

/** A directory as the test wants it: its entries, or why it does not answer. */
export class FakeDirectory implements DirectorySource {
  readonly people = new Map<string, Readonly<Record<string, string>>>();
  /** What it was asked with. */
  readonly asked: DirectoryAccess[] = [];
  failure: DirectoryError | undefined;
  /** Until it resolves, pages after the first do not come. */
  held: Promise<void> | undefined;

  async *entries(access: DirectoryAccess): AsyncGenerator<readonly DirectoryEntry[]> {
    this.asked.push(access);
    if (this.failure !== undefined) throw this.failure;
    const { pageSize } = access.settings;
    const entries = [...this.people].map(([key, attributes]) => entryOf(key, attributes));
    for (let at = 0; at < Math.max(1, entries.length); at += pageSize) {
      if (at > 0) await this.held;
      yield entries.slice(at, at + pageSize);
    }
  }

  async isPassword(_access: DirectoryAccess, dn: string, password: string): Promise<boolean> {
    if (this.failure !== undefined) throw this.failure;
    return password === `password of ${dn}`;
  }
}

function entryOf(key: string, attributes: Readonly<Record<string, string>>): DirectoryEntry {
  const values = Object.entries(attributes).map(([name, value]) => [name.toLowerCase(), [value]] as const);
  return { dn: `uid=${attributes.uid ?? key},ou=people`, key, attributes: new Map(values) };
}

export { DirectoryError };
