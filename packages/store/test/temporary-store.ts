import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@interpres/runtime";
import { FakeClock } from "@interpres/testkit";
import { openStore, type Store } from "../src/index.ts";

export interface Document {
  readonly domains: readonly string[];
}

export interface TestShapes {
  readonly document: Document;
  readonly watch: { readonly id: string; readonly direction: string; readonly state: string };
  readonly journalEntry: { readonly id: string; readonly body: string };
  readonly receipt: { readonly id: string; readonly at: number };
}

/** A directory of its own for one test. */
export function temporaryDirectory(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "interpres-store-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export function openTestStore(directory: string, clock = new FakeClock()): Promise<Store<TestShapes>> {
  return openStore<TestShapes>({
    path: join(directory, "interpres.db"),
    clock,
    log: silentLogger,
    settings: {
      initial: () => ({ domains: [] }),
      parse: (json) => json as Document,
    },
    onDeath: (error) => {
      throw error;
    },
  });
}
