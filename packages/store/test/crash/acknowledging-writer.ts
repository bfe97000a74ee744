/** Writes journal entries as fast as it can and prints each id once the store said it is durable. Ends only by a signal. */
import { writeSync } from "node:fs";
import { join } from "node:path";
import { silentLogger, systemClock } from "@interpres/runtime";
import { openStore } from "../../src/index.ts";

interface Shapes {
  readonly document: object;
  readonly watch: { readonly id: string; readonly direction: string };
  readonly journalEntry: { readonly id: string };
  readonly receipt: { readonly id: string; readonly at: number };
}

const WRITERS = 20;
const [directory = "", prefix = ""] = process.argv.slice(2);
const store = await openStore<Shapes>({
  path: join(directory, "interpres.db"),
  clock: systemClock,
  log: silentLogger,
  settings: { initial: () => ({}), parse: (json) => json as object },
  onDeath: (error) => {
    throw error;
  },
});

let written = 0;
function next(): void {
  written += 1;
  const id = `${prefix}-${written}`;
  store.journal.append({ id }, () => {
    print(`${id}\n`);
    next();
  });
}

/** At once, before anything else happens: the pipe does not block, and a slow reader makes it say EAGAIN. */
function print(line: string): void {
  for (;;) {
    try {
      writeSync(1, line);
      return;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
    }
  }
}
for (let writer = 0; writer < WRITERS; writer += 1) next();
